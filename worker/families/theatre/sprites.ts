import { join } from 'node:path'
import sharp from 'sharp'
import type { RgbaImage } from './scene.ts'

/** Sprites of a package. */

/** Reads one sprite of a package. Throws when there is none of that name. */
export async function readSprite(folder: string, noun: string): Promise<RgbaImage> {
  if (!/^[a-z0-9-]+$/.test(noun)) throw new Error(`"${noun}" is no noun id`)
  const { data, info } = await sharp(join(folder, 'sprites', `${noun}.webp`))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.width !== info.height) throw new Error(`sprite ${noun} is ${info.width} x ${info.height}, not square`)
  return { width: info.width, height: info.height, rgba: new Uint8Array(data) }
}
