import { createHash } from 'node:crypto'
import type { APIMessageTopLevelComponent, RESTPostAPIChannelMessageJSONBody } from 'discord.js'
import type { Outgoing } from '../platform.ts'
import { canLink, rowsOf } from './components.ts'
import { plain } from './plain.ts'

/** A message of ours as Discord takes it. Pure. */

/** Message flags. */
export const flag = { suppressEmbeds: 1 << 2, ephemeral: 1 << 6, componentsV2: 1 << 15 } as const
/** Most characters of `content`; a longer text goes into a text component, which takes twice as many. */
const contentLimit = 2000
const textDisplay = 10
const mediaGallery = 12
const barCells = 10

/** What create, edit and first answers have in common. */
export type Body = Pick<
  RESTPostAPIChannelMessageJSONBody,
  'components' | 'attachments' | 'allowed_mentions' | 'flags' | 'nonce' | 'enforce_nonce' | 'message_reference' | 'poll'
> & { readonly content?: string | null }

/** "▰▰▰▱▱▱▱▱▱▱" */
const bar = (done: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, done)) * barCells)
  return '▰'.repeat(full) + '▱'.repeat(barCells - full)
}

const nobody = { parse: [], replied_user: false }
/** Longest a poll stays open, in hours; it is ended when its question is. */
const pollHours = 768

const pollOf = (question: string, options: readonly string[]): NonNullable<Body['poll']> => ({
  question: { text: question },
  answers: options.map(text => ({ poll_media: { text } })),
  duration: pollHours,
  allow_multiselect: false,
})

/** Text, buttons and the place of a file. Nobody is ever pinged. `sku`: what the invoice's pack is called in Discord's shop. */
export function bodyOf(message: Outgoing, sku?: string): Body {
  const { text, buttons = [], media, progress, mood, poll } = message
  if (poll) return { allowed_mentions: nobody, poll: pollOf(text, poll.options) }
  const unlinked = buttons.filter(({ url }) => url !== undefined && !canLink(url))
  const lines = [text, ...unlinked.map(({ label, url }) => `${label}: ${url}`)]
  const escaped = plain(lines.join('\n'))
  const withBar = progress !== undefined && mood === 'working' ? `${escaped}\n${bar(progress)}` : escaped
  const shown = withBar.length > contentLimit ? escaped : withBar
  const rows = rowsOf(buttons, sku)
  const long = shown.length > contentLimit
  const links = shown.match(/https?:\/\//g)?.length ?? 0
  const flags =
    (long ? flag.componentsV2 : 0) | (links > 1 || (links > 0 && message.quiet !== undefined) ? flag.suppressEmbeds : 0)
  const attachments = media ? [{ id: 0, filename: media.name }] : []
  const base = { allowed_mentions: nobody, attachments, ...(flags > 0 && { flags }) }
  if (!long) return { ...base, content: shown, components: rows }
  const parts: APIMessageTopLevelComponent[] = [{ type: textDisplay, content: shown }]
  if (media) parts.push({ type: mediaGallery, items: [{ media: { url: `attachment://${media.name}` } }] })
  return { ...base, components: [...parts, ...rows] }
}

/** The nonce of a message: the same key in the same place gives the same 25 characters (Discord's limit). */
export const nonceOf = (place: string, once: string): string =>
  createHash('sha256').update(`${place}\n${once}`).digest('base64url').slice(0, 25)
