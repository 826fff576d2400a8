import type { FastifyInstance } from 'fastify'
import { toDataURL } from 'qrcode'
import { t } from '../../core/i18n.ts'
import { verifyPage } from '../../core/links.ts'
import { loginOf } from '../../core/login.ts'
import { languageOf } from './guard.ts'
import { loginPage } from './page.ts'
import type { ServerParts } from './parts.ts'

/** How often the page asks again, in seconds. */
const renewSeconds = 5

/** The page behind the link in the bot's log (core/links.ts, `signPage`): the code that logs a platform's account in. */
export function addLogin(app: FastifyInstance, { config, core }: ServerParts): void {
  app.get<{ Params: { platform: string } }>('/operator/:platform', async (request, reply) => {
    const language = languageOf(request, config.LANGUAGE)
    const platform = verifyPage(config.SECRET, request.url)
    if (platform === undefined) return reply.code(403).type('text/plain; charset=utf-8').send(t(language, 'login.over'))
    const login = await loginOf(core, platform)
    const text =
      login?.state === 'in'
        ? t(language, 'login.in', { name: login.name })
        : t(language, login?.state === 'scan' ? 'login.scan' : 'login.out')
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('refresh', String(renewSeconds))
      .header('referrer-policy', 'no-referrer')
      .send(
        loginPage({
          language,
          title: t(language, 'login.title', { platform }),
          text,
          ...(login?.state === 'scan' && { code: await toDataURL(login.qr, { margin: 2, width: 320 }) }),
        }),
      )
  })
}
