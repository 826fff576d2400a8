import { createRandom } from '../../schedulers/noise.ts'
import type { Direction } from './direction.ts'
import { kindOf } from './nouns.ts'
import { actorCount } from './scene.ts'
import type { Role, Script } from './script.ts'

/** Sets that suit how the leading role moves, for prompts that name none. */
const homes: Readonly<Record<string, readonly string[]>> = {
  walk: ['garden', 'park', 'forest', 'garden', 'park', 'street', 'room', 'beach', 'mountain', 'river'],
  fly: ['garden', 'park', 'forest', 'sky', 'garden'],
  air: ['sky', 'sky', 'city', 'mountain'],
  swim: ['underwater', 'underwater', 'sea', 'river'],
  road: ['road', 'city', 'street', 'road'],
  water: ['sea', 'sea', 'river'],
  sky: ['sky', 'space', 'mountain'],
  thing: ['garden', 'room', 'park', 'stage'],
}

/** Sets that suit what is done, whoever does it. */
const stages: Readonly<Record<string, readonly string[]>> = {
  dance: ['stage', 'park', 'garden', 'stage'],
  sing: ['stage', 'park'],
  play: ['stage', 'park', 'garden'],
  speech: ['stage', 'office'],
  meeting: ['office'],
  work: ['office'],
  launch: ['desert', 'city', 'moon'],
  parkour: ['rooftop', 'city'],
  drive: ['road', 'city', 'street'],
  race: ['stadium', 'road'],
  kick: ['stadium', 'park', 'beach'],
  swim: ['underwater', 'sea', 'river'],
  slide: ['snow', 'stadium'],
  'set-off': ['festival', 'park'],
  parade: ['street', 'festival'],
  sleep: ['room', 'garden', 'forest'],
  eat: ['kitchen', 'garden', 'park', 'room'],
}

/** Things that stand in one kind of place, whatever is done there. */
const furnishings: Readonly<Record<string, readonly string[]>> = {
  'couch-and-lamp': ['room'],
  bed: ['room'],
  bathtub: ['room'],
  toilet: ['room'],
  television: ['room'],
  chair: ['room', 'room', 'office', 'kitchen'],
}

/** Without its effect nobody would see it. */
const toldByEffect: ReadonlySet<string> = new Set(['sleep'])

/** Effects at most: more is noise. */
const effectLimit = 2

/**
 * What the words leave open but a clip needs: a set, and the effects that go with verbs and moods (hearts, notes, zzz). Another seed
 * decides otherwise. Roles keep their places; effects come after them.
 */
export function stageScript(script: Script, direction: Direction, seed: number): Script {
  const random = createRandom(seed ^ 0x5ca1ab1e)
  const choose = <T>(options: readonly T[]): T | undefined => options[Math.floor(random() * options.length)]
  const cast: Role[] = [...script.cast]
  const wanted: { noun: string; at: number; verb: string }[] = []
  for (const [index, role] of script.cast.entries()) {
    for (const verb of role.verbs) {
      const noun = chooseEffect(direction.effects.verbs[verb], random, toldByEffect.has(verb))
      const at = direction.verbs.find(({ id }) => id === verb)?.effectOn === 'object' ? (role.partner ?? index) : index
      if (noun && !wanted.some(other => other.verb === verb && other.noun === noun)) wanted.push({ noun, at, verb })
    }
    const noun = role.mood ? chooseEffect(direction.effects.moods[role.mood], random) : undefined
    if (noun) wanted.push({ noun, at: index, verb: role.verbs[0] ?? role.undergoes ?? '' })
  }
  const denied = new Set(script.denied.map(({ id }) => id))
  for (const { noun, at, verb } of wanted.slice(0, effectLimit)) {
    if (cast.length >= actorCount || denied.has(noun) || !direction.nounIndex.has(noun)) continue
    const undergoes = verb ? { undergoes: verb } : {}
    cast.push({ noun, verbs: [], parent: at, attach: 'effect', phrase: -1, implied: true, ...undergoes })
  }
  if (script.set) return { ...script, cast }
  const lead = script.cast[0]
  const noun = direction.nouns[direction.nounIndex.get(lead?.noun ?? '') ?? -1]
  const doings = script.cast.flatMap(role => role.verbs)
  const byThing = script.cast.map(role => furnishings[role.noun]).find(options => options !== undefined)
  const byVerb = doings.map(verb => stages[verb]).find(options => options !== undefined)
  const options = (byThing ?? byVerb ?? homes[noun ? kindOf(noun) : 'walk'] ?? []).filter(
    set => direction.tokens.sets.includes(set) && !denied.has(set),
  )
  const set = choose(options)
  return { ...script, cast, ...(set ? { set } : {}) }
}

/** The usual effect, most of the time or always. */
function chooseEffect(
  options: readonly string[] | undefined,
  random: () => number,
  always = false,
): string | undefined {
  if (!options || options.length === 0 || (random() < 0.2 && !always)) return undefined
  return options[Math.floor(random() * random() * options.length)]
}
