import { z } from 'zod'
import type { Core } from '../../core/redis.ts'

/** What has to be known of an interaction when it is answered, be it by another process: kept in Redis, for as long as a job may take. */

const keepSeconds = 2 * 24 * 3600

export const Asked = z.object({
  /** Answers through Discord's interaction webhook while it lives. */
  token: z.string(),
  /** Unix ms; afterwards only the bot itself can speak. */
  until: z.number(),
  /** Discord's id of who asked. */
  user: z.string(),
  /** False where the bot is no member (installed by a person only): once the token is over, only a private message reaches them. */
  inside: z.boolean(),
})
export type Asked = z.infer<typeof Asked>

/** Places of interactions that stand under no message: nothing else looks like it. */
const mark = 'i'
export const interactionPlace = (id: string): string => `${mark}${id}`
/** The interaction's id if that is what a place answers. */
export const interactionOf = (message: string | undefined): string | undefined =>
  message?.startsWith(mark) ? message.slice(mark.length) : undefined

const keyOf = (core: Core, message: string, user = ''): string => `${core.root}:discord:asked:${message}:${user}`

/** Notes who asked at this message; `personal`: several may ask at the same one (its buttons). */
export async function noteAsked(core: Core, message: string, asked: Asked, personal: boolean): Promise<void> {
  const text = JSON.stringify(asked)
  const work = core.redis.multi().set(keyOf(core, message), text, 'EX', keepSeconds)
  if (personal) work.set(keyOf(core, message, asked.user), text, 'EX', keepSeconds)
  await work.exec()
}

/** Who asked at this message: this user, or whoever did so last. */
export async function askedAt(core: Core, message: string, user?: string): Promise<Asked | undefined> {
  const text = await core.redis.get(keyOf(core, message, user))
  if (text === null) return undefined
  const read = Asked.safeParse(JSON.parse(text))
  return read.success ? read.data : undefined
}

/** A message of ours that was made with an interaction's token can be changed with it. */
const Made = z.object({ token: z.string(), until: z.number() })
export type Made = z.infer<typeof Made>

const madeKey = (core: Core, message: string): string => `${core.root}:discord:made:${message}`

export async function noteMade(core: Core, message: string, { token, until }: Made): Promise<void> {
  const left = until - Date.now()
  if (left > 0) await core.redis.set(madeKey(core, message), JSON.stringify({ token, until }), 'PX', left)
}

/** The token this message was made with, while it lives. */
export async function madeWith(core: Core, message: string): Promise<string | undefined> {
  const text = await core.redis.get(madeKey(core, message))
  return text === null ? undefined : Made.safeParse(JSON.parse(text)).data?.token
}

/** Notes an emoji under a message of ours; of one taken away Discord does not say whose message it was under. */
export async function noteReaction(core: Core, id: string, days: number): Promise<void> {
  await core.redis.set(`${core.root}:discord:reacted:${id}`, '1', 'EX', days * 24 * 3600)
}

/** True if this emoji was noted; it is no more. */
export const dropReaction = async (core: Core, id: string): Promise<boolean> =>
  (await core.redis.del(`${core.root}:discord:reacted:${id}`)) === 1

const Form = z.object({ title: z.string(), label: z.string(), value: z.string() })
/** What a button asks for before it is sent. */
export type Form = z.infer<typeof Form>

const formKey = (core: Core, id: string): string => `${core.root}:discord:form:${id}`

/** Keeps what a button asks for: Discord gives back its id only. */
export async function keepForm(core: Core, id: string, form: Form, days: number): Promise<void> {
  await core.redis.set(formKey(core, id), JSON.stringify(form), 'EX', days * 24 * 3600)
}

export async function formOf(core: Core, id: string): Promise<Form | undefined> {
  const text = await core.redis.get(formKey(core, id))
  if (text === null) return undefined
  const read = Form.safeParse(JSON.parse(text))
  return read.success ? read.data : undefined
}
