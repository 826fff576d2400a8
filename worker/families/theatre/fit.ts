import sharp from 'sharp'
import type { Backcloth } from './picture.ts'
import type { RgbImage } from './scene.ts'

/** A member's picture made fit for the frame. */

/** A picture cut to cover `width` x `height`: what frame 0 shows. */
export async function fitPicture(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  if (image.width === width && image.height === height) return image
  const data = await sharp(image.rgb, { raw: { width: image.width, height: image.height, channels: 3 } })
    .resize(width, height, { fit: 'cover' })
    .raw()
    .toBuffer()
  return { width, height, rgb: new Uint8Array(data) }
}

const aroundHeight = 96

/** Makes the surroundings of a fitted picture. */
export async function backclothOf(picture: RgbImage): Promise<Backcloth> {
  const height = aroundHeight
  const width = Math.max(2, Math.round((height * picture.width) / picture.height / 2) * 2)
  const [padX, padY] = [width / 2, height / 2]
  const small = await sharp(picture.rgb, { raw: { width: picture.width, height: picture.height, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer()
  const raw = { raw: { width, height, channels: 3 as const } }
  const padded = await sharp(small, raw)
    .extend({ left: padX, right: padX, top: padY, bottom: padY, extendWith: 'mirror' })
    .raw()
    .toBuffer()
  const data = await sharp(padded, { raw: { width: width * 2, height: height * 2, channels: 3 } })
    .blur(2.4)
    .modulate({ brightness: 0.86 })
    .removeAlpha()
    .raw()
    .toBuffer()
  return { picture, around: { width: width * 2, height: height * 2, rgb: new Uint8Array(data) } }
}
