/** Reading the background vector by name. */

/** A reader of named entries of a background vector: -1..1 as stored, or as an amount 0..1. */
export function backgroundReader(names: readonly string[], vector: Float32Array) {
  const at = new Map(names.map((name, index) => [name, index]))
  const raw = (name: string): number => {
    const index = at.get(name)
    if (index === undefined) throw new Error(`the background has no entry "${name}"`)
    return vector[index] ?? 0
  }
  const amount = (name: string): number => Math.min(1, Math.max(0, raw(name) * 0.5 + 0.5))
  const colour = (name: string): Rgb => [
    raw(`${name}-r`) * 0.5 + 0.5,
    raw(`${name}-g`) * 0.5 + 0.5,
    raw(`${name}-b`) * 0.5 + 0.5,
  ]
  return { raw, amount, colour }
}

/** Red, green and blue, 0..1 (or gains round 1). */
export type Rgb = readonly [number, number, number]
