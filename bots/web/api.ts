import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { getClip } from '../../core/clips.ts'
import { UserError } from '../../core/errors.ts'
import { pickLanguage, supported, t } from '../../core/i18n.ts'
import { jobAt } from '../../core/jobs.ts'
import type { Place } from '../../core/place.ts'
import { languageOf, refuse, sessionOf } from './guard.ts'
import { mayJoin } from './join.ts'
import { ClientId, MessageId, RoomName, viewOf, visibleTo } from './message.ts'
import type { ServerParts } from './parts.ts'
import { eventId } from './rooms.ts'
import { cleanName, cookieName, newMember, type Session, setCookie, writeSession } from './session.ts'
import { press, write } from './speak.ts'

/**
 * The JSON API under /api: what the page and `npm run try` use. Requests that change something carry `x-threadreel: 1` and the
 * session cookie; errors are `{error: {code, message}}` with one sentence for people.
 *
 *   GET  /api/health                                  {ok: true}
 *   GET  /api/me                                      {member?, name?, credits?}
 *   POST /api/me {name}                               sets the cookie; the same answer
 *   POST /api/language {language}                     sets the cookie of the page's language
 *   GET  /api/rooms/:room                             {room, messages, after}
 *   GET  /api/rooms/:room/events                      event stream: put, reset, here, me; resumes by Last-Event-ID or ?after=
 *   POST /api/rooms/:room/messages                    {id, text, replyTo?, toBot?}, or a form with these and pictures; {message}
 *   POST /api/rooms/:room/messages/:message/press     {id, button}; {ok: true}
 *   GET  /api/rooms/:room/messages/:message/job       {state, failure?, clip?} of the job this message is about
 */
export function addApi(app: FastifyInstance, parts: ServerParts): void {
  const { config, core, rooms, hub } = parts
  const secure = config.PUBLIC_URL.startsWith('https:')

  app.get('/api/health', { config: { rateLimit: false } }, async () => {
    await core.redis.ping()
    return { ok: true }
  })

  app.get('/api/me', async request => describe(sessionOf(request, config.SECRET)))
  app.post('/api/me', { config: { rateLimit: { max: 30, timeWindow: 60_000 } } }, async (request, reply) => {
    const { name } = z.object({ name: z.string().max(1000) }).parse(request.body)
    const cleaned = cleanName(name)
    const locale = languageOf(request, config.LANGUAGE)
    if (cleaned === '') return refuse(reply, 400, 'web.name-empty', t(locale, 'web.name-empty'))
    const known = sessionOf(request, config.SECRET)?.member
    if (known === undefined && !(await mayJoin(core, config, request.ip)))
      return refuse(reply, 429, 'web.new-members', t(locale, 'web.new-members'))
    const session = { member: known ?? newMember(), name: cleaned }
    reply.header('set-cookie', setCookie(cookieName, writeSession(config.SECRET, session), secure))
    return describe(session)
  })
  app.post('/api/language', async (request, reply) => {
    const { language } = z.object({ language: z.enum(supported) }).parse(request.body)
    reply.header('set-cookie', setCookie('lang', pickLanguage(language), secure))
    return { language }
  })

  async function describe(session: Session | undefined) {
    return session ? { ...session, credits: await parts.creditsOf(session.member) } : {}
  }

  app.get('/api/rooms/:room', async request => {
    const { room, session } = asked(request)
    const { messages, after } = await rooms.read(room)
    const seen = messages.filter(message => visibleTo(message, session?.member))
    return { room, messages: seen.map(message => viewOf(message, config.SECRET, session?.member)), after }
  })

  app.get('/api/rooms/:room/events', async (request, reply) => {
    const { room, session } = asked(request)
    const full = hub.viewers >= streamLimits.all || (session && hub.streamsOf(session.member) >= streamLimits.each)
    if (full) return tooMany(request, reply)
    const after = eventId(request.headers['last-event-id']) ?? eventId((request.query as { after?: string }).after)
    reply.hijack()
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    await hub.join(room, { session, response: reply.raw }, after)
    return undefined
  })

  const speaking = { config: { rateLimit: { max: 40, timeWindow: 60_000 } } }
  app.post('/api/rooms/:room/messages', speaking, async (request, reply) => {
    const { room, session } = asked(request)
    if (!session) return nameless(request, reply)
    const message = await write(parts, request, { room, session, locale: languageOf(request, config.LANGUAGE) })
    return reply.code(201).send({ message: viewOf(message, config.SECRET, session.member) })
  })

  app.post('/api/rooms/:room/messages/:message/press', speaking, async (request, reply) => {
    const { room, session } = asked(request)
    if (!session) return nameless(request, reply)
    const { message } = MessageParams.parse(request.params)
    const { id, button } = Pressed.parse(request.body)
    await press(parts, { room, session, locale: languageOf(request, config.LANGUAGE), message, id, button })
    return { ok: true }
  })

  app.get('/api/rooms/:room/messages/:message/job', async request => {
    const { room, session } = asked(request)
    const { message } = MessageParams.parse(request.params)
    const bearer = await rooms.get(room, message)
    if (!bearer || !visibleTo(bearer, session?.member)) throw new UserError('refusal.job-gone')
    const place: Place = { platform: 'web', channel: room, message, private: false }
    const job = await jobAt(core, place)
    if (!job) throw new UserError('refusal.job-gone')
    const clip = job.clip === undefined ? undefined : await getClip(core, job.clip)
    const { state, number, failure, price } = job
    if (!clip) return { state, number, price, failure }
    const { id, width, height, seconds, fps, frames, bytes, unknownWords, renderSeconds, recipe } = clip
    const { model, tier, ratio, seed, prompt } = recipe
    const made = { id, model, tier, ratio, seed, prompt, width, height, seconds, fps, frames, bytes }
    return { state, number, price, failure, clip: { ...made, unknownWords, renderSeconds } }
  })

  function asked(request: FastifyRequest): { room: string; session: Session | undefined } {
    const { room } = z.object({ room: RoomName }).parse(request.params)
    return { room, session: sessionOf(request, config.SECRET) }
  }

  const nameless = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    refuse(reply, 401, 'web.name-empty', t(languageOf(request, config.LANGUAGE), 'web.name-empty'))
  const tooMany = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    refuse(reply, 429, 'web.too-many', t(languageOf(request, config.LANGUAGE), 'web.too-many'))
}

/** Open event streams, of everybody and of one member. */
const streamLimits = { all: 2_000, each: 12 } as const

const MessageParams = z.object({ message: MessageId })
const Pressed = z.object({ id: ClientId, button: z.string().min(1).max(64) })
