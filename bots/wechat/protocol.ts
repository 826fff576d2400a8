import { z } from 'zod'
import { Failing, TransportEvent } from './transport.ts'

/** What the process that runs wechaty (child.ts) and its parent (isolated.ts) say to each other. */

/** How the child is to reach WeChat. */
export const Setup = z.object({
  puppet: z.string(),
  token: z.string().optional(),
  endpoint: z.string().optional(),
  session: z.string(),
  /** How long an answer to what is sent is waited for, in ms, where that is not as usual. */
  times: z.object({ text: z.number(), file: z.number() }).optional(),
})
export type Setup = z.infer<typeof Setup>

export const ToChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), setup: Setup }),
  z.object({
    type: z.literal('call'),
    number: z.number(),
    method: z.enum(['text', 'file', 'fetch', 'rooms', 'friends', 'remark']),
    args: z.array(z.unknown()),
  }),
])
export type ToChild = z.infer<typeof ToChild>

export const FromChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), event: TransportEvent }),
  z.object({ type: z.literal('answer'), number: z.number(), value: z.unknown() }),
  z.object({
    type: z.literal('failed'),
    number: z.number(),
    how: Failing,
    message: z.string(),
    afterMs: z.number(),
  }),
])
export type FromChild = z.infer<typeof FromChild>
