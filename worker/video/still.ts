import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import type { Frame } from '../pipelines/pipeline.ts'
import { aigcXmp } from './aigc.ts'

/** Labelled frames as picture files, with the hidden AI label in XMP. The pixels are copied first. */

const pixels = ({ rgb, width, height }: Frame) => sharp(Buffer.from(rgb), { raw: { width, height, channels: 3 } })

/** Poster of a clip: JPEG. */
export const posterOf = (frame: Frame, aigc: string): Promise<Buffer> =>
  pixels(frame).withXmp(aigcXmp(aigc)).jpeg({ quality: 82, chromaSubsampling: '4:4:4' }).toBuffer()

/** A picture the member asked for: PNG, which every chat shows. */
export async function pictureOf(frame: Frame, aigc: string): Promise<Buffer> {
  const png = await pixels(frame).png({ compressionLevel: 7 }).toBuffer()
  // libvips would hide XMP in a compressed chunk; the XMP specification (part 3, 1.1.5) asks for a plain iTXt.
  const text = chunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${aigcXmp(aigc)}`))
  return Buffer.concat([png.subarray(0, headerEnd), text, png.subarray(headerEnd)])
}

/** Signature (8 bytes) and the IHDR chunk (25 bytes). */
const headerEnd = 33

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
