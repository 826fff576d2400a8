import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '../core/config.ts'
import { type Tier, tiers } from '../core/request.ts'

/** What a role may do; what is absent is as for everybody without rules. */
const Rule = z
  .object({
    tiers: z.array(z.enum(tiers)).min(1).optional(),
    /** Open jobs at a time. */
    openJobs: z.number().int().positive().optional(),
    dailyCredits: z.number().int().nonnegative().optional(),
  })
  .strict()

/** Rules by role id of a platform; `everyone` is for whoever has none of the others. */
const RoleRules = z.record(z.string().min(1), Rule)
export type RoleRules = z.infer<typeof RoleRules>

/** What somebody may do. `tiers` absent = all. */
export interface Entitled {
  readonly tiers?: ReadonlySet<Tier>
  readonly openJobs: number
  readonly dailyCredits: number
}

/** The best of all roles somebody has; `everyone` where none is known; `base` where nothing is ruled. Pure. */
export function entitled(
  rules: RoleRules,
  roles: readonly string[],
  base: Pick<Entitled, 'openJobs' | 'dailyCredits'>,
): Entitled {
  const own = roles.flatMap(role => (Object.hasOwn(rules, role) ? [rules[role]] : []))
  const apply = (own.length > 0 ? own : [rules['everyone']]).filter(rule => rule !== undefined)
  if (apply.length === 0) return base
  const open = new Set(apply.flatMap(rule => rule.tiers ?? tiers))
  return {
    ...(open.size < tiers.length && { tiers: open }),
    openJobs: Math.max(...apply.map(rule => rule.openJobs ?? base.openJobs)),
    dailyCredits: Math.max(...apply.map(rule => rule.dailyCredits ?? base.dailyCredits)),
  }
}

/** Reads the operator's ROLE_RULES; none = no rules. Throws ConfigError naming what is wrong. */
export function loadRoleRules(file?: string): RoleRules {
  if (file === undefined) return {}
  try {
    const parsed = RoleRules.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    if (parsed.success) return parsed.data
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
    throw new Error(`\n${lines.join('\n')}`)
  } catch (error) {
    throw new ConfigError(`ROLE_RULES: ${file} cannot be used, ${error instanceof Error ? error.message : error}`)
  }
}
