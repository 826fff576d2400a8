import { createHash } from 'node:crypto'
import { noteYours } from '../../core/consent.ts'
import { crashpoint } from '../../core/crashpoint.ts'
import {
  answerDuet,
  closeDuet,
  type Duet,
  dropAnswer,
  duetMs,
  duetOf,
  duetsAt,
  isAsked,
  openDuet,
  overdueDuets,
} from '../../core/duet.ts'
import { failureOf, UserError } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import { profileOf } from '../../core/members.ts'
import { parse } from '../../core/parse/parse.ts'
import { namesOf } from '../../core/people.ts'
import { givenOf } from '../../core/pictures.ts'
import { aboutOf } from '../../core/updates.ts'
import type { Answer, Ask, Bot, Picture } from '../bot.ts'
import { buttonId } from '../buttons.ts'
import { AskFirst, takenBack } from '../consent/gate.ts'
import { park, unpark } from '../consent/parked.ts'
import { excerpt } from '../describe.ts'
import * as making from '../making.ts'
import { checkAsked, orDropped, recipeOf, takePictures } from '../order.ts'
import { refusalMessage } from '../present.ts'
import { readCommand } from '../read-command.ts'

/**
 * A shot of two people: one gives the first picture and the words, and pays; the other is asked for the last picture. Nothing is held
 * or made before that came.
 */

type Answered = Promise<Answer | undefined>

/** "/duet @bob from day to night", with a picture; whoever was asked may also send theirs with it. */
export async function duet(bot: Bot, ask: Ask): Answered {
  const [, name = '', words = ''] = /^[@＠]?(\S+)\s*(.*)$/su.exec(ask.text.trim()) ?? []
  if (name === '') {
    const id = hasPictures(ask) ? await asksFor(bot, ask) : undefined
    if (id !== undefined) return answered(bot, ask, id)
    throw new UserError('refusal.duet-whom')
  }
  if (/^(?:no|cancel|不了|取消)$/iu.test(name) && words === '') return withdrawn(bot, ask)
  if (ask.place.private) throw new UserError('refusal.duet-private')
  if (ask.images.length > 1) throw new UserError('refusal.duet-one')
  const [first] = await takePictures(bot, ask)
  if (!first) throw new UserError('refusal.duet-picture')
  return orDropped(bot, [first], async () => {
    // What is refused is refused before anybody is asked.
    await checkAsked(bot, ask, await recipeOf(bot, ask, 'video', parse(words), [first, first]))
    return put(bot, ask, { ...(await named(bot, ask, name)), words, first })
  })
}

/** Who is meant: a mention that is an id ("<@123>", as Discord's commands have it) stands for a name. */
async function named(bot: Bot, { place }: Ask, written: string): Promise<Pick<Duet, 'name' | 'member'>> {
  const id = /^<@!?(\d{1,32})>$/.exec(written)?.[1]
  if (id === undefined) return { name: written.slice(0, 64) }
  const member = `${place.platform}:${id}`
  const { name = id } = await profileOf(bot.core, member)
  return { name: name.slice(0, 64), member }
}

/** The same update asks the same question. */
const idOf = (update: string): string => createHash('sha256').update(update).digest('hex').slice(0, 8)

/** Puts the question to the second person. */
async function put(
  bot: Bot,
  ask: Ask,
  { name, member: second, words, first }: Pick<Duet, 'name' | 'member' | 'first'> & { words: string },
): Promise<Answer> {
  const { member, place, locale, profile } = ask
  const byName = profile.name ?? member
  const open: Duet = {
    ...{ id: idOf(ask.update), by: member, byName, name, place, locale, first },
    ...(second !== undefined && { member: second }),
    asked: park({ ...ask, text: words, images: [] }, [first]),
  }
  if (isAsked({ ...open, by: '' }, { member, name: byName, handle: ask.handle }))
    throw new UserError('refusal.duet-self')
  if (!(await openDuet(bot.core, open))) throw new UserError('refusal.duet-many')
  crashpoint('duet-asked')
  const params = { name: open.name, asker: byName, words: excerpt(words, 120), minutes: duetMs / 60_000 }
  return {
    message: {
      text: t(locale, words === '' ? 'duet.ask-bare' : 'duet.ask', params),
      // Where there are no buttons a number would be the asker's to say.
      ...(ask.platform.can.buttons > 0 && {
        buttons: [{ id: buttonId({ verb: 'duet', act: 'no', duet: open.id }), label: t(locale, 'button.duet-no') }],
      }),
    },
  }
}

const whoIs = (ask: Ask) => ({ member: ask.member, name: ask.profile.name ?? '', handle: ask.handle })
const hasPictures = (ask: Ask): boolean => hasPosted(ask) || (ask.pictures?.length ?? 0) > 0

/** A picture came with it: that of a message it answers was not given for this. */
export const hasPosted = ({ images }: Pick<Ask, 'images'>): boolean => images.some(({ by }) => by === undefined)

/** The open duet in this place that asks for this member. */
const duetFor = async (bot: Bot, ask: Ask): Promise<Duet | undefined> =>
  (await duetsAt(bot.core, ask.place)).find(open => isAsked(open, whoIs(ask)))

/** Id of the duet this update is about, also when it comes again and the duet is over. */
const asksFor = (bot: Bot, ask: Ask): Promise<string | undefined> =>
  aboutOf(bot.core, 'duet', ask.update, async () => (await duetFor(bot, ask))?.id)

const declines = /^(?:no|no thanks|nope|decline|不了|不|不要|不行|算了)[.!。！]?$/iu

/**
 * What comes of a message that answers a duet; undefined if it does not. It may be the picture of whoever was asked, or their no. Their own commands stay what they are, and so do
 * words to us that come with a picture, unless they answer a message.
 */
export async function duetSaid(
  bot: Bot,
  ask: Ask,
  addressed: boolean,
): Promise<{ readonly answer: Answer | undefined } | undefined> {
  const no = addressed && declines.test(ask.text)
  if (!(no || hasPictures(ask)) || readCommand(ask.text, addressed)) return undefined
  // In a group people post pictures for each other, too: where they can be given to us, only those are.
  if (!addressed && !ask.platform.can.barePictures) return undefined
  if (!(no || !addressed || ask.text === '' || ask.replyTo)) return undefined
  const id = await asksFor(bot, ask)
  if (id === undefined) return undefined
  if (!no) return { answer: await answered(bot, ask, id) }
  const open = await duetOf(bot.core, id)
  return { answer: open && (await declined(bot, ask, open)) }
}

/** A picture that nobody addressed to us may be what somebody was asked for (`can.barePictures`). */
export const awaitsPicture = async (
  bot: Pick<Bot, 'core'>,
  event: { place: Ask['place']; member: string; memberName: string; handle?: string },
): Promise<boolean> =>
  (await duetsAt(bot.core, event.place)).some(open =>
    isAsked(open, { member: event.member, name: event.memberName, handle: event.handle }),
  )

/**
 * The second picture is there: the request is made for whoever asked, who pays. Only what was accepted, or told, ends the duet; an
 * answer that comes again when it is over needs no words.
 */
async function answered(bot: Bot, ask: Ask, id: string): Answered {
  const open = await duetOf(bot.core, id)
  if (!open) return undefined
  if (ask.images.length > 1) throw new UserError('refusal.duet-one')
  const [last] = await takePictures(bot, ask)
  if (!last) return undefined
  if (!(await answerDuet(bot.core, open, ask.update))) {
    await bot.store.remove(last.key).catch(() => undefined)
    throw new UserError('refusal.duet-over')
  }
  crashpoint('duet-answered')
  const parked = await unpark(bot, open.asked)
  if (!parked) return undefined
  await giveTo(bot, ask, last, open.by)
  const theirs: Ask = { ...parked.ask, pictures: [open.first, last] }
  const back = { to: open.place, member: open.by, locale: open.locale }
  try {
    const answer = await making.make(bot, theirs, 'video')
    await closeDuet(bot.core, open)
    return answer && { ...back, ...answer }
  } catch (error) {
    const failure = error instanceof AskFirst ? takenBack(error) : error
    if (!(failure instanceof UserError)) {
      await dropAnswer(bot.core, open)
      throw error
    }
    const message = refusalMessage(open.locale, failureOf(failure), open.by)
    return { ...back, message, said: () => closeDuet(bot.core, open) }
  }
}

/** Who answers a duet with their picture gives it to whoever asked: they need not be asked for it again. */
async function giveTo({ core }: Bot, { member }: Ask, { key }: Picture, to: Duet['by']): Promise<void> {
  const given = await givenOf(core, key)
  if (given?.by === 'unknown' || !given || !(await namesOf(core, member)).includes(given.by.member)) return
  await noteYours(core, { owner: given.by.member, place: given.at, pictures: [given.hash], to })
}

async function declined(bot: Bot, ask: Ask, open: Duet): Promise<Answer> {
  const text = t(open.locale, 'duet.declined', { name: ask.profile.name ?? open.name })
  return { message: { text }, to: open.place, locale: open.locale, said: () => end(bot, open) }
}

/** "/duet no": whoever was asked declines; whoever asked takes it back. */
async function withdrawn(bot: Bot, ask: Ask): Promise<Answer> {
  const asked = await duetFor(bot, ask)
  if (asked) return declined(bot, ask, asked)
  const names = await namesOf(bot.core, ask.member)
  const own = (await duetsAt(bot.core, ask.place)).find(({ by }) => names.includes(by))
  if (!own) throw new UserError('refusal.duet-over')
  await end(bot, own)
  return { message: { text: t(ask.locale, 'duet.withdrawn') } }
}

/** The button under the question: for whoever was asked, and for whoever asked. */
export async function duetPressed(bot: Bot, ask: Ask, id: string): Promise<Answer> {
  const open = await duetOf(bot.core, id)
  if (!open) throw new UserError('refusal.duet-over')
  if (isAsked(open, whoIs(ask))) return declined(bot, ask, open)
  if (!(await namesOf(bot.core, ask.member)).includes(open.by))
    throw new UserError('refusal.duet-not-yours', { name: open.name })
  await end(bot, open)
  return { message: { text: t(ask.locale, 'duet.withdrawn') } }
}

/** Over without a shot; true for whoever ended it. */
async function end(bot: Pick<Bot, 'core' | 'store'>, open: Duet): Promise<boolean> {
  const ended = await closeDuet(bot.core, open)
  if (ended) await bot.store.remove(open.first.key).catch(() => undefined)
  return ended
}

/** Says of duets whose time is over that they are. */
export async function endDuets(bot: Pick<Bot, 'core' | 'store' | 'tell'>, now = Date.now()): Promise<void> {
  for (const open of await overdueDuets(bot.core, now)) {
    if (!(await end(bot, open))) continue
    const text = t(open.locale, 'duet.expired', { name: open.name, asker: open.byName })
    await bot.tell(open.place, { text, once: `duet:${open.id}` })
  }
}
