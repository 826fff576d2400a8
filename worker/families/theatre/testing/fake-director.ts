import { fileURLToPath } from 'node:url'
import { type Direction, openDirection } from '../direction.ts'
import type { Director } from '../sample.ts'
import { actorCount, channel, channelCount } from '../scene.ts'
import { backgroundRow, rowWidth, tokenCount } from '../window.ts'

/** Folder of the shipped package. */
export const theatreFolder = fileURLToPath(new URL('../../../models/theatre', import.meta.url))

/** The shipped package's tables. */
export const shippedDirection = (): Promise<Direction> => openDirection(theatreFolder)

/**
 * A director without a network: slot k stands at x = k / 5 - 1 + a drift that depends on the noise, and everything known is respected.
 * `asked` collects the questions.
 */
export function fakeDirector(direction: Direction, asked: Parameters<Director>[0][] = []): Director {
  const width = rowWidth(direction)
  return async question => {
    asked.push({ ...question, x: question.x.slice() })
    const out = new Float32Array(2 * tokenCount * width)
    for (let branch = 0; branch < 2; branch++) {
      for (let slot = 0; slot < actorCount; slot++) {
        const at = (branch * tokenCount + slot) * width
        const drift = Math.tanh(question.x[at + direction.codeLength + channel.x] ?? 0) * 0.2
        for (let key = 0; key < direction.keys; key++) {
          const from = at + direction.codeLength + key * channelCount
          const put = (name: keyof typeof channel, value: number) => {
            out[from + channel[name]] = value / (direction.scales[slot * channelCount + channel[name]] ?? 1)
          }
          put('presence', 1)
          put('facing', 1)
          put('x', slot / 5 - 1 + drift)
          put('y', -0.6)
          put('log2Size', -1)
        }
      }
      out[(branch * tokenCount + backgroundRow) * width] = branch === 0 ? 0.5 : 0.25
    }
    return out
  }
}
