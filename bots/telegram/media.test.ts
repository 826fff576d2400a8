import sharp from 'sharp'
import { expect, test } from 'vitest'
import { fileIn, thumbnailOf, uploadPatienceMs } from './media.ts'

/** The hardest picture for JPEG: nothing but noise. */
const noise = (width: number, height: number): Promise<Buffer> =>
  sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 80 } },
  })
    .jpeg({ quality: 100 })
    .toBuffer()

test.each([
  [960, 540, 320, 180],
  [540, 960, 180, 320],
  [100, 50, 100, 50],
])('a still of %i x %i becomes a JPEG of %i x %i under 200 kB', async (width, height, across, down) => {
  const still = await thumbnailOf(await noise(width, height))
  expect(await sharp(still).metadata()).toMatchObject({ format: 'jpeg', width: across, height: down })
  expect(still.byteLength).toBeLessThan(200_000)
})

test('the id of what a message shows is that of the largest rendering', () => {
  const size = (file_id: string) => ({ file_id, width: 1, height: 1 })
  expect(fileIn({ photo: [size('s'), size('l')] })).toBe('l')
  expect(fileIn({ video: { file_id: 'v' } })).toBe('v')
  expect(fileIn({})).toBeUndefined()
})

test('the patience for an upload is a whole number a timer takes, however large the clip', () => {
  for (const bytes of [64, 49_999_999, 2_000_000_000])
    expect(() => AbortSignal.timeout(uploadPatienceMs(bytes))).not.toThrow()
})
