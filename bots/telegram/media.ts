import sharp from 'sharp'
import type { Log } from '../../core/log.ts'
import type { Store } from '../../core/store.ts'
import type { Outgoing } from '../platform.ts'
import type { Upload } from './client.ts'
import type { Memory } from './memory.ts'
import type { Sent } from './wire.ts'

/** How a clip or picture is given to Telegram: by the id of an earlier upload, else as a file with a still. */

type Media = NonNullable<Outgoing['media']>

/** Bot API's limits of a thumbnail: JPEG, 320 pixels a side, 200 kB. */
const thumbnail = { side: 320, bytes: 200_000 } as const
/** A photo is a JPEG of at most 10 MB, and its sides may be 10,000 pixels together. */
const photo = { bytes: 10_000_000, side: 4096 } as const

/** The still of a clip as Telegram takes it. */
export async function thumbnailOf(poster: Uint8Array): Promise<Buffer> {
  const small = sharp(poster).resize({
    width: thumbnail.side,
    height: thumbnail.side,
    fit: 'inside',
    withoutEnlargement: true,
  })
  for (let quality = 85; ; quality -= 15) {
    const jpeg = await small.clone().jpeg({ quality }).toBuffer()
    if (jpeg.byteLength < thumbnail.bytes || quality <= 40) return jpeg
  }
}

/** A picture as Telegram shows it: WebP would become a sticker. What the picture says about itself stays in it. */
async function photoOf(picture: Uint8Array): Promise<Buffer> {
  const fitted = sharp(picture).resize({
    width: photo.side,
    height: photo.side,
    fit: 'inside',
    withoutEnlargement: true,
  })
  for (let quality = 95; ; quality -= 15) {
    const jpeg = await fitted.clone().keepMetadata().jpeg({ quality }).toBuffer()
    if (jpeg.byteLength < photo.bytes || quality <= 50) return jpeg
  }
}

/** What is said about a file in a call: `kind` names the field, `input` is a file id or `attach://<name>`. */
export interface Given {
  readonly kind: 'video' | 'photo' | 'animation' | 'document'
  readonly input: string
  readonly about: Readonly<Record<string, unknown>>
  readonly files?: Readonly<Record<string, Upload>>
}

interface MediaParts {
  readonly store: Store
  readonly memory: Memory
  readonly log: Log
}

/** By id if it was uploaded before, else as files. Throws UserError `failure.media-gone`. */
export async function given({ store, memory, log }: MediaParts, media: Media): Promise<Given> {
  const known = await memory.fileOf(media.key)
  const kind = kindOf(media)
  const about =
    media.kind === 'video'
      ? {
          width: media.width,
          height: media.height,
          duration: Math.round(media.seconds ?? 0),
          supports_streaming: true,
        }
      : {}
  if (known !== undefined) return { kind, input: known, about }
  if (media.kind === 'image') {
    const bytes = await photoOf(await store.get(media.key))
    const name = media.name.replace(/\.\w+$/, '.jpg')
    return { kind, input: 'attach://picture', about, files: { picture: { name, open: async () => bytes } } }
  }
  await store.size(media.key)
  if (kind !== 'video') {
    const file = { name: media.name, open: () => store.stream(media.key) }
    return { kind, input: 'attach://file', about, files: { file } }
  }
  const still = await stillOf(store, media.poster).catch(error => log.warn({ err: error }, 'clip without a still'))
  return {
    kind,
    input: 'attach://clip',
    about: { ...about, ...(still && { thumbnail: 'attach://still' }) },
    files: {
      clip: { name: media.name, open: () => store.stream(media.key) },
      ...(still && { still: { name: 'still.jpg', open: async () => still } }),
    },
  }
}

/** Telegram plays GIFs; an animated WebP it would take for a sticker. */
function kindOf({ kind, name }: Media): Given['kind'] {
  if (kind === 'animation') return name.endsWith('.gif') ? 'animation' : 'document'
  return kind === 'video' ? 'video' : 'photo'
}

const stillOf = async (store: Store, poster: string | undefined): Promise<Buffer | undefined> =>
  poster === undefined ? undefined : thumbnailOf(await store.get(poster))

/** Telegram's id of what a message shows; the largest rendering of a photo. */
export const fileIn = ({
  video,
  photo: sizes,
  animation,
  document,
}: Omit<Sent, 'message_id' | 'chat'>): string | undefined =>
  (video ?? animation ?? document)?.file_id ?? sizes?.at(-1)?.file_id

/** How long an upload may take in ms: a slow line (100 kB/s), and what Telegram does with it. */
export const uploadPatienceMs = (bytes: number): number => 60_000 + Math.ceil(bytes / 100)
