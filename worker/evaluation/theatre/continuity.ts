import type { Stroke } from '../../../core/request.ts'
import type { Direction } from '../../families/theatre/direction.ts'
import { type Directed, direct, type Theatre } from '../../families/theatre/pipeline.ts'
import { writeState } from '../../families/theatre/state.ts'
import { createRandom } from '../../schedulers/noise.ts'
import { clipOf } from './judge.ts'
import { steps } from './track.ts'

/** Largest jump of position at a join, world units, and of velocity, world units per key. */
const positionJump = 0.02
const velocityJump = 0.16

/** A prompt's clip and what comes after it. */
export async function extend(theatre: Theatre, text: string, seed: number): Promise<boolean> {
  const first = await direct(theatre, recipeOf(text, seed), runOf())
  const second = await direct(theatre, recipeOf(text, seed + 1), {
    ...runOf(),
    state: writeState(first.performance.end),
  })
  return joins(first, second, theatre.direction)
}

/** True when a clip goes on where another ended: same set, same people, places and speeds without a jump. */
function joins(before: Directed, after: Directed, direction: Direction): boolean {
  const sameSet = before.performance.background.every((value, i) => value === after.performance.background[i])
  const samePeople = before.performance.nouns.every(
    (noun, slot) => noun === undefined || after.performance.nouns[slot] === noun,
  )
  if (!sameSet || !samePeople) return false
  const end = clipOf(before, direction, 4, 5)
  const start = clipOf(after, direction, 0, 1)
  const moves = clipOf(before, direction)
  return end.tracks.every(({ slot, track }) => {
    const next = start.tracks.find(one => one.slot === slot)?.track
    const whole = moves.tracks.find(one => one.slot === slot)?.track
    if (!next || !whole) return false
    if (!track.there.at(-1) || !next.there[1]) return true
    return (['x', 'y', 'height'] as const).every(name => {
      const [a, b] = [track.of(name), next.of(name)]
      const jump = Math.abs((b[0] ?? 0) - (a.at(-1) ?? 0))
      const change = Math.abs((b[1] ?? 0) - 2 * (b[0] ?? 0) + (a.at(-2) ?? 0))
      // A hopper changes speed all the time: the join may not be worse than the clip itself.
      const usual = Math.max(velocityJump, ...steps(steps(whole.of(name))).map(Math.abs))
      return jump <= positionJump && change <= usual
    })
  })
}

/** Error of a brushed actor's end point in parts of the frame's height. */
export async function brushError(theatre: Theatre, text: string, seed: number): Promise<number> {
  const random = createRandom(seed)
  const at = () => ({ x: 0.2 + 0.6 * random(), y: 0.35 + 0.4 * random() })
  const path = [at(), at(), at()]
  const start = path[0] ?? { x: 0.5, y: 0.5 }
  const cell = Math.floor(start.y * 16) * 16 + Math.floor(start.x * 16)
  const stroke: Stroke = { grid: { columns: 16, rows: 16 }, cells: [cell], motion: { path } }
  const directed = await direct(theatre, { ...recipeOf(text, seed), strokes: [stroke] }, runOf())
  const clip = clipOf(directed, theatre.direction)
  const root = clip.tracks.find(({ role }) => role >= 0 && directed.script.cast[role]?.parent === undefined)?.track
  const goal = path.at(-1) ?? start
  if (!root) return 1
  const value = (name: 'x' | 'y' | 'height' | 'log2Size') => root.of(name).at(-1) ?? 0
  const x = (value('x') / aspect + 1) / 2
  const middle = value('y') + value('height') + (2 ** value('log2Size') * root.noun.h) / 2
  const y = (1 - middle) / 2
  return Math.hypot((x - goal.x) * aspect, y - goal.y)
}

const aspect = 16 / 9

/** The recipe of an evaluation clip. */
export const recipeOf = (prompt: string, seed: number) => ({
  kind: 'video' as const,
  prompt,
  negative: '',
  model: 'theatre',
  tier: 'standard' as const,
  seconds: 5,
  ratio: '16:9' as const,
  seed,
})

/** Where an evaluation clip is directed; nothing is drawn. */
export const runOf = () => ({
  signal: new AbortController().signal,
  width: 1280,
  height: 720,
  fps: 24,
  progress: () => undefined,
})
