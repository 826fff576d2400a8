import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { cleanPicture, formatOf, pictureLimits, readPicture } from './media.ts'

const noise = (width: number, height: number, channels: 3 | 4 = 3) => {
  const data = Buffer.alloc(width * height * channels)
  for (let i = 0; i < data.length; i++) data[i] = (i * 7919 + (i >> 5)) % 256
  return sharp(data, { raw: { width, height, channels } })
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
/** A valid grey PNG of any size in a few kilobytes: the bomb. */
function flatPng(width: number, height: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  head[8] = 1
  const row = Math.ceil(width / 8) + 1
  const body = deflateSync(Buffer.alloc(row * height), { level: 9 })
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([magic, chunk('IHDR', head), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))])
}

const refusal = async (upload: Uint8Array): Promise<string> => {
  const error: unknown = await cleanPicture(upload).then(
    () => undefined,
    (e: unknown) => e,
  )
  return error instanceof Error ? error.message : 'taken'
}

describe('cleanPicture', () => {
  it('takes JPEG, PNG and WebP and keeps their pixels', async () => {
    for (const format of ['png', 'webp', 'jpeg'] as const) {
      const upload = await noise(64, 48)
        .toFormat(format, format === 'webp' ? { lossless: true } : {})
        .toBuffer()
      expect(formatOf(upload)).toBe(format)
      const clean = await cleanPicture(upload)
      expect([clean.width, clean.height, formatOf(clean.bytes)]).toEqual([64, 48, 'webp'])
      const kept = await readPicture(clean.bytes)
      const shown = await sharp(upload).raw().toBuffer()
      expect(Buffer.from(kept.rgb).equals(shown)).toBe(true)
    }
  })

  it('turns a picture the way its EXIF says, then forgets EXIF, XMP, ICC and tails', async () => {
    const canary = 'CANARY-7f3a'
    const upload = Buffer.concat([
      await noise(60, 40)
        .jpeg()
        .withExif({ IFD0: { Copyright: canary }, IFD3: { GPSLatitude: '1/1 2/1 3/1' } })
        .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>${canary}</rdf></x:xmpmeta>`)
        .withMetadata({ orientation: 6 })
        .toBuffer(),
      Buffer.from(`PK\x03\x04<script>${canary}</script>`),
    ])
    expect(upload.includes(canary)).toBe(true)
    const clean = await cleanPicture(upload)
    expect([clean.width, clean.height]).toEqual([40, 60])
    expect(Buffer.from(clean.bytes).includes(canary)).toBe(false)
    const meta = await sharp(clean.bytes).metadata()
    expect([meta.exif, meta.xmp, meta.icc, meta.orientation]).toEqual([undefined, undefined, undefined, undefined])
  })

  it('lays transparent pictures on white and brings big ones down', async () => {
    const clear = await sharp({ create: { width: 20, height: 20, channels: 4, background: '#ff000000' } })
      .png()
      .toBuffer()
    const kept = await readPicture((await cleanPicture(clear)).bytes)
    expect(new Set(kept.rgb)).toEqual(new Set([255]))
    const big = await cleanPicture(await sharp(flatPng(6000, 3000)).png().toBuffer())
    expect([big.width, big.height]).toEqual([pictureLimits.keptSide, pictureLimits.keptSide / 2])
  })

  it('refuses what is no JPEG, PNG or WebP, whatever it is called', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><rect width="9" height="9"/></svg>',
    )
    const gif = await noise(32, 32).gif().toBuffer()
    const tiff = await noise(32, 32).tiff().toBuffer()
    const hls = Buffer.from('#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n')
    const concat = Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n")
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\n')
    for (const upload of [svg, gif, tiff, hls, concat, pdf, Buffer.alloc(0), Buffer.alloc(100)])
      expect(await refusal(upload)).toBe('refusal.picture-type')
  })

  it('never lets libvips try another loader', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>')
    await expect(sharp(svg).toBuffer()).rejects.toThrow()
    await expect(sharp(await noise(32, 32).gif().toBuffer()).toBuffer()).rejects.toThrow()
  })

  it('refuses a bomb at once', async () => {
    const bomb = flatPng(20000, 15000)
    expect(bomb.length).toBeLessThan(100_000)
    const from = performance.now()
    const rss = process.memoryUsage().rss
    expect(await refusal(bomb)).toBe('refusal.picture-pixels')
    expect(performance.now() - from).toBeLessThan(500)
    expect(process.memoryUsage().rss - rss).toBeLessThan(64e6)
    expect(await refusal(flatPng(8193, 4000))).toBe('refusal.picture-pixels')
    expect(await refusal(flatPng(8000, 5001))).toBe('refusal.picture-pixels')
  })

  it('refuses slivers, specks and files that are too large', async () => {
    expect(await refusal(flatPng(15, 40))).toBe('refusal.picture-small')
    expect(await refusal(flatPng(401, 100))).toBe('refusal.picture-shape')
    expect(await refusal(flatPng(400, 100))).toBe('taken')
    expect(await refusal(Buffer.concat([flatPng(64, 64), Buffer.alloc(pictureLimits.bytes)]))).toBe(
      'refusal.picture-big',
    )
  })

  it('refuses truncated and damaged files', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const whole = await noise(300, 200).toFormat(format).toBuffer()
      for (const part of [0.02, 0.3, 0.6, 0.9])
        expect(await refusal(whole.subarray(0, Math.floor(whole.length * part))), `${format} ${part}`).toBe(
          'refusal.picture-broken',
        )
    }
    expect(await refusal(Buffer.from('\xff\xd8\xff\xe0 and no more', 'latin1'))).toBe('refusal.picture-broken')
  })
})
