import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'
import { ConfigError, type SharedConfig } from './config.ts'
import { UserError } from './errors.ts'
import { MediaKey } from './request.ts'

/** What is kept, each in a folder of its own. `states` is what a model needs to continue a clip. */
type MediaKind = 'clips' | 'posters' | 'pictures' | 'states' | 'sounds' | 'reels' | 'exports'

/** Bytes `start` to `end`, both included (as in an HTTP Range header). */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Where media lies: a local folder by default, an S3 bucket by configuration. Keys are random and never reused. */
export interface Store {
  /** Keeps bytes, or a file (which is moved there); its key. `id` (6 to 64 of A-Z a-z 0-9 _ -) is random unless given. */
  put(kind: MediaKind, ext: string, content: Uint8Array | { file: string }, id?: string): Promise<MediaKey>
  /** Throws UserError `failure.media-gone` if there is no such thing (any more). */
  get(key: MediaKey): Promise<Uint8Array>
  /** Size in bytes; throws like `get`. */
  size(key: MediaKey): Promise<number>
  has(key: MediaKey): Promise<boolean>
  /** Throws like `get`. A local store seeks to the range; S3 reads and skips, so give people `link` there. */
  stream(key: MediaKey, range?: ByteRange): Promise<Readable>
  /** Absolute path in a local store; undefined on S3. */
  path(key: MediaKey): string | undefined
  /** Signed address of the thing in the bucket, good for so many seconds; undefined in a local store (core/links.ts). */
  link(key: MediaKey, seconds: number): Promise<string | undefined>
  remove(key: MediaKey): Promise<void>
  /** Removes what was stored before a moment (Unix milliseconds), except what `keep` names; how many it removed. */
  sweep(before: number, keep?: (key: MediaKey) => boolean): Promise<number>
}

const types: Record<string, string> = {
  mp4: 'video/mp4',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  m4a: 'audio/mp4',
  flac: 'audio/flac',
  json: 'application/json',
}

/** MIME type of a key. */
export const typeOf = (key: MediaKey): string =>
  types[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream'

/** The settings a store needs, of the many a process has. */
export type StoreConfig = Pick<SharedConfig, 'STORE' | 'DATA_DIR'> & {
  readonly [K in keyof SharedConfig & `S3_${string}`]?: SharedConfig[K] | undefined
}

/** Opens the configured store. Throws ConfigError naming a missing setting. */
export async function openStore(config: StoreConfig): Promise<Store> {
  const folder = config.STORE === 'local' ? resolve(config.DATA_DIR, 'media') : undefined
  if (folder) await mkdir(folder, { recursive: true })
  const disk = new Disk(folder ? new FSDriver({ location: folder, visibility: 'private' }) : await bucket(config))
  const path = (key: MediaKey): string | undefined => (folder ? resolve(folder, MediaKey.parse(key)) : undefined)

  async function size(key: MediaKey): Promise<number> {
    if (!(await disk.exists(MediaKey.parse(key)))) throw new UserError('failure.media-gone')
    return (await disk.getMetaData(key)).contentLength
  }

  return {
    async put(kind, ext, content, id = randomBytes(16).toString('base64url')) {
      const key = MediaKey.parse(`${kind}/${id}.${ext}`)
      const contentType = typeOf(key)
      if (content instanceof Uint8Array) await disk.put(key, content, { contentType })
      else await disk.moveFromFs(content.file, key, { contentType, contentLength: (await stat(content.file)).size })
      return key
    },
    async get(key) {
      await size(key)
      return disk.getBytes(key)
    },
    size,
    has: key => disk.exists(MediaKey.parse(key)),
    async stream(key, range) {
      await size(key)
      const local = path(key)
      if (local) return createReadStream(local, range)
      const whole = await disk.getStream(key)
      return range ? Readable.from(cut(whole, range)) : whole
    },
    path,
    link: async (key, seconds) =>
      folder ? undefined : disk.getSignedUrl(MediaKey.parse(key), { expiresIn: seconds * 1000 }),
    remove: key => disk.delete(MediaKey.parse(key)),
    async sweep(before, keep = () => false) {
      let removed = 0
      let paginationToken: string | undefined
      do {
        const page = await disk.listAll('/', { recursive: true, ...(paginationToken && { paginationToken }) })
        paginationToken = page.paginationToken
        for (const object of page.objects) {
          const key = object.isFile ? MediaKey.safeParse(object.key) : undefined
          if (!object.isFile || !key?.success || keep(key.data)) continue
          if ((await object.getMetaData()).lastModified.getTime() >= before) continue
          await disk.delete(key.data)
          removed++
        }
      } while (paginationToken)
      return removed
    },
  }
}

async function* cut(whole: Readable, range: ByteRange): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of whole as AsyncIterable<Uint8Array>) {
    const from = Math.max(0, range.start - at)
    const to = Math.min(chunk.length, range.end + 1 - at)
    if (to > from) yield chunk.subarray(from, to)
    at += chunk.length
    if (at > range.end) return
  }
}

/** The AWS SDK is loaded only where it is needed: it is slow to start. */
async function bucket(config: StoreConfig) {
  if (!config.S3_BUCKET) throw new ConfigError('STORE=s3 needs S3_BUCKET (see .env.example)')
  const { S3Driver } = await import('flydrive/drivers/s3')
  return new S3Driver({
    bucket: config.S3_BUCKET,
    visibility: 'private',
    supportsACL: false,
    region: config.S3_REGION ?? 'auto',
    // S3-compatible servers seldom know the newer trailing checksums and per-bucket host names.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(config.S3_ENDPOINT && { endpoint: config.S3_ENDPOINT, forcePathStyle: true }),
    ...(config.S3_ACCESS_KEY_ID &&
      config.S3_SECRET_ACCESS_KEY && {
        credentials: { accessKeyId: config.S3_ACCESS_KEY_ID, secretAccessKey: config.S3_SECRET_ACCESS_KEY },
      }),
  })
}
