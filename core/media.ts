import sharp from 'sharp'
import { UserError } from './errors.ts'
import type { MediaKey } from './request.ts'
import type { Store } from './store.ts'

/** Limits of a picture somebody gives us. */
export const pictureLimits = {
  bytes: 20 * 1024 * 1024,
  pixels: 40_000_000,
  leastSide: 16,
  mostSide: 8192,
  /** Longer side over shorter side. */
  ratio: 4,
  /** Longer side of what is kept; nothing we make is larger. */
  keptSide: 2560,
  seconds: 20,
} as const

// libvips knows dozens of formats, SVG, PDF and ImageMagick's among them: none but these three may ever be tried.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] })

/** What pictures are kept as that somebody gave us, and nothing that is made here. */
export const uploadExt = 'webp'

/** A picture as it is kept: upright, sRGB, no alpha, no metadata. */
export interface CleanPicture {
  readonly bytes: Uint8Array
  readonly ext: typeof uploadExt
  readonly width: number
  readonly height: number
}

type Format = 'jpeg' | 'png' | 'webp'

/** Format by the first bytes; names and MIME types are not believed. */
export function formatOf(bytes: Uint8Array): Format | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12)).toString('latin1')
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'webp'
  return undefined
}

/**
 * Decodes an upload with libvips and writes it anew, so that nothing of the original file but its pixels lives on.
 * Throws UserError `refusal.picture-*` (type, big, pixels, small, shape, broken).
 */
export async function cleanPicture(upload: Uint8Array): Promise<CleanPicture> {
  if (upload.byteLength > pictureLimits.bytes) throw new UserError('refusal.picture-big', { megabytes: 20 })
  const format = formatOf(upload)
  if (!format) throw new UserError('refusal.picture-type')
  try {
    const meta = await sharp(upload, { limitInputPixels: false }).metadata()
    if (meta.format !== format) throw new UserError('refusal.picture-type')
    checkShape(meta.width, meta.height)
    const { data, info } = await sharp(upload, { limitInputPixels: pictureLimits.pixels, failOn: 'truncated' })
      .autoOrient()
      .timeout({ seconds: pictureLimits.seconds })
      .toColourspace('srgb')
      .flatten({ background: '#ffffff' })
      .resize({
        width: pictureLimits.keptSide,
        height: pictureLimits.keptSide,
        fit: 'inside',
        withoutEnlargement: true,
      })
      .webp({ lossless: true, effort: 0 })
      .toBuffer({ resolveWithObject: true })
    return { bytes: data, ext: uploadExt, width: info.width, height: info.height }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError('refusal.picture-broken', {}, error)
  }
}

function checkShape(width: number, height: number): void {
  const longer = Math.max(width, height)
  const shorter = Math.min(width, height)
  if (width * height > pictureLimits.pixels || longer > pictureLimits.mostSide)
    throw new UserError('refusal.picture-pixels', {
      megapixels: pictureLimits.pixels / 1e6,
      side: pictureLimits.mostSide,
    })
  if (shorter < pictureLimits.leastSide) throw new UserError('refusal.picture-small', { side: pictureLimits.leastSide })
  if (longer > shorter * pictureLimits.ratio)
    throw new UserError('refusal.picture-shape', { ratio: pictureLimits.ratio })
}

/** Checks, cleans and keeps an upload. Throws UserError `refusal.picture-*`. */
export async function takePicture(
  store: Store,
  upload: Uint8Array,
): Promise<{ key: MediaKey; width: number; height: number }> {
  const { bytes, ext, width, height } = await cleanPicture(upload)
  return { key: await store.put('pictures', ext, bytes), width, height }
}

/** Pixels of a kept picture: 8-bit RGB, row by row. */
export async function readPicture(kept: Uint8Array): Promise<{ width: number; height: number; rgb: Uint8Array }> {
  const { data, info } = await sharp(kept, { limitInputPixels: pictureLimits.pixels })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, rgb: data }
}
