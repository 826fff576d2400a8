import type { Stage } from './pipelines/pipeline.ts'

/** Turns stages into one number for the progress bar, from how long stages took before. */

type Shares = Readonly<Record<Stage, number>>

/** Before anything was measured; `encoding` runs beside `rendering`. */
const guess: Shares = { preparing: 0.03, sampling: 0.2, rendering: 0.72, encoding: 0.02, storing: 0.03 }
/** The same for families whose time goes into a large network's steps. */
const guesses: Readonly<Record<string, Shares>> = {
  wan: { preparing: 0.04, sampling: 0.85, rendering: 0.08, encoding: 0.01, storing: 0.02 },
}
const order: readonly Stage[] = ['preparing', 'sampling', 'rendering', 'encoding', 'storing']
/** Weight of the newest measurement. */
const newest = 0.3

/** One render in the works. */
export interface Pace {
  /** Notes a word of the renderer; how far the whole is (0..1, never back) and the expected seconds left. */
  note(stage: Stage, done: number, now: number): { done: number; etaSeconds?: number }
  /** The render is complete: learns from it. */
  learn(now: number): void
}

/** Remembers stage shares by kind of work (e.g. model and tier); `family` helps with the first guess. Times in milliseconds. */
export function createPaces(): {
  begin(kind: string, now: number, expectedSeconds?: number, family?: string): Pace
} {
  const known = new Map<string, Shares>()
  return {
    begin(kind, start, expectedSeconds, family = '') {
      const shares = known.get(kind) ?? guesses[family] ?? guess
      const noted: Partial<Record<Stage, number>> = {}
      const spent: Record<Stage, number> = { preparing: 0, sampling: 0, rendering: 0, encoding: 0, storing: 0 }
      let current: Stage = 'preparing'
      let since = start
      let furthest = 0
      return {
        note(stage, done, now) {
          if (stage !== current) {
            spent[current] += now - since
            current = stage
            since = now
          }
          noted[stage] = Math.min(1, Math.max(0, done))
          furthest = Math.max(furthest, Math.min(1, doneOf(noted, stage, shares)))
          const etaSeconds = remaining(furthest, (now - start) / 1000, expectedSeconds)
          return { done: furthest, ...(etaSeconds !== undefined && { etaSeconds }) }
        },
        learn(now) {
          spent[current] += now - since
          const total = Math.max(1, now - start)
          const entries = order.map(name => {
            const share = spent[name] / total
            const old = known.get(kind)?.[name]
            return [name, old === undefined ? share : old * (1 - newest) + share * newest]
          })
          known.set(kind, Object.fromEntries(entries) as Shares)
        },
      }
    },
  }
}

/** How much of all stages is behind us in `stage`. A clip of several windows is sampled and rendered in turns; what else comes first is over. */
function doneOf(noted: Partial<Record<Stage, number>>, stage: Stage, shares: Shares): number {
  const at = order.indexOf(stage)
  const part = (name: Stage, i: number): number => {
    if (i >= at) return noted[name] ?? 0
    return name === 'sampling' && stage === 'rendering' ? (noted[name] ?? 1) : 1
  }
  return order.reduce((sum, name, i) => sum + shares[name] * part(name, i), 0)
}

/** Seconds left: first the expectation, then more and more what this render has shown. */
function remaining(done: number, elapsed: number, expected: number | undefined): number | undefined {
  const shown = done > 0.05 ? elapsed / done : undefined
  const total = shown === undefined ? expected : expected === undefined ? shown : expected * (1 - done) + shown * done
  return total === undefined ? undefined : Math.max(0, total - elapsed)
}
