/**
 * Text as Discord shows it literally: what would be read as markup, a mention, an emoji or a heading gets a backslash; addresses
 * stay as they are, so that they can be opened. Pure; at most twice as long.
 */
export function plain(text: string): string {
  const parts = text.split(address)
  return parts.map((part, at) => (at % 2 === 1 ? part : escaped(part, parts[at - 1] === undefined))).join('')
}

/** An address up to what cannot end one. */
const address = /(https?:\/\/[^\s<>"“”「」，。；！？）)]+)/u

/** Inside a line: emphasis, code, spoilers, masked links, and what opens a mention, an emoji or a timestamp. */
const inline = /[\\*_~`|[\]]|<(?=[@#:/]|(?:a|t|id|sound):)/gu
/** At the start of a line: quotes, headings, small print, lists. */
const leading = /^([^\S\n]*)(>|#{1,3}(?=\s)|[-+](?=\s|#))/gmu

function escaped(text: string, startsLine: boolean): string {
  const marked = text.replace(inline, '\\$&')
  return marked.replace(leading, (whole, blank: string, sign: string, at: number) =>
    at === 0 && !startsLine ? whole : `${blank}\\${sign}`,
  )
}

/** What somebody wrote, without Discord's own notation: our mention is cut, custom emoji become their names. */
export function unmarked(content: string, bot: string, names: ReadonlyMap<string, string>): string {
  return content
    .replaceAll(new RegExp(`<@!?${bot}>`, 'g'), ' ')
    .replace(/<@!?(\d+)>/g, (_, id: string) => names.get(id) ?? '')
    .replace(/<a?:(\w+):\d+>/g, (_, name: string) => name.replaceAll('_', ' '))
    .replace(/[ \t]{2,}/g, ' ')
    .trim()
}
