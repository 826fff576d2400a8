import type { Ratio } from '../../../core/request.ts'
import type { Direction } from './direction.ts'
import { verbLinks } from './links.ts'
import { actorCount } from './scene.ts'
import type { Role, Script } from './script.ts'

/** A script as the director's numbers: 0 is "not said", else index in the list of concepts plus one. */
export interface Encoded {
  /** One per field of `direction.globals`. */
  readonly globals: readonly number[]
  /** [actorCount][field of `direction.cast`]. */
  readonly cast: readonly (readonly number[])[]
  /** Noun number per slot; -1: free, the model chooses. */
  readonly nouns: readonly number[]
  /** Parent slot per slot, -1 for none, and the kind of link. */
  readonly parents: readonly number[]
  readonly attaches: readonly string[]
}

/** What the clip decides beside the words. */
export interface Framing {
  readonly ratio: Ratio
  /** True: a member's picture is the set. */
  readonly picture: boolean
  /** True: this window goes on from another; verbs of a sequence have moved on. */
  readonly later: boolean
  /** True: another window follows, in which the second verb of a sequence will play. */
  readonly earlier: boolean
}

/** Index of a frame's shape among the director's aspect buckets; 4:3 shares the square one. */
function aspectOf(ratio: Ratio, direction: Direction): number {
  return Math.max(0, direction.tokens.aspects.indexOf(ratio === '4:3' ? '1:1' : ratio))
}

/** Turns a script into the director's inputs. `slots[i]` is the slot of role i. */
export function encode(script: Script, slots: readonly number[], direction: Direction, framing: Framing): Encoded {
  const code = (options: readonly string[], word: string | undefined): number => (word ? options.indexOf(word) + 1 : 0)
  const cast = Array.from({ length: actorCount }, () => direction.cast.map(() => 0))
  const nouns = new Array<number>(actorCount).fill(-1)
  const parents = new Array<number>(actorCount).fill(-1)
  const attaches = new Array<string>(actorCount).fill('none')
  for (const [index, role] of script.cast.entries()) {
    const slot = slots[index]
    const noun = direction.nounIndex.get(role.noun)
    const row = slot === undefined ? undefined : cast[slot]
    if (slot === undefined || row === undefined || noun === undefined) continue
    const { attach, parent, partner } = tiesOf(script.cast, index)
    const [first, second] = verbsOf(script.cast, index, framing)
    const other = parent ?? partner
    const set = (field: string, value: number) => {
      const at = direction.cast.indexOf(field)
      if (at >= 0) row[at] = value
    }
    nouns[slot] = noun
    set('noun', noun + 1)
    set('verb1', code(direction.verbIds, first))
    set('verb2', code(direction.verbIds, second))
    set('verbAsPartner', code(direction.verbIds, role.undergoes))
    set('partner', other === undefined ? 0 : (slots[other] ?? -1) + 1)
    set('attach', attach ? Math.max(0, direction.attaches.indexOf(attach)) : 0)
    set('size', code(direction.sizes, role.size))
    set('speed', code(direction.speeds, role.speed))
    set('mood', code(direction.tokens.moods, role.mood))
    if (attach && parent !== undefined) {
      parents[slot] = slots[parent] ?? -1
      attaches[slot] = attach
    }
  }
  const said: Record<string, number> = {
    set: code(direction.tokens.sets, script.set),
    time: code(direction.tokens.times, script.time),
    weather: code(direction.tokens.weathers, script.weather),
    camera: code(direction.tokens.cameras, script.camera),
    mood: code(direction.tokens.moods, script.mood),
    aspect: aspectOf(framing.ratio, direction) + 1,
    picture: framing.picture ? 1 : 0,
  }
  return { globals: direction.globals.map(field => said[field] ?? 0), cast, nouns, parents, attaches }
}

/** What a role is told relative to: what the words say, else what its verb implies (the ball of a kicker). */
export function tiesOf(cast: readonly Role[], index: number): { attach?: string; parent?: number; partner?: number } {
  const role = cast[index]
  if (!role) return {}
  if (role.attach && role.parent !== undefined) return { attach: role.attach, parent: role.parent }
  const doer = cast.findIndex(other => other.partner === index && other.verbs.some(verb => verb === role.undergoes))
  const asObject = role.undergoes ? verbLinks[role.undergoes] : undefined
  if (asObject?.[1] === 'object' && doer >= 0) return { attach: asObject[0], parent: doer }
  for (const verb of role.verbs) {
    const asSubject = verbLinks[verb]
    if (asSubject?.[1] === 'subject' && role.partner !== undefined)
      return { attach: asSubject[0], parent: role.partner }
  }
  const partner =
    role.partner ??
    (doer >= 0
      ? doer
      : cast.findIndex(other => other.parent === index && other.attach !== 'wear' && other.attach !== 'hold'))
  return partner >= 0 ? { partner } : {}
}

/**
 * The two verbs of a role in this window. Somebody who does nothing but wear or hold a thing is said to wear or hold it;
 * a mount's going is left to the model, which never heard of it.
 */
function verbsOf(cast: readonly Role[], index: number, framing: Framing): readonly (string | undefined)[] {
  const role = cast[index]
  if (!role || role.undergoes === 'ride') return []
  const [first, second] = role.verbs
  if (!first) {
    const thing = cast.find(other => other.parent === index && (other.attach === 'wear' || other.attach === 'hold'))
    return thing && role.parent === undefined ? [thing.attach] : []
  }
  if (framing.later) return [second ?? first]
  return framing.earlier ? [first] : [first, second]
}
