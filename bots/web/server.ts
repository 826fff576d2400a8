import { createHash } from 'node:crypto'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import { type FastifyInstance, fastify } from 'fastify'
import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import { isAway } from '../../core/redis.ts'
import { explain } from '../describe.ts'
import { addApi } from './api.ts'
import { addBrush } from './brush-page.ts'
import { isOurs, languageOf, refuse, securityHeaders, sessionOf } from './guard.ts'
import { addLogin } from './login-page.ts'
import { sendMedia } from './media.ts'
import { RoomName, viewOf, visibleTo } from './message.ts'
import { pageFile, roomPage, textsOf } from './page.ts'
import type { ServerParts } from './parts.ts'
import { addSharing } from './share.ts'
import { uploadLimits } from './upload.ts'

export interface Server {
  listen(): Promise<void>
  close(): Promise<void>
  address(): string
}

export async function openServer(parts: ServerParts): Promise<Server> {
  const { config, log, rooms, store, hub } = parts
  const app = fastify({
    bodyLimit: uploadLimits.fieldBytes,
    requestTimeout: 60_000,
    keepAliveTimeout: 30_000,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: true,
    trustProxy: config.TRUST_PROXY.length > 0 && config.TRUST_PROXY,
  })
  await app.register(multipart, {
    limits: {
      files: uploadLimits.files,
      fileSize: uploadLimits.fileBytes,
      fields: 8,
      fieldSize: uploadLimits.fieldBytes,
      parts: uploadLimits.files + 8,
    },
  })
  await app.register(rateLimit, {
    max: 600,
    timeWindow: 60_000,
    keyGenerator: request => sessionOf(request, config.SECRET)?.member ?? request.ip,
    errorResponseBuilder: request =>
      Object.assign(new Error('too many'), {
        statusCode: 429,
        code: 'web.too-many',
        sentence: t(languageOf(request, config.LANGUAGE), 'web.too-many'),
      }),
  })
  guard(app, parts)

  app.get('/', async (_request, reply) => reply.redirect('/r/lobby', 302))
  app.get<{ Params: { room: string } }>('/r/:room', async (request, reply) => {
    const room = RoomName.safeParse(request.params.room)
    if (!room.success) return reply.redirect('/r/lobby', 302)
    if (room.data !== request.params.room) return reply.redirect(`/r/${encodeURIComponent(room.data)}`, 302)
    const language = languageOf(request, config.LANGUAGE)
    const session = sessionOf(request, config.SECRET)
    const { messages, after } = await rooms.read(room.data)
    const state = {
      room: room.data,
      language,
      texts: textsOf(language),
      me: session && { ...session, credits: await parts.creditsOf(session.member) },
      messages: messages
        .filter(message => visibleTo(message, session?.member))
        .map(message => viewOf(message, config.SECRET, session?.member)),
      after,
    }
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(roomPage({ language, room: room.data, state }))
  })
  app.get<{ Params: { name: string } }>('/page/:name', async (request, reply) => {
    const file = pageFile(request.params.name)
    if (!file) return reply.code(404).send()
    const tag = `"${createHash('sha256').update(file.body).digest('base64url').slice(0, 16)}"`
    reply.header('etag', tag).header('cache-control', 'no-cache')
    if (request.headers['if-none-match'] === tag) return reply.code(304).send()
    return reply.type(file.type).send(file.body)
  })
  app.get('/favicon.ico', async (_request, reply) => reply.redirect('/page/mark.svg', 302))
  app.get('/media/*', (request, reply) => sendMedia(request, reply, { store, secret: config.SECRET }))
  addSharing(app, parts)
  addLogin(app, parts)
  addBrush(app, parts)
  addApi(app, parts)

  return {
    listen: async () => {
      await app.listen({ host: config.HOST, port: config.PORT })
      log.info({ address: config.PUBLIC_URL }, 'web chat open')
    },
    close: async () => {
      hub.close()
      await app.close()
    },
    address() {
      const at = app.server.address()
      if (!at || typeof at === 'string') throw new Error('the web chat is not open')
      return `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`
    },
  }
}

/** Headers of every answer, refusal of what another site sent, one clear sentence for whatever goes wrong. */
function guard(app: FastifyInstance, { config, log }: ServerParts): void {
  const headers = securityHeaders(config.STORE === 's3')
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    if (request.method !== 'GET' && request.method !== 'HEAD' && !isOurs(request, config.PUBLIC_URL))
      return refuse(reply, 403, 'web.foreign', t(languageOf(request, config.LANGUAGE), 'web.foreign'))
    return undefined
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('There is nothing here.'))
  app.setErrorHandler((error: unknown, request, reply) => {
    const locale = languageOf(request, config.LANGUAGE)
    const { status, code, message } = told(locale, error)
    if (status >= 500) log.error({ err: error, path: request.routeOptions.url }, 'web request failed')
    return reply.code(status).send({ error: { code, message } })
  })
}

function told(locale: string, error: unknown): { status: number; code: string; message: string } {
  if (error instanceof UserError) {
    const status = error.code === 'refusal.busy' ? 503 : 400
    return { status, code: error.code, message: explain(locale, error.failure) }
  }
  if (isAway(error)) return { status: 503, code: 'refusal.busy', message: t(locale, 'refusal.busy') }
  if (error instanceof z.ZodError)
    return { status: 400, code: 'web.bad-request', message: t(locale, 'web.bad-request') }
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    const status = error.statusCode
    if (status === 429) return { status, code: 'web.too-many', message: t(locale, 'web.too-many') }
    if (status === 413) return { status, code: 'web.too-large', message: t(locale, 'web.too-large') }
    if (status < 500) return { status, code: 'web.bad-request', message: t(locale, 'web.bad-request') }
  }
  return { status: 500, code: 'failure.internal', message: t(locale, 'web.broken') }
}
