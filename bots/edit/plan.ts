import { priceOf } from '../../core/catalogue.ts'
import { type Key, t } from '../../core/i18n.ts'
import type { Ticket } from '../../core/job.ts'
import { Plan, type PlanKind, type Step, totalOf } from '../../core/plan.ts'
import { openPlan, planIdOf } from '../../core/plans.ts'
import type { Recipe } from '../../core/request.ts'
import { balance } from '../../core/wallet.ts'
import { type Answer, type Ask, type Bot, walletOf } from '../bot.ts'
import { credits } from '../describe.ts'
import type { Outgoing } from '../platform.ts'
import { cancelButton, ownerOf, whereInLine } from '../present.ts'

/** From what was asked to several accepted jobs (core/plan.ts): priced before, each answered in its own message. */

/** What one job of a recipe costs here. */
export const pricedBy =
  ({ catalogue }: Pick<Bot, 'catalogue'>) =>
  (recipe: Recipe): number =>
    priceOf(catalogue, recipe)

/**
 * Begins a plan. Whoever calls has checked that its recipes may be made. The answer is the status message of its first job. Throws
 * UserError for every refusal.
 */
export async function orderPlan(
  bot: Bot,
  ask: Ask,
  { kind, steps, parent }: { kind: PlanKind; steps: readonly Step[]; parent?: string },
): Promise<Answer | undefined> {
  const { member, place, locale, profile, uploadBytes, entitled } = ask
  const payer = walletOf(member)
  const plan = Plan.parse({
    id: planIdOf(ask.update),
    kind,
    asked: {
      ...{ member, payer, place, locale },
      ...(profile.name !== undefined && { memberName: profile.name }),
      ...(Number.isSafeInteger(uploadBytes) && { maxBytes: uploadBytes }),
      ...(parent !== undefined && { parent }),
    },
    steps,
    createdAt: Date.now(),
  })
  const [first] = await openPlan(bot.core, plan, { daily: entitled.dailyCredits })
  // The same update again: it was answered, or its jobs are confirmed when their turn comes.
  if (!first) return undefined
  const { available } = await balance(bot.core, payer)
  const owner = ownerOf({ member, place, memberName: profile.name })
  return { message: planMessage(locale, plan, first.ticket, available, owner), job: first.ticket.job }
}

/** "#12: 30 s in 3 pieces, 120 credits in all. ..." Pure. */
function planMessage(
  locale: string,
  { kind, steps }: Pick<Plan, 'kind' | 'steps'>,
  ticket: Pick<Ticket, 'job' | 'number' | 'ahead' | 'etaSeconds'>,
  left: number,
  owner: ReturnType<typeof ownerOf>,
): Outgoing {
  const shots = steps.flatMap(step => ('shot' in step ? [step.shot] : []))
  const said = t(locale, `plan.${kind}` as Key, {
    number: ticket.number,
    count: shots.length,
    seconds: shots.reduce((sum, shot) => sum + shot.seconds, 0),
    price: credits(locale, totalOf(steps)),
  })
  const still = t(locale, 'credits.left', { credits: credits(locale, left) })
  return {
    text: `${said}\n${whereInLine(locale, ticket)}${locale.startsWith('zh') ? '' : ' '}${still}`,
    buttons: [cancelButton(locale, ticket.job, owner)],
    progress: 0,
    mood: 'working',
    once: `job:${ticket.job}`,
  }
}
