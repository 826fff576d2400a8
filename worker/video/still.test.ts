import sharp from 'sharp'
import { expect, it } from 'vitest'
import { aigcField } from './aigc.ts'
import { pictureOf, posterOf } from './still.ts'

it('stills keep their pixels and carry one AIGC field', async () => {
  const rgb = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 37) % 256)
  const field = aigcField('Threadreel', 'job-1')
  const picture = await pictureOf({ width: 64, height: 48, rgb }, field)
  expect((await sharp(picture).raw().toBuffer()).equals(rgb)).toBe(true)
  for (const [file, format] of [
    [picture, 'png'],
    [await posterOf({ width: 64, height: 48, rgb }, field), 'jpeg'],
  ] as const) {
    const meta = await sharp(file).metadata()
    expect([meta.format, meta.width, meta.height]).toEqual([format, 64, 48])
    expect(file.toString('latin1').match(/<TC260:AIGC>/g)).toHaveLength(1)
    expect(meta.xmp?.toString()).toContain('&quot;ProduceID&quot;:&quot;job-1&quot;')
  }
})
