import type { FastifyInstance } from 'fastify'
import { getClip } from '../../core/clips.ts'
import { t } from '../../core/i18n.ts'
import { signLink, verifyLink } from '../../core/links.ts'
import { ClipId } from '../../core/request.ts'
import { excerpt, inShort } from '../describe.ts'
import { languageOf } from './guard.ts'
import { clipPage } from './page.ts'
import type { ServerParts } from './parts.ts'

/** The page behind a share link (core/links.ts, `signShare`): one clip with a player, and a preview for other chats. */
export function addSharing(app: FastifyInstance, { config, core }: ServerParts): void {
  app.get<{ Params: { clip: string } }>('/c/:clip', async (request, reply) => {
    const language = languageOf(request, config.LANGUAGE)
    const gone = () => reply.code(410).type('text/plain; charset=utf-8').send(t(language, 'refusal.clip-gone'))
    const id = ClipId.safeParse(request.params.clip)
    const clip = id.success ? await getClip(core, id.data) : undefined
    const query = request.url.slice(request.url.indexOf('?'))
    if (!clip || verifyLink(config.SECRET, `/media/${clip.media}${query}`) !== clip.media) return gone()
    const ends = Number(new URLSearchParams(query).get('e')) * 1000
    const src = signLink(config.SECRET, clip.media, ends)
    const poster = signLink(config.SECRET, clip.poster, ends)
    const base = config.PUBLIC_URL.replace(/\/$/, '')
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'private, max-age=300')
      .send(
        clipPage({
          language,
          title: excerpt(clip.recipe.prompt, 120) || 'Threadreel',
          about: inShort(language, clip.recipe),
          src,
          poster,
          fullSrc: base + src,
          fullPoster: base + poster,
          kind: clip.kind === 'video' ? 'video' : 'image',
          width: clip.width,
          height: clip.height,
        }),
      )
  })
}
