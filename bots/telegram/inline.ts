import type { Clip } from '../../core/clip.ts'
import { clipsOf } from '../../core/clips.ts'
import { pickLanguage, t } from '../../core/i18n.ts'
import type { Core } from '../../core/redis.ts'
import { excerpt, inShort } from '../describe.ts'
import { linkable } from './compose.ts'
import type { Memory } from './memory.ts'
import type { InlineQuery } from './wire.ts'

/** "@bot cat" in any chat: the member's own finished clips, to be sent there with one tap. */

/** Results of one page (Bot API allows 50), clips looked through, and how long Telegram may remember the answer (s). */
const page = 20
const lookedThrough = 200
const cacheSeconds = 5

interface InlineParts {
  readonly core: Core
  readonly memory: Memory
  /** Address of the page that shows a clip. */
  shareTo(clip: Clip): string
}

/** The answer to an inline query: clips Telegram has are shown as they are, others as a link if it leads anywhere. */
export async function inlineAnswer(
  { core, memory, shareTo }: InlineParts,
  { id, from, query, offset }: InlineQuery,
): Promise<Record<string, unknown>> {
  const locale = pickLanguage(from.language_code)
  const wanted = query.trim().toLowerCase()
  const clips = (await clipsOf(core, `telegram:${from.id}`, lookedThrough)).filter(({ recipe }) =>
    recipe.prompt.toLowerCase().includes(wanted),
  )
  const start = /^\d{1,4}$/.test(offset) ? Number(offset) : 0
  const shown = clips.slice(start, start + page)
  const files = await memory.filesOf(shown.map(({ media }) => media))
  const next = start + page < clips.length ? String(start + page) : ''
  return {
    inline_query_id: id,
    results: shown.flatMap((clip, n) => resultOf(locale, clip, files[n], shareTo) ?? []),
    cache_time: cacheSeconds,
    is_personal: true,
    next_offset: next,
    button: { text: t(locale, 'telegram.inline-make'), start_parameter: 'make' },
  }
}

function resultOf(
  locale: string,
  clip: Clip,
  file: string | undefined,
  shareTo: InlineParts['shareTo'],
): Record<string, unknown> | undefined {
  const title = excerpt(clip.recipe.prompt, 60) || inShort(locale, clip.recipe)
  const about = { id: clip.id, title, description: inShort(locale, clip.recipe) }
  if (file !== undefined && clip.kind === 'video') return { type: 'video', video_file_id: file, ...about }
  if (file !== undefined && clip.kind === 'image') return { type: 'photo', photo_file_id: file, ...about }
  const link = shareTo(clip)
  return linkable(link) ? { type: 'article', ...about, input_message_content: { message_text: link } } : undefined
}
