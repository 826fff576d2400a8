import { type Caption, editLimits, type Joint } from '../../core/edit.ts'
import { UserError } from '../../core/errors.ts'

/** What is said after the words for edits, in either language. Pure; what cannot be understood is refused with an example. */

const usage = (example: string): UserError => new UserError('refusal.edit-usage', { example })

/** A moment: "2", "2.5s", "2,5 秒", "1:02", "第3秒". Undefined for anything else. */
export function readMoment(text: string): number | undefined {
  const said = text.normalize('NFKC').trim().toLowerCase()
  const found = /^(?:第|at\s+)?(?:(\d{1,2}):)?(\d{1,3}(?:[.,]\d{1,3})?)\s*(?:s|sec|secs|seconds?|秒|秒钟)?$/u.exec(said)
  if (!found) return undefined
  const [, minutes = '0', seconds = '0'] = found
  const at = Number(minutes) * 60 + Number(seconds.replace(',', '.'))
  return at <= editLimits.seconds ? at : undefined
}

const between = /\s*(?:-|–|—|~|～|…|\.\.\.?|到|至|\bto\b|\s)\s*/u

/** "1 4", "1-4", "1s to 4s", "从1到4秒", "4" (the first four seconds). Throws `refusal.edit-usage`. */
export function readRange(text: string): { from: number; to: number } {
  const said = text
    .normalize('NFKC')
    .trim()
    .replace(/^(?:from\s+|从\s*)/iu, '')
    .replace(/\s*(?:s|sec|seconds?|秒)(?=\s*(?:-|–|—|~|到|至|to\b))/giu, '')
  const parts = said.split(between).filter(part => part !== '')
  const last = parts.at(-1) ?? ''
  // "1 4 s": the unit stands apart.
  const moments = (/^(?:s|sec|seconds?|秒)$/iu.test(last) ? parts.slice(0, -1) : parts).map(readMoment)
  const [first, second] = moments
  if (first === undefined || moments.length > 2 || moments.includes(undefined)) throw usage('trim 1 4')
  const range = second === undefined ? { from: 0, to: first } : { from: first, to: second }
  if (range.from >= range.to) throw usage('trim 1 4')
  return range
}

const paces: readonly (readonly [RegExp, number])[] = [
  [/^(?:slow(?:er)?|慢|慢放|放慢|慢动作)$/iu, 0.5],
  [/^(?:fast(?:er)?|快|快放|加快|快进)$/iu, 2],
  [/^(?:half|一半|半速)$/iu, 0.5],
  [/^(?:double|twice|两倍|二倍|双倍)$/iu, 2],
]

/** "2", "2x", "x0.5", "1/2", "0.5倍速", "slow". Throws `refusal.edit-usage`. */
export function readFactor(text: string): number {
  const said = text.normalize('NFKC').trim().toLowerCase()
  const named = paces.find(([word]) => word.test(said))?.[1]
  if (named !== undefined) return named
  const [, whole = '', part] =
    /^(?:x|×)?\s*(\d{1,2}(?:[.,]\d{1,3})?)(?:\s*\/\s*(\d))?\s*(?:x|×|倍|倍速|times)?$/u.exec(said) ?? []
  const factor = Number(whole.replace(',', '.')) / Number(part ?? 1)
  if (!(whole !== '' && factor >= 0.25 && factor <= 4)) throw usage('speed 2x (0.25–4)')
  return factor
}

/** "3", "3x", "3次"; nothing = twice. Throws `refusal.edit-usage`. */
export function readTimes(text: string): number {
  const said = text.normalize('NFKC').trim().toLowerCase()
  if (said === '') return 2
  const times = Number(/^(?:x|×)?\s*(\d{1,2})\s*(?:x|×|times|次|遍)?$/u.exec(said)?.[1] ?? 0)
  if (times < 2 || times > editLimits.times) throw usage(`loop 3 (2–${editLimits.times})`)
  return times
}

/** "gif", "webp"; nothing = GIF. Throws `refusal.edit-usage`. */
export function readFormat(text: string): 'gif' | 'webp' {
  const said = text.normalize('NFKC').trim().toLowerCase()
  if (said === '' || said === 'gif') return 'gif'
  if (said === 'webp') return 'webp'
  throw usage('gif, gif webp')
}

const timed = /^(\S+?(?:\s*(?:-|–|—|~|～|到|至)\s*|\s+to\s+)\S+?)\s*(?:[:：]\s*|\s+)(.+)$/su

/** One caption per line (or between "|"), "0-2 hello"; without times they share the clip's length equally. Throws `refusal.edit-usage`. */
export function readCaptions(text: string, seconds: number): Caption[] {
  const lines = text
    .split(/\n|[|｜]/u)
    .map(line => line.trim())
    .filter(line => line !== '')
  const example = 'caption 0-2 hello | 2-4 world'
  if (lines.length === 0 || lines.length > editLimits.captions) throw usage(example)
  return lines.map((line, i) => {
    const range = rangeOf(line)
    const share = { from: (i * seconds) / lines.length, to: ((i + 1) * seconds) / lines.length, text: line }
    const caption = range ?? share
    if (caption.text.length > editLimits.captionChars)
      throw new UserError('refusal.prompt-too-long', { chars: caption.text.length, limit: editLimits.captionChars })
    return caption
  })
}

function rangeOf(line: string): Caption | undefined {
  const [, range = '', text = ''] = timed.exec(line) ?? []
  if (range === '') return undefined
  try {
    return { ...readRange(range), text: text.trim() }
  } catch {
    // Words that only look a little like times are words.
    return undefined
  }
}

/** A clip as it is named: by its number ("#12", "12") or its code ("K7Q2"). */
const clipName = /^(?:#?\d{1,9}|K[2-9A-HJ-NP-Z]{3,9})$/iu

/** Names of clips at the beginning of a text, and what follows. */
export function readClips(text: string): { names: string[]; rest: string } {
  const names: string[] = []
  let rest = text.trim()
  for (;;) {
    const [, word = '', after = ''] = /^([^\s,，、+]+)[\s,，、+]*(.*)$/su.exec(rest) ?? []
    if (!clipName.test(word)) return { names, rest }
    names.push(word)
    rest = after
  }
}

const jointWords: Readonly<Record<string, Joint>> = {
  cut: 'cut',
  硬切: 'cut',
  直切: 'cut',
  fade: 'fade',
  crossfade: 'fade',
  淡入淡出: 'fade',
  淡化: 'fade',
  渐变: 'fade',
  wipe: 'wipe',
  擦除: 'wipe',
  划像: 'wipe',
}

export interface JoinWords {
  readonly names: readonly string[]
  readonly joint?: Joint
  readonly title?: string
  readonly onBeat: boolean
}

const joinExample = 'join 12 13 fade --title The cat'

/** "12 13 14 fade --title The cat --beat". Throws `refusal.edit-usage`. */
export function readJoin(text: string): JoinWords {
  const { names, rest } = readClips(text.normalize('NFKC'))
  const [plain = '', ...options] = ` ${rest}`.split(/\s(?=--\p{L})/u)
  let title: string | undefined
  let onBeat = false
  for (const option of options) {
    const [, name = '', value = ''] = /^--(\p{L}+)[\s:=]*(.*)$/su.exec(option) ?? []
    if (/^(?:title|标题|片名)$/iu.test(name) && value.trim() !== '')
      title = value.trim().slice(0, editLimits.titleChars)
    else if (/^(?:beat|beats|卡点|踩点)$/iu.test(name) && value.trim() === '') onBeat = true
    else throw usage(joinExample)
  }
  const words = plain.trim().toLowerCase()
  const joint = words === '' ? undefined : jointWords[words]
  if (words !== '' && !joint) throw usage(joinExample)
  return { names, onBeat, ...(joint && { joint }), ...(title !== undefined && { title }) }
}

const manyValues = /--(\p{L}[\p{L}-]*)[\s:=]+([^\s,，、]+(?:\s?[,，、]\s?[^\s,，、-][^\s,，、]*)+)/u

/**
 * "a cat --tier standard,high" as one text per value, each with the value it differs by. Undefined where no option has several values.
 * Throws `refusal.edit-usage` for more than four.
 */
export function readVariants(text: string): { text: string; caption: string }[] | undefined {
  const found = manyValues.exec(text)
  // "--camera zoom:5,pan:2" is one move with two axes.
  if (!found || (/^(?:camera|镜头|运镜)$/iu.test(found[1] ?? '') && /[:=]/.test(found[2] ?? ''))) return undefined
  const [whole, name = '', list = ''] = found
  const values = list.split(/[,，、]/u).map(value => value.trim())
  if (values.length > editLimits.panels || new Set(values).size < values.length)
    throw usage('compare a cat --tier standard,high')
  return values.map(value => ({ text: text.replace(whole, `--${name} ${value}`), caption: value }))
}
