import { readFileSync } from 'node:fs'
import { z } from 'zod'

const File = z.object({
  entries: z.array(z.string()),
  prototypes: z.array(
    z.object({ set: z.string(), time: z.string(), mean: z.array(z.number()), spread: z.array(z.number()) }),
  ),
})
type Prototype = z.infer<typeof File>['prototypes'][number]

const file = File.parse(JSON.parse(readFileSync(new URL('../prototypes.json', import.meta.url), 'utf8')))

/** Sets that show no daylight: no time can be told in them. */
const timeless: ReadonlySet<string> = new Set(['space', 'moon', 'stage', 'neon-city'])

/** A background vector by name of entry. */
export type Background = Readonly<Record<string, number>>

/** How unlike a background is to a set at a time: squared distance in spreads, each entry's share bounded. */
function unlikeness(background: Background, { mean, spread }: Prototype): number {
  return file.entries.reduce((sum, name, i) => {
    const off = ((background[name] ?? 0) - (mean[i] ?? 0)) / ((spread[i] ?? 0) + 0.12)
    return sum + Math.min(25, off * off)
  }, 0)
}

const nearest = (background: Background, among: readonly Prototype[]): Prototype | undefined =>
  among.reduce<Prototype | undefined>(
    (best, one) => (!best || unlikeness(background, one) < unlikeness(background, best) ? one : best),
    undefined,
  )

/** True when the background looks like the set more than like any other. */
export const isSet = (background: Background, set: string): boolean => nearest(background, file.prototypes)?.set === set

/** True when the set looks like that time of day more than like any other; sets without daylight always do. */
export function isTime(background: Background, set: string, time: string): boolean {
  if (timeless.has(set)) return true
  return (
    nearest(
      background,
      file.prototypes.filter(one => one.set === set),
    )?.time === time
  )
}

const on = (background: Background, name: string, from = -0.5): boolean => (background[name] ?? -1) > from

/** What each weather puts into the air. */
export const weather: Readonly<Record<string, (background: Background) => boolean>> = {
  clear: b => !on(b, 'rain') && !on(b, 'fog') && !on(b, 'lightning') && !on(b, 'leaves') && !on(b, 'petals'),
  cloudy: b => on(b, 'clouds', 0) && !on(b, 'rain'),
  rain: b => on(b, 'rain'),
  snow: b => on(b, 'snow'),
  storm: b => on(b, 'rain') || on(b, 'lightning'),
  fog: b => on(b, 'fog'),
  petals: b => on(b, 'petals'),
  leaves: b => on(b, 'leaves'),
}
