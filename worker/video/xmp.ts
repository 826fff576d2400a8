import { aigcXmp } from './aigc.ts'

/** The hidden AI label in animations: their formats have no field of names and values, but a place for XMP. */

const webpHeader = 12
/** Bit of the VP8X flags that says there is XMP (RFC 9649, 2.7). */
const webpXmp = 0x04

/** A WebP with a chunk `XMP ` at its end. Throws an Error for one without the extended header that animations have. */
export function labelWebp(file: Uint8Array, aigc: string): Buffer {
  const webp = Buffer.from(file)
  if (webp.toString('latin1', webpHeader, webpHeader + 4) !== 'VP8X') throw new Error('no extended WebP')
  const packet = Buffer.from(aigcXmp(aigc))
  const chunk = Buffer.alloc(8 + packet.length + (packet.length % 2))
  chunk.write('XMP ', 'latin1')
  chunk.writeUInt32LE(packet.length, 4)
  packet.copy(chunk, 8)
  webp.writeUInt8(webp.readUInt8(webpHeader + 8) | webpXmp, webpHeader + 8)
  const labelled = Buffer.concat([webp, chunk])
  labelled.writeUInt32LE(labelled.length - 8, 4)
  return labelled
}

/**
 * A GIF with an application extension `XMP Data` before its trailer (XMP specification, part 3, 1.1.2): the packet as it is, then 258
 * bytes by which readers of sub-blocks find its end.
 */
export function labelGif(file: Uint8Array, aigc: string): Buffer {
  const gif = Buffer.from(file)
  if (gif.toString('latin1', 0, 3) !== 'GIF' || gif.at(-1) !== 0x3b) throw new Error('no GIF')
  const head = Buffer.from([0x21, 0xff, 0x0b, ...Buffer.from('XMP DataXMP', 'latin1')])
  const trailer = Buffer.from([0x01, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0x00])
  return Buffer.concat([gif.subarray(0, -1), head, Buffer.from(aigcXmp(aigc)), trailer, Buffer.from([0x3b])])
}
