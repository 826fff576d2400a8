import { readFileSync, statSync } from 'node:fs'
import { ConfigError } from '../core/config.ts'
import type { Log } from '../core/log.ts'

/** The operator's word lists: what may not be asked for at all, and what only where adults are among themselves. */
export interface Content {
  /** The first thing in a prompt that is on the list, as it was said; undefined if nothing is. */
  find(list: 'blocked' | 'adult', prompt: string): string | undefined
}

type Finder = (prompt: string) => string | undefined

/** Scripts written without blanks: a word may stand anywhere in them, so its edges say nothing. */
const dense =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}]'
const joins = `[[\\p{L}\\p{N}\\p{M}]--${dense}]`
const startsJoined = new RegExp(`^${joins}`, 'v')
const endsJoined = new RegExp(`${joins}$`, 'v')
const gaps = new RegExp(`(?<=${dense})\\s+(?=${dense})`, 'gv')

/** The same letters for the same word: width and case folded, invisible characters gone, blanks alike. */
const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{Cf}\p{Variation_Selector}]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()

const escaped = (word: string): string => word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** A word as a pattern: whole words in scripts with blanks ("ass" is not in "grass"), anywhere in those without. */
function patternOf(word: string): string {
  const before = startsJoined.test(word) ? `(?<!${joins})` : ''
  const after = endsJoined.test(word) ? `(?!${joins})` : ''
  return before + escaped(word).replaceAll(' ', '\\s+') + after
}

/**
 * Reads a list: one word (or several) a line, /a regular expression/ where words are not enough, # begins a comment. Pure. Throws an
 * Error naming the line that is no expression.
 */
export function readWordList(text: string): Finder {
  const words: string[] = []
  const patterns: RegExp[] = []
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const entry = line.trim()
    if (entry === '' || entry.startsWith('#')) continue
    const [, pattern] = /^\/(.+)\/[a-z]*$/u.exec(entry) ?? []
    if (pattern === undefined) words.push(fold(entry))
    else
      try {
        patterns.push(new RegExp(pattern, 'iu'))
      } catch (error) {
        throw new Error(`line ${at + 1}: ${error instanceof Error ? error.message : error}`)
      }
  }
  const known = words.filter(word => word !== '').sort((a, b) => b.length - a.length)
  if (known.length > 0) patterns.unshift(new RegExp(known.map(patternOf).join('|'), 'v'))
  return prompt => {
    const folded = fold(prompt)
    // Blanks between characters that need none hide nothing.
    for (const said of new Set([folded, folded.replaceAll(gaps, '')]))
      for (const pattern of patterns) {
        const found = pattern.exec(said)?.[0]
        if (found) return found
      }
    return undefined
  }
}

/** A list and the state of the file it was read from. */
interface Kept {
  readonly file: string
  state: string
  lookedAt: number
  find: Finder
}

const stateOf = (file: string): string => {
  const { mtimeMs, size, ino } = statSync(file)
  return `${mtimeMs} ${size} ${ino}`
}

/**
 * Opens the lists; a changed file is read again. One that cannot be read stops the start (ConfigError); one that becomes wrong or goes
 * away later is said aloud and the list stays as it was. `everyMs`: how often the files are looked at, at most.
 */
export function openContent(
  files: { readonly blocked?: string | undefined; readonly adult?: string | undefined },
  log: Log,
  everyMs = 2_000,
): Content {
  const open = (file: string | undefined, setting: string): Kept | undefined => {
    if (file === undefined) return undefined
    try {
      return { file, state: stateOf(file), lookedAt: Date.now(), find: readWordList(readFileSync(file, 'utf8')) }
    } catch (error) {
      throw new ConfigError(`${setting}: ${file} cannot be used, ${error instanceof Error ? error.message : error}`)
    }
  }

  function refresh(kept: Kept): void {
    if (Date.now() - kept.lookedAt < everyMs) return
    kept.lookedAt = Date.now()
    let state = 'gone'
    try {
      state = stateOf(kept.file)
      if (state === kept.state) return
      kept.find = readWordList(readFileSync(kept.file, 'utf8'))
      log.info({ file: kept.file }, 'word list read again')
    } catch (error) {
      if (state !== kept.state) log.error({ err: error, file: kept.file }, 'word list not read; the one before stays')
    }
    kept.state = state
  }

  const lists = { blocked: open(files.blocked, 'BLOCKED_WORDS'), adult: open(files.adult, 'ADULT_WORDS') }
  return {
    find(list, prompt) {
      const kept = lists[list]
      if (kept) refresh(kept)
      return kept?.find(prompt)
    },
  }
}

/** No lists. */
export const noContent: Content = { find: () => undefined }
