import { consentOf, consentWay } from '../../core/consent.ts'
import { UserError } from '../../core/errors.ts'
import { namesOf } from '../../core/people.ts'
import type { Ask, Bot, Picture } from '../bot.ts'
import type { Attachment } from '../platform.ts'

/**
 * Whether somebody may use a picture. One's own: yes. Whoever brings a picture into a chat, forwarded or not, is taken for its poster.
 * Of somebody else's the poster is asked, unless the place says otherwise; where nobody can be asked (a channel, another bot, a
 * message from another chat), it is not used until a person has posted it.
 */

/** A picture somebody sent, fetched: `hash` of its bytes as they came. */
interface Fetched {
  readonly hash: string
  readonly by?: Attachment['by']
}

export type Poster = Exclude<NonNullable<Attachment['by']>, 'unknown'>

/** Somebody has to be asked first (ask.ts). `pictures` are kept until they have answered. */
export class AskFirst extends Error {
  override readonly name = 'AskFirst'
  readonly poster: Poster
  readonly pictures: readonly (Picture & { readonly hash: string })[]
  constructor(poster: Poster, pictures: AskFirst['pictures']) {
    super(`${poster.member} is to be asked first`)
    this.poster = poster
    this.pictures = pictures
  }
}

/** Who has to say yes before these pictures may be used; undefined = nobody has to. Throws UserError `refusal.consent-*` where they may not. */
export async function posterToAsk(bot: Bot, ask: Ask, pictures: readonly Fetched[]): Promise<Poster | undefined> {
  const names = pictures.some(({ by }) => by) ? await namesOf(bot.core, ask.member) : []
  const others = pictures.filter(({ by }) => by && (by === 'unknown' || !names.includes(by.member)))
  if (others.length === 0) return undefined
  const way = await consentWay(bot.core, ask.place)
  if (way === 'off') return undefined
  if (way === 'deny') throw new UserError('refusal.consent-deny')
  for (const { by, hash } of others) {
    if (!by || by === 'unknown') throw new UserError('refusal.consent-unknown')
    const said = await consentOf(bot.core, { owner: by.member, place: ask.place, picture: hash })
    if (said === 'no') throw new UserError('refusal.consent-no', { name: by.name })
    if (said === undefined) return by
  }
  return undefined
}
