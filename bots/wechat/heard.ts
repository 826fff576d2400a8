import { clean } from '../../core/parse/clean.ts'
import { courtesyOf } from '../courtesy.ts'
import { readCommand } from '../read-command.ts'

/** What stands in a line of a WeChat chat. Pure. */

/** After a mention phones write a narrow blank of their own (U+2005), computers an ordinary one. */
const mentionEnd = '[\\u2005\\u00a0 ]'
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The text without the mentions of these names; what was between them keeps one blank. */
export function cutMention(text: string, names: readonly string[]): string {
  const known = [...names].filter(name => name !== '').sort((a, b) => b.length - a.length)
  if (known.length === 0) return text.trim()
  const mention = new RegExp(`@(?:${known.map(escaped).join('|')})(?:${mentionEnd}|(?=[，,：:\\n])|$)`, 'gu')
  return text.replace(mention, ' ').trim()
}

interface Quotation {
  readonly by: string
  /** How the quoted message begins; "" = it has no words (a picture, a video). */
  readonly quoted: string
  /** What is said about it. */
  readonly text: string
}

const wordless = /^(?:\[?(?:图片|视频|动画表情|Photo|Image|Video|Sticker|Picture)\]?)?$/i

/** Puppets show a quotation as 「name：words」, a line of dashes, and then what is said about it. */
export function readQuote(text: string): Quotation | undefined {
  const [, by, quoted, rest] = /^「([^」\n]{1,64}?)[：:]([\s\S]*?)」\n(?:[-–—] ?){3,}\n?([\s\S]*)$/u.exec(text) ?? []
  if (by === undefined || quoted === undefined || rest === undefined) return undefined
  return { by: by.trim(), quoted: wordless.test(quoted.trim()) ? '' : quoted.trim(), text: rest.trim() }
}

/** The quoted message's id, which the web protocol gives in the XML of the message. */
export const quotedId = (raw: string): string | undefined =>
  /<refermsg>[\s\S]*?<svrid>(\d{5,30})<\/svrid>/.exec(raw)?.[1]

/** A choice by its number. */
export const isDigit = (text: string): boolean => /^\d{1,2}$/.test(clean(text))

/** Commands that make something of pictures. */
const ofPictures: readonly string[] = ['video', 'shot', 'brush', 'compare', 'duet', 'fork']

/** True for words that pictures sent just before belong to: a request for a video, not "thanks", a number or another command. */
export function takesPictures(text: string, addressed: boolean): boolean {
  const said = clean(text)
  const call = readCommand(said, addressed)
  if (call) return 'command' in call && ofPictures.includes(call.command)
  return addressed && said !== '' && !isDigit(said) && courtesyOf(said) === undefined
}
