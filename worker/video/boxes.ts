import { open } from 'node:fs/promises'

/** What an MP4 says about itself, read from its boxes (ISO/IEC 14496-12; keys and values as in QuickTime's `mdta` metadata). */
export interface Mp4Facts {
  /** Samples of the video track. */
  readonly frames: number
  readonly width: number
  readonly height: number
  /** The index lies before the pictures, so that a player can start at once. */
  readonly faststart: boolean
  /** Every metadata field whose name contains AIGC. */
  readonly aigc: readonly string[]
  /** How its pictures are to be decoded (`avcC`, in hex); files of which it is the same can be joined without decoding. */
  readonly decoding: string
  /** It has a sound track. */
  readonly sound: boolean
  readonly bytes: number
}

interface Box {
  readonly type: string
  readonly body: Buffer
}

/** Reads the boxes of a finished file. Throws an Error if it has no index. */
export async function readMp4(path: string): Promise<Mp4Facts> {
  const file = await open(path)
  try {
    const { size: bytes } = await file.stat()
    const head = Buffer.alloc(16)
    const order: string[] = []
    let moov: Buffer | undefined
    for (let at = 0; at + 8 <= bytes; ) {
      await file.read(head, 0, 16, at)
      const type = head.toString('latin1', 4, 8)
      const short = head.readUInt32BE(0)
      const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? bytes - at : short
      if (size < 8) throw new Error(`${path}: damaged box ${type}`)
      order.push(type)
      if (type === 'moov') {
        moov = Buffer.alloc(size - 8)
        await file.read(moov, 0, size - 8, at + 8)
      }
      at += size
    }
    if (!moov) throw new Error(`${path}: no moov box`)
    return { ...factsOf(moov), faststart: order.indexOf('moov') < order.indexOf('mdat'), bytes }
  } finally {
    await file.close()
  }
}

function factsOf(moov: Buffer): Omit<Mp4Facts, 'faststart' | 'bytes'> {
  const handlers = all(moov, 'trak').map(track => within(track, 'mdia', 'hdlr')?.toString('latin1', 8, 12))
  for (const track of all(moov, 'trak')) {
    const media = within(track, 'mdia')
    const handler = media && within(media, 'hdlr')
    if (handler?.toString('latin1', 8, 12) !== 'vide') continue
    const sizes = within(media ?? moov, 'minf', 'stbl', 'stsz')
    const header = within(track, 'tkhd')
    if (!sizes || !header) break
    return {
      frames: sizes.readUInt32BE(8),
      width: header.readUInt32BE(header.length - 8) / 65536,
      height: header.readUInt32BE(header.length - 4) / 65536,
      aigc: aigcOf(moov),
      decoding: decodingOf(within(media ?? moov, 'minf', 'stbl', 'stsd')),
      sound: handlers.includes('soun'),
    }
  }
  throw new Error('no video track')
}

/** The sample description holds one entry: 78 bytes of fields, then boxes (ISO/IEC 14496-15, 5.4.2.1). */
function decodingOf(description: Buffer | undefined): string {
  const entry = description && boxes(description.subarray(8))[0]
  return (entry && all(entry.body.subarray(78), 'avcC')[0]?.toString('hex')) ?? ''
}

/** `keys` lists names, `ilst` holds one value per name, by its number. */
function aigcOf(moov: Buffer): string[] {
  const found: string[] = []
  for (const userData of all(moov, 'udta')) {
    for (const meta of all(userData, 'meta')) {
      const fields = meta.subarray(4)
      const names = keyNames(within(fields, 'keys'))
      const values = within(fields, 'ilst')
      for (const item of values ? boxes(values) : []) {
        const name = names[Buffer.from(item.type, 'latin1').readUInt32BE(0) - 1]
        if (!name?.includes('AIGC')) continue
        for (const data of all(item.body, 'data')) found.push(data.toString('utf8', 8))
      }
    }
  }
  return found
}

function keyNames(keys: Buffer | undefined): string[] {
  const names: string[] = []
  if (!keys) return names
  for (let at = 8; at + 8 <= keys.length; ) {
    const size = keys.readUInt32BE(at)
    if (size < 8) break
    names.push(keys.toString('utf8', at + 8, at + size))
    at += size
  }
  return names
}

function boxes(buffer: Buffer): Box[] {
  const found: Box[] = []
  for (let at = 0; at + 8 <= buffer.length; ) {
    const size = buffer.readUInt32BE(at)
    if (size < 8 || at + size > buffer.length) break
    found.push({ type: buffer.toString('latin1', at + 4, at + 8), body: buffer.subarray(at + 8, at + size) })
    at += size
  }
  return found
}

const all = (buffer: Buffer, type: string): Buffer[] =>
  boxes(buffer).flatMap(box => (box.type === type ? [box.body] : []))

const within = (buffer: Buffer, ...path: string[]): Buffer | undefined =>
  path.reduce<Buffer | undefined>((inner, type) => inner && all(inner, type)[0], buffer)
