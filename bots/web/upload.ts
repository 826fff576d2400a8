import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { pictureLimits } from '../../core/media.ts'
import { ClientId, MessageId } from './message.ts'

/** What a browser sends when somebody writes: JSON, or the same as fields of a form with pictures. */
const Written = z.object({
  id: ClientId,
  text: z.string().max(20_000).default(''),
  replyTo: MessageId.optional(),
  /** False = said to the people in the room. */
  toBot: z.union([z.boolean(), z.enum(['true', 'false']).transform(word => word === 'true')]).default(true),
})
export type Written = z.infer<typeof Written> & { readonly pictures: readonly Upload[] }

export interface Upload {
  readonly mime: string
  readonly bytes: Uint8Array
}

/** Limits of one message. The conversation refuses more than two pictures with a better sentence; this only bounds memory. */
export const uploadLimits = {
  files: 20,
  fileBytes: pictureLimits.bytes + 1,
  totalBytes: 64 * 1024 * 1024,
  fieldBytes: 80_000,
} as const

/** Reads what somebody wrote. Throws UserError for what is too large, ZodError for what our page would not send. */
export async function readWritten(request: FastifyRequest): Promise<Written> {
  if (!request.isMultipart()) return { ...Written.parse(request.body), pictures: [] }
  const fields: Record<string, unknown> = {}
  const pictures: Upload[] = []
  let total = 0
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      fields[part.fieldname] = part.value
      continue
    }
    const bytes = await whole(part)
    total += bytes.byteLength
    if (total > uploadLimits.totalBytes) throw tooBig(uploadLimits.totalBytes)
    pictures.push({ mime: part.mimetype.slice(0, 80), bytes })
  }
  return { ...Written.parse(fields), pictures }
}

const tooBig = (bytes: number): UserError =>
  new UserError('refusal.picture-big', { megabytes: Math.floor(bytes / 2 ** 20) })

async function whole(file: MultipartFile): Promise<Buffer> {
  const bytes = await file.toBuffer().catch(error => {
    throw file.file.truncated ? tooBig(pictureLimits.bytes) : error
  })
  if (file.file.truncated || bytes.byteLength > pictureLimits.bytes) throw tooBig(pictureLimits.bytes)
  return bytes
}
