import { z } from 'zod'
import { t } from '../i18n.ts'
import { MemberId, Place } from '../place.ts'
import { ClipId, ratios, tiers } from '../request.ts'

/** A film in the making: what a group's session is. Plain JSON, kept in Redis (store.ts), changed only by `step` (step.ts). */

/** How the host wants it played. */
export const FilmRules = z.object({
  /** Who may take part: everybody who is in one of its places, or only whom the host invited. */
  join: z.enum(['everyone', 'invited']).default('everyone'),
  /** Whose turn it is: nobody's in particular, one after the other as they joined, or whoever asks first (one take a shot). */
  turns: z.enum(['free', 'round', 'first']).default('free'),
  /** How long a turn waits for its member, in minutes; then it passes on. */
  turnMinutes: z.number().int().min(1).max(1440).default(10),
  /** Each shot goes on from the take chosen before it: last frame and motion. */
  relay: z.boolean().default(true),
  /** Most takes of one member for one shot. */
  takesEach: z.number().int().min(1).max(10).default(3),
  /** Most shots of the film. */
  shots: z.number().int().min(1).max(36).default(12),
  /** Added to every prompt. */
  style: z.string().max(300).default(''),
  ratio: z.enum(ratios).optional(),
  model: z.string().max(64).optional(),
  /** Takes are made at this tier; the chosen one is made again at `finalTier` if that is a better one. */
  draftTier: z.enum(tiers).default('standard'),
  finalTier: z.enum(tiers).default('standard'),
  /** Whose credits: everybody's own, the host's, or the pot's that members chip in to. */
  pays: z.enum(['each', 'host', 'pot']).default('each'),
  /** Most credits that the film may cost in all. */
  budget: z.number().int().positive().max(1e6).optional(),
  /** Most credits that one member may spend of the host's or the pot's. */
  memberBudget: z.number().int().positive().max(1e6).optional(),
  /** Nothing is made from the pot before so many credits were put in; absent = what is there is enough. */
  goal: z.number().int().positive().max(1e6).optional(),
})
export type FilmRules = z.infer<typeof FilmRules>

/** One clip offered for a shot. */
export const Take = z.object({
  /** 1, 2, 3 ... in the shot, as people name it. */
  number: z.number().int().positive(),
  /** The job that makes it. */
  job: z.string(),
  /** Absent while it is being made. */
  clip: ClipId.optional(),
  member: MemberId,
  /** What was asked, without the film's style. */
  prompt: z.string(),
  /** Credits held or spent for it. */
  price: z.number().int().nonnegative(),
  votes: z.array(MemberId).default([]),
})
export type Take = z.infer<typeof Take>

export const Shot = z.object({
  number: z.number().int().positive(),
  takes: z.array(Take).default([]),
  /** Number of the take that plays in the film. */
  chosen: z.number().int().positive().optional(),
  /** The chosen take made again at the final tier. */
  final: ClipId.optional(),
  /** The job that is making that, or made it. */
  finishing: z.object({ job: z.string(), price: z.number().int().nonnegative() }).optional(),
})
export type Shot = z.infer<typeof Shot>

const FilmMember = z.object({
  id: MemberId,
  name: z.string().max(100),
  /** May not take part until the host says otherwise. */
  muted: z.boolean().optional(),
})

/** A take, or a chosen one's final, that waits for the pot. */
export const Waiting = z.object({
  /** The update that asked for it: what it is known by. */
  update: z.string(),
  what: z.enum(['take', 'final']),
  member: MemberId,
  prompt: z.string(),
  price: z.number().int().positive(),
  /** The request as it is taken up again (bots/consent/parked.ts). */
  asked: z.unknown(),
})
export type Waiting = z.infer<typeof Waiting>

export const Film = z.object({
  /** Short and speakable: "F7Q2". */
  id: z.string().regex(/^F[2-9A-Z]{3,7}$/),
  title: z.string().min(1).max(80),
  host: MemberId,
  /** Language of its boards: the host's. */
  locale: z.string().min(2).max(20),
  rules: FilmRules,
  /** Where it is made; more than one = bridged. */
  places: z.array(Place).min(1).max(8),
  /** The board's message in each place, in the order of `places`; absent where none was posted yet. */
  boards: z.array(Place.nullable()),
  members: z.array(FilmMember),
  invited: z.array(z.string()).default([]),
  shots: z.array(Shot),
  /** Whose turn it is and until when (Unix ms); only with rules.turns 'round'. */
  turn: z.object({ member: MemberId, until: z.number() }).optional(),
  /** Credits held or spent so far. */
  spent: z.number().int().nonnegative().default(0),
  /** Jobs of finals that `spent` counts, chosen still or not; with `clip` it is made. */
  finals: z
    .array(z.object({ job: z.string(), price: z.number().int().nonnegative(), clip: ClipId.optional() }))
    .default([]),
  /** What starts as soon as the pot has the credits, in the order it came. */
  waiting: z.array(Waiting).default([]),
  /** Polls that are open about the open shot. */
  polls: z.array(Place).default([]),
  state: z.enum(['open', 'ended', 'archived']),
  /** The finished film. */
  reel: ClipId.optional(),
  createdAt: z.number(),
  /** Ends by itself then (Unix ms). */
  endsAt: z.number().optional(),
  /** Counts changes: whoever saves must have read the newest. */
  version: z.number().int().nonnegative(),
})
export type Film = z.infer<typeof Film>

/** The shot that takes are offered for now: the last one without a chosen take. */
export const openShot = (film: Film): Shot | undefined => {
  const last = film.shots.at(-1)
  return last && last.chosen === undefined ? last : undefined
}

/** A shot's chosen take, if there is one and it was not removed. */
export const chosenTake = (shot: Shot): Take | undefined => shot.takes.find(take => take.number === shot.chosen)

/** The clip of a shot that plays in the film: the final one if it is made, else the chosen take's. */
export const clipOf = (shot: Shot): string | undefined => shot.final ?? chosenTake(shot)?.clip

/** The clip that the next shot of a relay goes on from. */
export const lastClip = (film: Film): string | undefined => film.shots.flatMap(shot => clipOf(shot) ?? []).at(-1)

/** Takes that are made, most voted first; equal ones in the order they came. */
export const ranking = (shot: Shot): readonly Take[] =>
  shot.takes
    .filter(take => take.clip !== undefined)
    .sort((a, b) => b.votes.length - a.votes.length || a.number - b.number)

/** What somebody is called in a film; who left it, or was never in it, is just somebody. */
export const nameIn = ({ members, locale }: Pick<Film, 'members' | 'locale'>, id: string): string =>
  members.find(member => member.id === id)?.name ?? t(locale, 'film.somebody')

/** Ids of everybody who had a part in what is shown, and how; some more than once. */
export const partsIn = ({ host, shots }: Film): { role: 'director' | 'takes' | 'votes'; ids: string[] }[] => [
  { role: 'director', ids: [host] },
  { role: 'takes', ids: shots.flatMap(shot => chosenTake(shot)?.member ?? []) },
  { role: 'votes', ids: shots.flatMap(shot => shot.takes.flatMap(take => take.votes)) },
]

/** Everybody who had a part in what is shown, and how: for the end credits. */
export function creditsOf(film: Film): { role: 'director' | 'takes' | 'votes'; names: string[] }[] {
  const unique = (ids: readonly string[]): string[] => [...new Set([...new Set(ids)].map(id => nameIn(film, id)))]
  return partsIn(film)
    .map(({ role, ids }) => ({ role, names: unique(ids) }))
    .filter(line => line.names.length > 0)
}
