import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Key, type Language, t } from '../../core/i18n.ts'

/** What the browser gets: a page drawn at once, with the room as it is and all texts in it; then small modules, as they are. */

const folder = fileURLToPath(new URL('./page/', import.meta.url))

/** Texts the page needs in the browser, in one language. */
const pageKeys = [
  'web.send',
  'web.say',
  'web.talk',
  'web.make',
  'web.reply',
  'web.reply-to',
  'web.bot',
  'web.pictures',
  'web.attach',
  'web.remove-picture',
  'web.drop',
  'web.bad-picture',
  'web.broken',
  'web.name-ask',
  'web.name-placeholder',
  'web.name-go',
  'web.name-change',
  'web.here',
  'web.only-you',
  'web.new-room',
  'web.rooms',
  'web.copy-link',
  'web.copied',
  'web.credits',
  'web.theme',
  'web.theme-auto',
  'web.theme-light',
  'web.theme-dark',
  'web.language',
  'web.empty-title',
  'web.empty-text',
  'web.example-1',
  'web.example-2',
  'web.example-3',
  'web.offline',
  'web.not-sent',
  'web.retry',
  'web.play',
  'web.pause',
  'web.full',
  'web.download',
  'web.close',
  'web.jump-new',
  'web.first-last',
  'web.change-say',
  'web.talk-say',
  'web.picture-of',
  'web.clip-of',
  'web.progress',
  'web.menu',
  'web.too-many',
  'web.room-open',
  'web.room-placeholder',
] as const satisfies readonly Key[]

export const textsOf = (language: Language): Record<string, string> =>
  Object.fromEntries(pageKeys.map(key => [key.slice('web.'.length), t(language, key)]))

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)

/** JSON that may stand in a <script type="application/json">. */
const inScript = (data: unknown): string => JSON.stringify(data).replaceAll('<', '\\u003c')

export interface RoomPage {
  readonly language: Language
  readonly room: string
  /** What app.js starts from. */
  readonly state: unknown
}

const shell = readFileSync(join(folder, 'room.html'), 'utf8')
const clipShell = readFileSync(join(folder, 'clip.html'), 'utf8')
const brushShell = readFileSync(join(folder, 'brush.html'), 'utf8')
const loginShell = readFileSync(join(folder, 'login.html'), 'utf8')

/** Fills `{{name}}` with escaped values and `{{{name}}}` with what is markup already; what was filled in is not looked at again. */
const fill = (template: string, values: Record<string, string>): string =>
  template.replace(/\{\{\{([\w.-]+)\}\}\}|\{\{([\w.-]+)\}\}/g, (_, markup?: string, text?: string) =>
    markup === undefined ? escapeHtml(values[text ?? ''] ?? '') : (values[markup] ?? ''),
  )

export const roomPage = ({ language, room, state }: RoomPage): string =>
  fill(shell, { ...textsOf(language), lang: language, room, state: inScript(state) })

export interface ClipPage {
  readonly language: Language
  readonly title: string
  readonly about: string
  readonly src: string
  readonly poster: string
  /** Whole addresses for previews in other chats. */
  readonly fullSrc: string
  readonly fullPoster: string
  readonly kind: 'video' | 'image'
  readonly width: number
  readonly height: number
}

/** The page behind a share link: the clip and nothing else. */
export function clipPage(clip: ClipPage): string {
  const { width, height } = clip
  const player =
    clip.kind === 'video'
      ? `<video src="${escapeHtml(clip.src)}" poster="${escapeHtml(clip.poster)}" width="${width}" height="${height}" controls autoplay muted loop playsinline></video>`
      : `<img src="${escapeHtml(clip.src)}" width="${width}" height="${height}" alt="${escapeHtml(clip.title)}">`
  return fill(clipShell, {
    lang: clip.language,
    title: clip.title,
    about: clip.about,
    fullSrc: clip.fullSrc,
    fullPoster: clip.fullPoster,
    width: String(width),
    height: String(height),
    make: t(clip.language, 'web.share-make'),
    kind: clip.kind,
    player,
  })
}

/** Texts of the brush page. */
const brushKeys = [
  'brush.title',
  'brush.hint-paint',
  'brush.hint-path',
  'brush.hint-more',
  'brush.picture',
  'brush.board',
  'brush.tools',
  'brush.areas',
  'brush.area',
  'brush.paint',
  'brush.path',
  'brush.erase',
  'brush.pin',
  'brush.size',
  'brush.preview',
  'brush.clear',
  'brush.words',
  'brush.go',
  'brush.failed',
] as const satisfies readonly Key[]

/** The page where a motion brush is drawn on a picture of this size. */
export function brushPage(brush: { language: Language; id: string; width: number; height: number }): string {
  const { language, id, width, height } = brush
  const texts = Object.fromEntries(brushKeys.map(key => [key.slice('brush.'.length), t(language, key)]))
  return fill(brushShell, { ...texts, lang: language, id, state: inScript({ width, height, texts }) })
}

/** The page that shows the operator a code to scan; `code` is a data URL. */
export function loginPage(login: { language: Language; title: string; text: string; code?: string }): string {
  const code = login.code === undefined ? '' : `<img src="${escapeHtml(login.code)}" width="320" height="320" alt="">`
  return fill(loginShell, { lang: login.language, title: login.title, text: login.text, code })
}

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** One of the page's own files; undefined for anything else. */
export function pageFile(name: string): { type: string; body: Buffer } | undefined {
  const [, ext = ''] = /^[a-z-]+\.(js|css|svg)$/.exec(name) ?? []
  const type = types[ext]
  if (!type) return undefined
  try {
    return { type, body: readFileSync(join(folder, name)) }
  } catch {
    return undefined
  }
}
