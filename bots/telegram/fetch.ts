import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import type { Attachment } from '../platform.ts'
import type { Calls } from './calls.ts'
import { ApiError } from './client.ts'

/** What Telegram's own server hands out, in megabytes; a server of one's own hands out anything. */
const cloudMegabytes = 20

const File = z.object({ file_path: z.string().optional(), file_size: z.number().int().optional() })

/** Bytes of a picture somebody sent. Throws UserError beyond `limit` bytes, and where Telegram does not hand it out. */
export async function fetchPicture(
  calls: Pick<Calls, 'ask' | 'fetchFile'>,
  image: Attachment,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const tooBig = (most: number): UserError =>
    new UserError('refusal.picture-big', { megabytes: Math.floor(most / 2 ** 20) })
  if (image.bytes > limit) throw tooBig(limit)
  try {
    const { file_path: path, file_size: bytes = 0 } = await calls.ask('getFile', { file_id: image.id }, File, {
      signal,
      urgent: true,
    })
    if (bytes > limit) throw tooBig(limit)
    if (path === undefined) throw new UserError('failure.media-gone')
    const content = await calls.fetchFile(path, signal)
    if (content.byteLength > limit) throw tooBig(limit)
    return content
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 400) throw error
    if (/file is too big/.test(error.description))
      throw new UserError('refusal.picture-big', { megabytes: Math.min(cloudMegabytes, Math.floor(limit / 2 ** 20)) })
    throw new UserError('failure.media-gone', {}, error)
  }
}
