/** A stream of numbers in [0, 1). */
export type Random = () => number

/**
 * Uniform numbers from a seed: sfc32 (Doty-Humphrey, PractRand), seeded by splitmix32.
 * Integer arithmetic only, so the same seed gives the same stream on every machine. The seed is used to 53 bits.
 */
export function createRandom(seed: number): Random {
  let mix = (Math.trunc(seed) >>> 0) ^ Math.imul(Math.floor(Math.abs(seed) / 2 ** 32) | 0, 0x85ebca6b)
  const word = () => {
    mix = (mix + 0x9e3779b9) | 0
    let z = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return z ^ (z >>> 15)
  }
  let a = word()
  let b = word()
  let c = word()
  let count = 1
  const next = () => {
    const sum = (a + b + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

/** `length` numbers of the standard normal distribution from a stream (Box and Muller 1958), as float32. */
export function gaussian(random: Random, length: number): Float32Array {
  const out = new Float32Array(length)
  for (let i = 0; i < length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    const angle = 2 * Math.PI * random()
    out[i] = radius * Math.cos(angle)
    if (i + 1 < length) out[i + 1] = radius * Math.sin(angle)
  }
  return out
}
