import type { FastifyInstance } from 'fastify'
import { canvasOf, Drawing, DrawingId, sendDrawing } from '../../core/brush/drawing.ts'
import { t } from '../../core/i18n.ts'
import { languageOf } from './guard.ts'
import { brushPage } from './page.ts'
import type { ServerParts } from './parts.ts'

/** The page where a motion brush is drawn; its link is made in a chat (core/brush/drawing.ts), and the clip comes back there. */
export function addBrush(app: FastifyInstance, { config, core, store }: ServerParts): void {
  const opened = async (id: string) => (DrawingId.safeParse(id).success ? canvasOf(core, id) : undefined)

  app.get<{ Params: { id: string } }>('/brush/:id', async (request, reply) => {
    const canvas = await opened(request.params.id)
    const language = languageOf(request, canvas?.locale ?? config.LANGUAGE)
    if (!canvas) return reply.code(410).type('text/plain; charset=utf-8').send(t(language, 'brush.over'))
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
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
    const drawing = Drawing.parse(request.body)
    await sendDrawing(core, request.params.id, drawing)
    return reply.send({ message: t(language, 'brush.sent') })
  })
}
