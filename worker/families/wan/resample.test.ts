import { describe, expect, it } from 'vitest'
import { clipPixels } from './clip-picture.ts'
import { cover, cropMiddle, resample } from './resample.ts'

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))
const picture = {
  width: 7,
  height: 5,
  rgb: bytes(
    'qOW4q+6rFM71mcwFJTXVzsCtBng/YOyDdgRXoXxHKkntEML6CmfODY8CJkeFdiRixCM5kjKzkWjONY0htSeXC7SKQgClYnsMkLgYJoEByv9VNuQwf6kBp233EMBO3Ag8vbVASAi5WG+/',
  ),
}

describe('resampling', () => {
  it.each([
    ['bicubic', 4, 3, 'kcGYZJyQQ4LFOIluREp2lzdXXICdYYVUXX2DaXdOmIAvYpCJ'],
    [
      'bicubic',
      9,
      8,
      'reS9uvmvYO7iG9TUodUAMj6ploDPpLiHAHM+jvWkmayPdJqdTLGkaJlkHnXQVojkXpeMAIYbW/GEaUFkkyZAlXNfK0TyF7L/CpLsCmuGFI0EMnCFXTBnox0/vTFTcirWeXT0OIaQOGFPljN5ElyMRit/ix1MsDs0l1uDfl+YaJxKdp43oFKGBrmNLC+lVCJgc4oFjrgdLoEGh8kxpv9LM98uTrk2dF2yVWqdQaAkvlQmipYWgYZib32XQaqAhasArn+1X5/HJaND4QA/2qE7d02LPg3MXGzJ',
    ],
    ['lanczos', 4, 3, 'lcOZY5qNRoHLNIN0PkVxnStUVImgX4tMWICJanZQoH8iYpSM'],
    [
      'lanczos',
      9,
      8,
      'qty/xv6nUvH6HNnOqNkAMzOZoXrjrsJ5BGpEkP+mnrGNbZWlSL2hZZ9gEnXEWon/YJ2FAIwSWfWCYT9qnRYvmHRfKUD4FbT/CJj5BmJ+F40GM219VipptRMswydTbxjqhnf/J4ySKktNoymDDFaTOy+HkhVEtDwymmd4fVKca6Y3hasspk+KA7uLJzGqVQ5ce5UAjrocJXwHiscurf9KMNssTcUyely0SmqrO6kavVghiZkMgIhjcHufN7R4hakAvnqwVq/cIZs85ABF8KFAbVCNNQDTZWjP',
    ],
  ] as const)('%s to %ix%i is what Pillow 12 makes, to the bit', (filter, width, height, expected) => {
    expect(resample(picture, width, height, filter)).toEqual({ width, height, rgb: bytes(expected) })
  })

  it('leaves a picture of the right size alone', () => {
    expect(resample(picture, 7, 5, 'bicubic')).toBe(picture)
    expect(cover(picture, 7, 5, 'lanczos')).toBe(picture)
  })

  it('keeps a flat picture flat, whatever the sizes', () => {
    const flat = { width: 31, height: 17, rgb: new Uint8Array(31 * 17 * 3).fill(113) }
    for (const [width, height] of [
      [5, 40],
      [64, 3],
      [33, 33],
    ] as const) {
      const { rgb } = cover(flat, width, height, 'lanczos')
      expect(rgb).toHaveLength(width * height * 3)
      expect(new Set(rgb)).toEqual(new Set([113]))
    }
  })

  it('cuts the middle out, and pads with black what is too small', () => {
    const row = { width: 3, height: 1, rgb: Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3) }
    expect([...cropMiddle(row, 1, 1).rgb]).toEqual([2, 2, 2])
    expect([...cropMiddle(row, 5, 1).rgb]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0, 0])
  })
})

describe('pictures for CLIP', () => {
  const settings = {
    size: 2,
    tokens: 1,
    dim: 1,
    pictures: 1 as const,
    shortestEdge: 2,
    crop: 2,
    resample: 'bicubic' as const,
    scale: 1 / 255,
    mean: [0.5, 0.25, 0],
    std: [0.5, 0.25, 2],
  }
  const grey = { width: 6, height: 4, rgb: new Uint8Array(72).fill(255) }

  it('are normalised, channel by channel', () => {
    const { data, dims } = clipPixels([grey, grey], settings)
    expect(dims).toEqual([2, 3, 2, 2])
    expect([data[0], data[4], data[8]]).toEqual([1, 3, 0.5])
  })

  it('must come out as large as the encoder takes them', () => {
    expect(() => clipPixels([grey], { ...settings, crop: null })).toThrow('the image encoder takes 2x2, not 3x2')
    expect(clipPixels([grey], { ...settings, crop: null, shortestEdge: [2, 2] }).dims).toEqual([1, 3, 2, 2])
  })
})
