import { z } from 'zod'

/** The web chat from the other side: what a program needs to say something in a room and hear the answers. */

/** An answer of the server that says why not, in one sentence. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const Media = z.object({ src: z.string(), name: z.string(), bytes: z.number(), width: z.number(), height: z.number() })

/** As much of a message as a program reads. */
export const Heard = z.object({
  id: z.string(),
  by: z.string(),
  text: z.string(),
  answers: z.string().optional(),
  root: z.string(),
  progress: z.number().optional(),
  mood: z.enum(['plain', 'working', 'done', 'problem']).optional(),
  failure: z.string().optional(),
  media: Media.optional(),
  buttons: z.array(z.object({ id: z.string(), label: z.string() })).default([]),
})
export type Heard = z.infer<typeof Heard>

const Me = z.object({ member: z.string().optional(), name: z.string().optional(), credits: z.number().optional() })
type Me = z.infer<typeof Me>

const Made = z.object({
  state: z.string(),
  number: z.number(),
  failure: z.object({ code: z.string() }).optional(),
  clip: z
    .object({
      id: z.string(),
      model: z.string(),
      seconds: z.number(),
      width: z.number(),
      height: z.number(),
      unknownWords: z.array(z.string()),
      renderSeconds: z.number(),
    })
    .optional(),
})
type Made = z.infer<typeof Made>

/** Codes of what may be over in a moment. */
const passing = ['refusal.busy', 'unreachable']

const Problem = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

interface Saying {
  readonly id: string
  readonly text: string
  /** The message it answers. */
  readonly replyTo?: string | undefined
  readonly pictures: readonly { readonly name: string; readonly bytes: Uint8Array }[]
}

export interface Client {
  /** The session cookie now; '' = none. */
  readonly cookie: string
  me(): Promise<Me>
  join(name: string): Promise<Me>
  say(room: string, saying: Saying): Promise<Heard>
  press(room: string, message: string, button: string, id: string): Promise<void>
  /** The event up to which the room has come; what is said after it is heard from there on. */
  reached(room: string): Promise<string>
  /** Messages of the room as they come and change after an event; reconnects by itself until the signal. */
  hear(room: string, after: string, signal: AbortSignal): AsyncGenerator<Heard>
  job(room: string, message: string): Promise<Made>
  fetchMedia(src: string): Promise<Uint8Array>
}

export function openClient(url: string, { cookie: first = '', language = 'en' } = {}): Client {
  let cookie = first
  const base = url.replace(/\/$/, '')
  const inRoom = (room: string): string => `/api/rooms/${encodeURIComponent(room)}`

  function unreachable(error: unknown): never {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message || cause.name : String(cause)
    throw new Refused('unreachable', `No Threadreel answers at ${base}: ${why}`)
  }

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(base + path, {
      ...init,
      headers: {
        'x-threadreel': '1',
        'accept-language': language,
        ...(cookie !== '' && { cookie }),
        ...(typeof init.body === 'string' && { 'content-type': 'application/json' }),
        ...init.headers,
      },
    }).catch(unreachable)
    const [given] = response.headers.getSetCookie()
    if (given) cookie = given.split(';')[0] ?? cookie
    if (response.ok) return response
    const problem = Problem.safeParse(await response.json().catch(() => undefined))
    if (problem.success) throw new Refused(problem.data.error.code, problem.data.error.message)
    throw new Refused('web.broken', `${base} answered with ${response.status}.`)
  }

  const post = (path: string, body: unknown): Promise<Response> =>
    ask(path, { method: 'POST', body: JSON.stringify(body) })

  return {
    get cookie() {
      return cookie
    },
    me: async () => Me.parse(await (await ask('/api/me')).json()),
    join: async name => Me.parse(await (await post('/api/me', { name })).json()),
    async say(room, { id, text, replyTo, pictures }) {
      const form = new FormData()
      form.set('id', id)
      form.set('text', text)
      if (replyTo !== undefined) form.set('replyTo', replyTo)
      for (const { name, bytes } of pictures) form.append('picture', new Blob([Uint8Array.from(bytes)]), name)
      const path = `${inRoom(room)}/messages`
      const answer =
        pictures.length === 0
          ? await post(path, { id, text, replyTo })
          : await ask(path, { method: 'POST', body: form })
      return z.object({ message: Heard }).parse(await answer.json()).message
    },
    async press(room, message, button, id) {
      await post(`${inRoom(room)}/messages/${message}/press`, { id, button })
    },
    reached: async room => z.object({ after: z.string() }).parse(await (await ask(inRoom(room))).json()).after,
    async *hear(room, from, signal) {
      let after = from
      while (!signal.aborted) {
        try {
          const stream = await ask(`${inRoom(room)}/events?after=${after}`, { signal })
          for await (const { id, event, data } of eventsOf(stream)) {
            if (event === 'put' || event === 'reset')
              for (const message of z.object({ messages: z.array(Heard) }).parse(JSON.parse(data)).messages)
                yield message
            after = id ?? after
          }
        } catch (error) {
          if (signal.aborted) return
          if (error instanceof Refused && !passing.includes(error.code)) throw error
        }
        await new Promise(resolve => setTimeout(resolve, 500))
      }
    },
    job: async (room, message) => Made.parse(await (await ask(`${inRoom(room)}/messages/${message}/job`)).json()),
    fetchMedia: async src => new Uint8Array(await (await ask(src)).arrayBuffer().catch(unreachable)),
  }
}

interface ServerEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

/** Server-sent events of a response, as far as ours go: one data line each. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  if (!response.body) return
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      const data = fields.get('data')
      if (data !== undefined) yield { id: fields.get('id'), event: fields.get('event') ?? 'message', data }
    }
  }
}
