import type { Direction } from '../../families/theatre/direction.ts'
import type { Directed } from '../../families/theatre/pipeline.ts'
import { cameraSlot } from '../../families/theatre/scene.ts'
import { camera, follows } from './predicates/camera.ts'
import { duo } from './predicates/duo.ts'
import { isSet, isTime, weather } from './predicates/scenery.ts'
import { solo } from './predicates/solo.ts'
import { steady } from './predicates/steady.ts'
import type { Prompt } from './prompts.ts'
import { mean, share, type Track, trackOf } from './track.ts'

/** What a clip is judged on; absent: the prompt says nothing about it. */
export interface Verdict {
  readonly actors: boolean
  readonly counts: boolean
  /** One per claim "who does what". */
  readonly actions: readonly {
    readonly claim: string
    readonly doing: Prompt['does'][number]
    readonly held: boolean
  }[]
  /** Set, time and weather, one each. */
  readonly sets: readonly { readonly claim: string; readonly held: boolean }[]
  readonly camera?: boolean
  readonly smoothness: boolean
}

/** A clip as predicates see it: five seconds from the start. */
export interface Clip {
  readonly tracks: readonly {
    readonly slot: number
    readonly noun: string
    readonly track: Track
    readonly role: number
  }[]
  readonly lens: Track
  readonly background: Readonly<Record<string, number>>
}

/** Tracks of everybody in a clip between two seconds. */
export function clipOf({ script, performance }: Directed, direction: Direction, from = 0, to = 5): Clip {
  const { keys, keyCount, keyStart, nouns, slots, background } = performance
  const track = (slot: number, noun: string) => {
    const known = direction.nouns[direction.nounIndex.get(noun) ?? -1]
    if (!known) throw new Error(`no noun "${noun}"`)
    return trackOf(keys, keyCount, keyStart, slot, known, from, to)
  }
  return {
    tracks: nouns.flatMap((noun, slot) => {
      const role = slots.indexOf(slot)
      if (noun === undefined || script.cast[role]?.attach === 'effect') return []
      return [{ slot, noun, track: track(slot, noun), role }]
    }),
    lens: track(cameraSlot, direction.nouns[0]?.id ?? ''),
    background: Object.fromEntries(direction.background.map((name, i) => [name, background[i] ?? 0])),
  }
}

/** Shares of a clip in which a named actor must be there: things that burst, come or go need only be seen. */
const seenEnough = 0.08

/** Judges one clip of a prompt. */
export function judge(directed: Directed, prompt: Prompt, direction: Direction): Verdict {
  const clip = clipOf(directed, direction)
  const seen = clip.tracks.filter(({ track }) => share(track.there) >= seenEnough)
  const countOf = (noun: string) => seen.filter(one => one.noun === noun && one.role >= 0).length
  const named = Object.keys(prompt.actors)
  const strangers = seen.filter(
    one => one.role >= 0 && !named.includes(one.noun) && !directed.script.cast[one.role]?.implied,
  )
  const leads = seen.filter(one => named.includes(one.noun))
  const smallest = leads.reduce((size, { track }) => Math.min(size, mean(track.width)), 9)
  const pushy = seen.filter(
    ({ role, track, noun }) =>
      role < 0 && isAnimate(direction, noun) && mean(track.width) > 1.25 * smallest && mean(track.of('y')) < -0.5,
  )
  const roles = directed.script.cast
  const actions = prompt.does.map(doing => {
    const { subject, verb, object } = doing
    const claim = [subject, verb, object].filter(Boolean).join(' ')
    const doers = clip.tracks.filter(one => one.noun === subject && one.role >= 0)
    const objects = object ? clip.tracks.filter(one => one.noun === object && one.role >= 0) : []
    const wanted = roles.filter(role => role.noun === subject).length
    return { claim, doing, held: acts(verb, doers, objects, clip, wanted) }
  })
  const sets = [
    ...(prompt.set ? [{ claim: `set ${prompt.set}`, held: isSet(clip.background, prompt.set) }] : []),
    ...(prompt.time
      ? [
          {
            claim: `time ${prompt.time}`,
            held: isTime(clip.background, directed.script.set ?? prompt.set ?? '', prompt.time),
          },
        ]
      : []),
    ...(prompt.weather
      ? [{ claim: `weather ${prompt.weather}`, held: weather[prompt.weather]?.(clip.background) ?? false }]
      : []),
  ]
  const sudden = new Set([
    'kick',
    'throw',
    'explode',
    'vanish',
    'appear',
    'rain',
    'set-off',
    'parkour',
    'race',
    'launch',
  ])
  const smoothness = leads.every(
    ({ track, role }) =>
      roles[role]?.parent !== undefined ||
      steady(
        track,
        clip.lens,
        [...(roles[role]?.verbs ?? []), roles[role]?.undergoes ?? ''].some(verb => sudden.has(verb)),
      ),
  )
  const lead = leads[0]
  return {
    actors: named.every(noun => countOf(noun) > 0) && strangers.length === 0 && pushy.length === 0,
    counts: named.every(noun => countOf(noun) === prompt.actors[noun]),
    actions,
    sets,
    smoothness,
    ...(prompt.camera
      ? {
          camera:
            prompt.camera === 'follow'
              ? lead !== undefined && follows(clip.lens, lead.track)
              : (camera[prompt.camera]?.(clip.lens) ?? false),
        }
      : {}),
  }
}

const isAnimate = (direction: Direction, noun: string): boolean =>
  /^(?:ground|person|face)/.test(direction.nouns[direction.nounIndex.get(noun) ?? -1]?.group ?? '')

/** True when everybody (or in a mutual action: some two) of the subject does it. */
function acts(verb: string, doers: Clip['tracks'], objects: Clip['tracks'], clip: Clip, wanted: number): boolean {
  if (doers.length === 0 || doers.length < wanted) return false
  const pair = duo[verb]
  if (objects.length > 0 && pair) return doers.some(a => objects.some(b => pair(a.track, b.track)))
  const alone = solo[verb]
  if (alone) return share(doers.map(({ track }) => alone(track))) > 0.6
  if (pair) {
    const others = clip.tracks.filter(one => one.role >= 0)
    return doers.some(a => others.some(b => a.slot !== b.slot && (pair(a.track, b.track) || pair(b.track, a.track))))
  }
  return false
}
