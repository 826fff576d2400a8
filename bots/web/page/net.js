import { at, state, text } from './dom.js'

/** Talks with the server: JSON calls, messages that are sent until they arrived, and the room's events. */

const roomUrl = () => `/api/rooms/${encodeURIComponent(state.room)}`

/** An answer that says why not, in one sentence. */
export class Refused extends Error {
  constructor(message, code, status) {
    super(message)
    this.code = code
    this.status = status
  }
}

async function call(path, body) {
  const form = body instanceof FormData
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-threadreel': '1', ...(body !== undefined && !form && { 'content-type': 'application/json' }) },
    body: body === undefined || form ? body : JSON.stringify(body),
  })
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer
  throw new Refused(answer.error?.message ?? text('broken'), answer.error?.code, response.status)
}

/** Calls again when the connection fails: every call carries an id, so that twice is once. */
async function surely(path, body) {
  for (let tries = 0; ; tries++) {
    try {
      return await call(path, body)
    } catch (error) {
      if ((error instanceof Refused && error.status < 502) || tries >= 6) throw error
      await new Promise(resolve => setTimeout(resolve, Math.min(500 * 2 ** tries, 6000)))
    }
  }
}

export const pickName = name => call('/api/me', { name })
export const pickLanguage = language => call('/api/language', { language })

/** @param {{id: string, text: string, replyTo?: string, toBot: boolean, pictures: File[]}} message */
export function sendMessage({ id, text: words, replyTo, toBot, pictures }) {
  if (pictures.length === 0) return surely(`${roomUrl()}/messages`, { id, text: words, replyTo, toBot })
  const form = new FormData()
  form.set('id', id)
  form.set('text', words)
  form.set('toBot', String(toBot))
  if (replyTo) form.set('replyTo', replyTo)
  for (const picture of pictures) form.append('picture', picture)
  return surely(`${roomUrl()}/messages`, form)
}

export const pressButton = (message, button, id) => surely(`${roomUrl()}/messages/${message}/press`, { id, button })

/** Follows the room. The browser reconnects and resumes by itself; we only say so after a while. */
export function follow(handlers) {
  const events = new EventSource(`${roomUrl()}/events?after=${encodeURIComponent(state.after)}`)
  let late
  const up = () => {
    clearTimeout(late)
    late = undefined
    at('offline').hidden = true
  }
  events.addEventListener('open', up)
  events.addEventListener('error', () => {
    late ??= setTimeout(() => {
      at('offline').hidden = false
    }, 2500)
    // After a refusal (not a lost connection) browsers give up; we do not.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => follow(handlers), 3000)
  })
  for (const [name, handle] of Object.entries(handlers))
    events.addEventListener(name, event => {
      up()
      if (event.lastEventId) state.after = event.lastEventId
      handle(JSON.parse(event.data))
    })
  handlers.opened?.(events)
}
