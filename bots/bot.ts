import type { Catalogue } from '../core/catalogue.ts'
import { signLink, signShare } from '../core/links.ts'
import type { Log } from '../core/log.ts'
import type { Profile } from '../core/members.ts'
import type { MemberId, Place } from '../core/place.ts'
import type { Core } from '../core/redis.ts'
import type { MediaKey } from '../core/request.ts'
import type { Store } from '../core/store.ts'
import type { Content } from './content.ts'
import type { FilmKeeper } from './film/keeper.ts'
import type { TellShots } from './idea/endpoint.ts'
import type { Attachment, Outgoing, Platform } from './platform.ts'
import type { Entitled, RoleRules } from './roles.ts'

/** The operator's rules (core/config.ts). */
export interface Rules {
  readonly operators: readonly string[]
  /** Spoken where neither the member nor the platform names a language. */
  readonly language: string
  readonly dailyCredits: number
  readonly memberOpenJobs: number
  readonly placeOpenJobs: number
  readonly retentionDays: number
  /** Signs media links. */
  readonly secret: string
  /** Address under which people reach the web side, without a slash at the end. */
  readonly publicUrl: string
  /** Where reports go; absent = nothing can be reported. */
  readonly operatorPlace?: Place
  /** The operator's own words for `/terms` and `/paysupport`. */
  readonly terms?: string
  readonly paySupport?: string
}

/** What the conversation works with. */
export interface Bot {
  readonly core: Core
  readonly store: Store
  readonly catalogue: Catalogue
  readonly rules: Rules
  readonly content: Content
  readonly roles: RoleRules
  readonly log: Log
  /** Makes shot lists of ideas; absent = the built-in grammar alone does. */
  readonly tellShots?: TellShots
  /** Every platform we are on, by name. */
  readonly platforms: ReadonlyMap<string, Platform>
  /** Films in the making are told of changes here. */
  readonly films: Pick<FilmKeeper, 'changed' | 'delivered' | 'failed'>
  /** Says something in a room outside any conversation (announcements), as soon as its platform lets us; never throws. */
  tell(room: Place, message: Outgoing): Promise<void>
}

/** Somebody said something to us, and we know who and in which language to answer. */
export interface Ask {
  readonly update: string
  readonly platform: Platform
  readonly place: Place
  readonly member: MemberId
  /** The name people mention them by, where that is not their name. */
  readonly handle?: string
  readonly profile: Profile
  readonly locale: string
  readonly operator: boolean
  readonly entitled: Entitled
  /** An answer can be shown to the member alone. */
  readonly quiet: boolean
  /** Largest file this place takes, in bytes. */
  readonly uploadBytes: number
  /** The platform says that this place is for adults. */
  readonly adult: boolean
  /** Cleaned; without the command's name. Of a button: what was written into its form. */
  readonly text: string
  readonly images: readonly Attachment[]
  readonly sounds: readonly Attachment[]
  /** JSON files. */
  readonly files: readonly Attachment[]
  readonly replyTo?: Place
  /** The member looks after this place; absent = the platform did not say. */
  readonly manages?: boolean
  /** Its pictures, where they were fetched and allowed before (bots/consent). */
  readonly pictures?: readonly Picture[]
}

/** A picture of a member's, cleaned and kept. */
export interface Picture {
  readonly key: MediaKey
  readonly width: number
  readonly height: number
}

/** What is said in answer. */
export interface Answer {
  readonly message: Outgoing
  /** What else is said now, elsewhere: somebody's request has just become possible. */
  readonly also?: readonly Answer[]
  /** Who may answer it by a number, where that is not whoever it answers. */
  readonly member?: MemberId
  /** The message is the status message of this job. */
  readonly job?: string
  /** What was asked for has to wait (for a film's pot); it is noted. */
  readonly waits?: true
  /** The message bears this question about pictures (bots/consent). */
  readonly question?: string
  /** What is over once it is said; until then it could be said again. */
  readonly said?: () => Promise<unknown>
  /** Where it is said, if not in answer to the message that asked. */
  readonly to?: Place
  /** The language of this answer, where it differs from the one asked in. */
  readonly locale?: string
}

/** Credits belong to a person: the account of a member has the member's name. */
export const walletOf = (member: MemberId): string => member

const dayMs = 24 * 3600 * 1000

/** Full address of stored media, good for so many days. */
export const linkTo = ({ rules }: Pick<Bot, 'rules'>, key: MediaKey, days: number): string =>
  rules.publicUrl.replace(/\/$/, '') + signLink(rules.secret, key, Date.now() + days * dayMs)

/** Full address of the page that shows a clip to whoever has it, good for so many days. */
export const shareTo = ({ rules }: Pick<Bot, 'rules'>, clip: { id: string; media: MediaKey }, days: number): string =>
  rules.publicUrl.replace(/\/$/, '') + signShare(rules.secret, clip, Date.now() + days * dayMs)

/** UTC day, as the daily grant counts them. */
export const today = (): string => new Date().toISOString().slice(0, 10)
