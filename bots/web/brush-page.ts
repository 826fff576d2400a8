import type { FastifyInstance, FastifyRequest } from 'fastify'
import { canvasOf, Drawing, DrawingId, sendDrawing } from '../../core/brush/drawing.ts'
import { t } from '../../core/i18n.ts'
import { readInitData } from '../brush/init-data.ts'
import { languageOf, securityHeaders } from './guard.ts'
import { brushPage } from './page.ts'
import type { ServerParts } from './parts.ts'

/** The page where a motion brush is drawn; its link is made in a chat (core/brush/drawing.ts), and the clip comes back there. */
export function addBrush(app: FastifyInstance, { config, core, store }: ServerParts): void {
  const opened = async (id: string) => (DrawingId.safeParse(id).success ? canvasOf(core, id) : undefined)

  // Telegram opens the address it was given by the operator; which page is meant stands in a parameter, who opened it behind the #.
  app.get<{ Querystring: { tgWebAppStartParam?: string } }>('/brush/app', async (request, reply) => {
    const id = request.query.tgWebAppStartParam ?? ''
    if (DrawingId.safeParse(id).success) return reply.redirect(`/brush/${id}`, 302)
    const language = languageOf(request, config.LANGUAGE)
    return reply.code(410).type('text/plain; charset=utf-8').send(t(language, 'brush.over'))
  })
  app.get<{ Params: { id: string } }>('/brush/:id', async (request, reply) => {
    const canvas = await opened(request.params.id)
    const language = languageOf(request, canvas?.locale ?? config.LANGUAGE)
    if (!canvas) return reply.code(410).type('text/plain; charset=utf-8').send(t(language, 'brush.over'))
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .headers(canvas.own ? framedByTelegram(config.STORE === 's3') : {})
      .send(brushPage({ language, id: request.params.id, width: canvas.width, height: canvas.height }))
  })
  app.get<{ Params: { id: string } }>('/brush/:id/picture', async (request, reply) => {
    const canvas = await opened(request.params.id)
    if (!canvas) return reply.code(410).send()
    const type = canvas.picture.endsWith('.png') ? 'image/png' : 'image/jpeg'
    return reply
      .type(type)
      .header('cache-control', 'private, max-age=3600')
      .send(await store.get(canvas.picture))
  })
  app.post<{ Params: { id: string } }>('/brush/:id', { bodyLimit: 512 * 1024 }, async (request, reply) => {
    const canvas = await opened(request.params.id)
    const language = languageOf(request, canvas?.locale ?? config.LANGUAGE)
    if (!canvas) return reply.code(410).send({ error: { code: 'brush.over', message: t(language, 'brush.over') } })
    if (canvas.own && !isOwner(config.TELEGRAM_TOKEN ?? '', request, canvas.member, request.params.id))
      return reply.code(403).send({ error: { code: 'brush.not-yours', message: t(language, 'brush.not-yours') } })
    const drawing = Drawing.parse(request.body)
    await sendDrawing(core, request.params.id, drawing)
    return reply.send({ message: t(language, 'brush.sent') })
  })
}

/** Where Telegram's own web client may show the page in a frame. */
function framedByTelegram(remote: boolean): Record<string, string> {
  const { 'content-security-policy': policy = '', ...headers } = securityHeaders(remote)
  const ancestors = "frame-ancestors 'self' https://web.telegram.org"
  return { ...headers, 'content-security-policy': policy.replace(/frame-ancestors [^;]*/, ancestors) }
}

/** True if Telegram says that the member the page was made for has opened it, and that very page if it says which. */
function isOwner(token: string, request: FastifyRequest, member: string, page: string): boolean {
  const given = request.headers['x-telegram-init-data']
  const by = token === '' || typeof given !== 'string' ? undefined : readInitData(token, given)
  return by !== undefined && `telegram:${by.user}` === member && (by.start === undefined || by.start === page)
}
