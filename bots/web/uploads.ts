import { UserError } from '../../core/errors.ts'
import type { Attachment } from '../platform.ts'
import { type Upload, uploadLimits } from './upload.ts'

/** Pictures as they were sent, in memory while the conversation looks at them and a little longer; never written anywhere. */
export interface Uploads {
  /** Takes the pictures of a message. Throws UserError `refusal.busy` if too much is under way. */
  hold(message: string, pictures: readonly Upload[]): Attachment[]
  /** The message is dealt with: its pictures may go when room is needed, and go soon anyway. */
  done(message: string): void
  get(attachment: string): Uint8Array | undefined
}

const limits = { bytes: 4 * uploadLimits.totalBytes, afterMs: 30_000 } as const

export function openUploads(): Uploads {
  const held = new Map<string, { pictures: readonly Upload[]; done: boolean; timer?: NodeJS.Timeout }>()
  const bytesOf = (pictures: readonly Upload[]): number =>
    pictures.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)

  function makeRoom(wanted: number): void {
    let used = [...held.values()].reduce((sum, { pictures }) => sum + bytesOf(pictures), 0)
    for (const [message, { done, pictures }] of held) {
      if (used + wanted <= limits.bytes) return
      if (!done) continue
      held.delete(message)
      used -= bytesOf(pictures)
    }
    if (used + wanted > limits.bytes) throw new UserError('refusal.busy')
  }

  return {
    hold(message, pictures) {
      if (pictures.length === 0) return []
      makeRoom(bytesOf(pictures))
      clearTimeout(held.get(message)?.timer)
      held.set(message, { pictures, done: false })
      return pictures.map(({ mime, bytes }, at) => ({ id: `${message}.${at}`, mime, bytes: bytes.byteLength }))
    },
    done(message) {
      const entry = held.get(message)
      if (!entry) return
      entry.done = true
      entry.timer = setTimeout(() => held.delete(message), limits.afterMs).unref()
    },
    get(attachment) {
      const [message = '', at] = attachment.split('.')
      return held.get(message)?.pictures[Number(at)]?.bytes
    },
  }
}
