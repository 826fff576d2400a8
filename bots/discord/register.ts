import { isDeepStrictEqual } from 'node:util'
import type { Log } from '../../core/log.ts'
import type { Line } from './line.ts'
import { discordCommands } from './slash.ts'

/** Tells Discord our commands, only if it does not know them as they are: its client shows new ones late, and counts them. */
export async function register(
  line: Line,
  { app, server, log }: { app: string; server: string | undefined; log: Log },
): Promise<void> {
  const everywhere = `/applications/${app}/commands` as const
  const path = server === undefined ? everywhere : (`/applications/${app}/guilds/${server}/commands` as const)
  await put(line, path, discordCommands(server === undefined ? 'everywhere' : 'server'), log)
  // Else that server would show each command twice.
  if (server !== undefined) await put(line, everywhere, [], log)
}

async function put(line: Line, path: `/${string}`, wanted: readonly object[], log: Log): Promise<void> {
  const known = (await line.call('GET', path, { query: { with_localizations: 'true' } })) as object[]
  if (same(known, wanted)) return
  await line.call('PUT', path, { body: wanted })
  log.info({ commands: wanted.length }, 'commands registered with Discord')
}

/** As Discord would give them back: what it adds itself or takes for granted does not count. Pure. */
export function same(known: readonly object[], wanted: readonly object[]): boolean {
  const sorted = (all: readonly object[]): unknown[] =>
    all.map(one => essence(one)).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  return isDeepStrictEqual(sorted(known), sorted(wanted))
}

/** Fields Discord makes up. */
const given = new Set(['id', 'application_id', 'version', 'guild_id', 'name_localized', 'description_localized'])
const nothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value).length === 0)

function essence(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => essence(item))
    return key === 'contexts' || key === 'integration_types' ? items.sort() : items
  }
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value)
    .filter(
      ([name, item]) => !given.has(name) && !nothing(item) && name !== 'dm_permission' && name !== 'default_permission',
    )
    .map(([name, item]) => [name, essence(item, name)] as const)
    .sort(([a], [b]) => a.localeCompare(b))
  return Object.fromEntries(fields)
}
