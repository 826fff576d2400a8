import { createHash } from 'node:crypto'

/** Short text that stands for another, for ids that come out the same each time. */
export const idOf = (kind: string, ...parts: readonly string[]): string =>
  kind + createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 20)

/** Never the same moment twice, so that messages have an order. */
export function clock(): () => number {
  let last = 0
  return () => {
    last = Math.max(Date.now(), last + 1)
    return last
  }
}
