import type { CameraPreset } from '../request.ts'
import { clean } from './clean.ts'
import { type Meaning, vocabulary } from './vocabulary.ts'
import { type Options, secondsLimit } from './wish.ts'

/**
 * Settings said as plain words: "a cat chasing a butterfly, portrait, zoom in", 「一只猫追蝴蝶 10秒 竖屏 推近」.
 *
 * A word is taken out of the text only where the sentence cannot miss it: at the beginning or end of a clause (between commas),
 * standing as words of its own. Words that also mean something else ("portrait", "大师") need a clause of their own or a
 * neighbour that does not. Anything doubtful stays in the prompt, where the model reads it anyway.
 */

interface Match {
  readonly sets: readonly Meaning[]
  readonly seconds?: number
  readonly strong: boolean
  /** Half-open range of tokens. */
  readonly from: number
  readonly to: number
}
type Found = Omit<Match, 'from' | 'to'>

/** Lengths somebody may well mean when nothing else says so ("10s", but not "the 60s"). */
const usual = new Set([5, 10, 15, 20, 25, 30])
const chineseNumbers = new Map([
  ['五', 5],
  ['十', 10],
  ['十五', 15],
  ['二十', 20],
  ['二十五', 25],
  ['三十', 30],
  ['六十', 60],
])

const chineseSeconds = /^(?:时长|长度|时间|约)?(\d{1,4}|二?三?六?十五?|五) ?秒(?:钟)?(?:的?(?:视频|短片))?/
const englishSeconds =
  /^(\d{1,4})(?:s| s|-? ?secs?| ?seconds|-second|-? ?second(?= (?:clip|video)))(?: (?:clip|video|long))?$/
const glued = /^(.*\p{Script=Han})(5|10|15|20|25|30)秒钟?$/u

const before = new Set(
  'for in after within of every each about last next the a an than until under over at by to from and or its his her their my this that some only just wait waits waited waiting last lasts lasted lasting take takes took taking hold holds pause pauses sleep sleeps sleeping count counts'.split(
    ' ',
  ),
)
const beforeHan = /[了等过第每前后计时共续约近满数隔仅只短在]$/
const afterHan = /^[后内之的钟前里以倒左上]/

/** Whether a clip can be this long; "300 seconds" in a sentence is about something else (`--seconds 300` is refused). */
const possible = (seconds: number): boolean => seconds >= 1 && seconds <= secondsLimit

const longestWord = Math.max(...[...vocabulary.keys()].map(word => word.length))
const mostWords = Math.max(...[...vocabulary.keys()].map(word => word.split(' ').length))

/** A run of Chinese option words written without blanks: 竖屏10秒推近. */
function chineseRun(token: string): Found | undefined {
  const sets: Meaning[] = []
  let seconds: number | undefined
  let strong = false
  let rest = token
  while (rest !== '') {
    const time = chineseSeconds.exec(rest)
    if (time?.[0]) {
      seconds = chineseNumbers.get(time[1] ?? '') ?? Number(time[1])
      if (!possible(seconds)) return undefined
      strong = true
      rest = rest.slice(time[0].length)
      continue
    }
    let length = Math.min(longestWord, rest.length)
    while (length > 0 && !vocabulary.has(rest.slice(0, length))) length -= 1
    const meaning = vocabulary.get(rest.slice(0, length))
    if (!meaning) return undefined
    sets.push(meaning)
    strong ||= meaning.strong
    rest = rest.slice(length)
  }
  return { sets, strong, ...(seconds === undefined ? {} : { seconds }) }
}

/** First characters of all option words and lengths, in every form that NFKC and lower case make the same. */
const firsts = new Set([...[...vocabulary.keys()].map(word => word.charAt(0)), ...'0123456789时长约一二三五六十'])
/** Characters that need no folding to be looked up: small Latin letters, digits and common Han. */
const folded = /^[a-z0-9\u4e00-\u9fff]/

function lookUp(phrase: string): Found | undefined {
  if (phrase.length > 40) return undefined
  // Most words of a prompt begin like no option word: they need no folding and no reading.
  if (folded.test(phrase) && !firsts.has(phrase.charAt(0))) return undefined
  const word = phrase.normalize('NFKC').toLowerCase()
  const meaning = vocabulary.get(word)
  if (meaning) return { sets: [meaning], strong: meaning.strong }
  const time = englishSeconds.exec(word)
  if (time) {
    const seconds = Number(time[1])
    if (!possible(seconds)) return undefined
    return { sets: [], seconds, strong: usual.has(seconds) || !/^\d+s$/.test(word) }
  }
  return /\p{Script=Han}/u.test(word) ? chineseRun(word) : undefined
}

const plain = (token: string | undefined): string => (token ?? '').normalize('NFKC').toLowerCase()

/** Option words at the end of a clause, those a sentence may need left out: lengths, where the text goes on ("5 seconds, then ..."). */
function trailing(tokens: readonly string[], final: boolean): Match[] {
  const run: Match[] = []
  let at = tokens.length
  search: while (at > 0) {
    for (let size = Math.min(mostWords, at); size > 0; size -= 1) {
      const found = lookUp(tokens.slice(at - size, at).join(' '))
      if (!found) continue
      run.unshift({ ...found, from: at - size, to: at })
      at -= size
      continue search
    }
    break
  }
  if (at === 0) return run
  if (!final) run.splice(0, run.findLastIndex(match => match.seconds !== undefined) + 1)
  for (let first = run[0]; first; first = run[0]) {
    const previous = plain(tokens[first.from - 1])
    const needed = first.seconds !== undefined && (before.has(previous) || beforeHan.test(previous))
    if (first.strong && !needed) break
    run.shift()
  }
  return run
}

/** Option words at the beginning of a clause that goes on; lengths only at the beginning of all. */
function leading(tokens: readonly string[], first: boolean): Match[] {
  const run: Match[] = []
  let at = 0
  search: while (at < tokens.length) {
    for (let size = Math.min(mostWords, tokens.length - at); size > 0; size -= 1) {
      const found = lookUp(tokens.slice(at, at + size).join(' '))
      if (!found) continue
      run.push({ ...found, from: at, to: at + size })
      at += size
      continue search
    }
    break
  }
  for (let last = run.at(-1); last; last = run.at(-1)) {
    const counted = last.seconds !== undefined
    const needed =
      counted &&
      (!first || afterHan.test(plain(tokens[last.to])) || !/秒/.test(tokens.slice(last.from, last.to).join('')))
    if (last.strong && !needed) break
    run.pop()
  }
  return run
}

/** Options as they are heard: of camera moves there may be several (camera.ts). */
interface Heard {
  readonly options: Options
  readonly moves: CameraPreset[]
}

function apply(matches: readonly Match[], { options, moves }: Heard): void {
  for (const { sets, seconds } of matches) {
    if (seconds !== undefined) options.seconds = seconds
    for (const { field, value } of sets) {
      if (field === 'camera') moves.push(value as CameraPreset)
      else Object.assign(options, { [field]: value })
    }
  }
}

/** One clause without its option words, or undefined if nothing else was in it. */
function clause(text: string, heard: Heard, first: boolean, final: boolean): string | undefined {
  const tokens = text.split(' ').filter(Boolean)
  if (tokens.length === 0) return text
  const ends = trailing(tokens, final)
  const starts = ends[0]?.from === 0 ? [] : leading(tokens, first)
  apply([...starts, ...ends], heard)
  const rest = tokens.slice(starts.at(-1)?.to ?? 0, ends[0]?.from ?? tokens.length)
  const last = rest.at(-1) ?? ''
  const tail = final ? glued.exec(last) : null
  if (tail?.[1] && !beforeHan.test(tail[1])) {
    heard.options.seconds ??= Number(tail[2])
    rest[rest.length - 1] = tail[1]
  }
  if (rest.length === 0) return undefined
  if (rest.length === tokens.length && rest.at(-1) === last) return text
  return `${text.startsWith(' ') ? ' ' : ''}${rest.join(' ')}`
}

const clauseEnd = /(\n|[;，；、。!！?？|｜]|,(?!\d)|\.(?=\s|$))/u

function once(prose: string): Heard & { prompt: string } {
  const heard: Heard = { options: {}, moves: [] }
  const parts = prose.split(clauseEnd)
  const lastSaid = parts.findLastIndex((part, at) => at % 2 === 0 && part.trim() !== '')
  let prompt = ''
  /** The separator before the next clause; a clause taken out takes one separator with it. */
  let glue = ''
  for (let at = 0; at < parts.length; at += 2) {
    const kept = clause(parts[at] ?? '', heard, prompt === '', at >= lastSaid)
    if (kept === undefined) {
      if (prompt === '' && at > 0) continue
      if (at + 1 >= parts.length) break
      glue = at === 0 ? '' : (parts[at + 1] ?? '')
      continue
    }
    prompt += glue + kept
    glue = parts[at + 1] ?? ''
  }
  if (/^[.。!！?？]$/.test(glue)) prompt += glue
  return { prompt: clean(prompt), ...heard }
}

/** Takes the option words out of a text until none is left; `prompt` given again finds nothing more. */
export function takeWords(prose: string): Heard & { prompt: string } {
  let { prompt, options, moves } = once(prose)
  for (let last = prose; prompt !== last; ) {
    last = prompt
    const next = once(prompt)
    prompt = next.prompt
    options = { ...next.options, ...options }
    moves = [...moves, ...next.moves]
  }
  const empty = !/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(prompt)
  const said = Object.keys(options).length + moves.length > 0
  return { prompt: empty && said ? '' : prompt, options, moves }
}
