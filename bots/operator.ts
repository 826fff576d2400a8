import { isOpenForAdults, openForAdults } from '../core/adult.ts'
import { UserError } from '../core/errors.ts'
import { queueLength } from '../core/fair.ts'
import { alive } from '../core/fleet.ts'
import { t } from '../core/i18n.ts'
import { ban, memberCount, roomsSince, unban } from '../core/members.ts'
import { MemberId } from '../core/place.ts'
import { balance, grant, makeCode } from '../core/wallet.ts'
import { type Answer, type Ask, type Bot, walletOf } from './bot.ts'
import { credits } from './describe.ts'

/** The operator's verbs. Each change of money carries the update's id, so that a repeated update changes nothing twice. */

const mostCodes = 50
const mostCredits = 1_000_000
const roomDays = 30

function memberIn(word: string | undefined): MemberId {
  const read = MemberId.safeParse(word)
  if (!read.success) throw new UserError('refusal.member-id')
  return read.data
}

function wholeIn(word: string | undefined, fallback: number | undefined, most: number): number {
  if (word === undefined && fallback !== undefined) return fallback
  const found = /^\d{1,7}$/.test(word ?? '') ? Number(word) : 0
  if (found < 1 || found > most) throw new UserError('refusal.whole-number')
  return found
}

const quietly = (ask: Ask, text: string): Answer => ({ message: { text, quiet: ask.member } })

export async function grantCredits(bot: Bot, ask: Ask): Promise<Answer> {
  const [who, amount, ...reason] = ask.text.split(' ')
  const member = memberIn(who)
  await grant(bot.core, {
    op: `grant:${ask.update}`,
    account: walletOf(member),
    credits: wholeIn(amount, undefined, mostCredits),
    reason: reason.join(' ').slice(0, 200) || 'grant',
    by: ask.member,
  })
  const { available } = await balance(bot.core, walletOf(member))
  return quietly(ask, t(ask.locale, 'grant.done', { member, credits: credits(ask.locale, available) }))
}

export async function makeCodes(bot: Bot, ask: Ask): Promise<Answer> {
  const [worth, howMany, uses] = ask.text.split(' ')
  const each = wholeIn(worth === '' ? undefined : worth, undefined, mostCredits)
  const count = wholeIn(howMany, 1, mostCodes)
  const codes: string[] = []
  for (let at = 0; at < count; at += 1)
    codes.push(
      await makeCode(bot.core, { op: `code:${ask.update}:${at}`, credits: each, uses: wholeIn(uses, 1, 100_000) }),
    )
  return quietly(ask, t(ask.locale, 'codes.done', { credits: credits(ask.locale, each), codes: codes.join('\n') }))
}

export async function shutOut(bot: Bot, ask: Ask): Promise<Answer> {
  const [who, ...reason] = ask.text.split(' ')
  const member = memberIn(who)
  await ban(bot.core, member, reason.join(' '))
  return quietly(ask, t(ask.locale, 'ban.done', { member }))
}

export async function letIn(bot: Bot, ask: Ask): Promise<Answer> {
  const member = memberIn(ask.text.split(' ')[0])
  await unban(bot.core, member)
  return quietly(ask, t(ask.locale, 'unban.done', { member }))
}

/** Says something in every room where somebody spoke to us lately; the platforms' pace is theirs, so nobody waits for the last. */
export async function announce(bot: Bot, ask: Ask): Promise<Answer> {
  if (ask.text === '') throw new UserError('refusal.empty')
  const rooms = await roomsSince(bot.core, Date.now() - roomDays * 24 * 3600 * 1000)
  const text = t(ask.locale, 'announce.line', { words: ask.text })
  for (const room of rooms) void bot.tell(room, { text, once: `announce:${ask.update}` })
  return quietly(ask, t(ask.locale, 'announce.done', { count: rooms.length }))
}

/** `/adult on`: what is on the list for adults may be asked for here; nothing said = how it is. */
export async function adultPlace(bot: Bot, ask: Ask): Promise<Answer> {
  const on = /^(?:on|yes|开|开启|是)$/i.test(ask.text)
  if (!on && ask.text !== '' && !/^(?:off|no|关|关闭|否)$/i.test(ask.text)) throw new UserError('refusal.switch')
  if (ask.text !== '') await openForAdults(bot.core, ask.place, on)
  const open = await isOpenForAdults(bot.core, ask.place)
  return quietly(ask, t(ask.locale, open || ask.adult ? 'adult.on' : 'adult.off'))
}

export async function stats(bot: Bot, ask: Ask): Promise<Answer> {
  const [members, waiting, rooms, running] = await Promise.all([
    memberCount(bot.core),
    queueLength(bot.core),
    roomsSince(bot.core, Date.now() - roomDays * 24 * 3600 * 1000),
    alive(bot.core),
  ])
  const workers = [...running].map(([model, { workers: count }]) =>
    t(ask.locale, 'stats.worker', { model, workers: count }),
  )
  return quietly(
    ask,
    [
      t(ask.locale, 'stats.line', { members, waiting, rooms: rooms.length }),
      ...(workers.length > 0 ? workers : [t(ask.locale, 'stats.none')]),
    ].join('\n'),
  )
}
