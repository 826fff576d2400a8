/** Cutting a picture into tiles that overlap, and putting it together again without seams. */

/** A piece of one axis. */
export interface Span {
  readonly start: number
  readonly size: number
}

/** Spans of at most `tile` that cover `length`, each sharing at least `overlap` with the one before. */
export function spansOf(length: number, tile: number, overlap: number): Span[] {
  if (length <= tile) return [{ start: 0, size: length }]
  const spans: Span[] = []
  for (let start = 0; start + tile < length; start += tile - overlap) spans.push({ start, size: tile })
  spans.push({ start: length - tile, size: tile })
  return spans
}

/** How much each place of a span counts: rising from its start and falling to its end, where it has neighbours. */
function weights(span: Span, length: number, overlap: number): Float32Array {
  return Float32Array.from({ length: span.size }, (_, i) => {
    const up = span.start === 0 ? 1 : (i + 1) / (overlap + 1)
    const down = span.start + span.size === length ? 1 : (span.size - i) / (overlap + 1)
    return Math.min(1, up, down)
  })
}

/** Planes of `width` x `height` numbers in the making. */
export interface Mosaic {
  /** Adds a tile, [planes, rows.size, columns.size]. */
  add(tile: Float32Array, rows: Span, columns: Span): void
  /** The weighted means, [planes, height, width]. */
  done(): Float32Array
}

/** `overlap` in the same units as the sides. */
export function createMosaic(planes: number, width: number, height: number, overlap: number): Mosaic {
  const sum = new Float32Array(planes * height * width)
  const total = new Float32Array(height * width)
  return {
    add(tile, rows, columns) {
      const down = weights(rows, height, overlap)
      const across = weights(columns, width, overlap)
      for (let y = 0; y < rows.size; y++)
        for (let x = 0; x < columns.size; x++) {
          const weight = (down[y] ?? 0) * (across[x] ?? 0)
          const at = (rows.start + y) * width + columns.start + x
          total[at] = (total[at] ?? 0) + weight
          for (let plane = 0; plane < planes; plane++) {
            const value = tile[(plane * rows.size + y) * columns.size + x] ?? 0
            const to = plane * height * width + at
            sum[to] = (sum[to] ?? 0) + weight * value
          }
        }
    },
    done() {
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) / (total[i % total.length] ?? 1)
      return sum
    },
  }
}
