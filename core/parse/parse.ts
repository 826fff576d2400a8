import { UserError } from '../errors.ts'
import { promptLimit } from '../request.ts'
import { combine } from './camera.ts'
import { clean } from './clean.ts'
import { isOption, optionNamed, options } from './options.ts'
import { cameraWords } from './vocabulary.ts'
import type { Options, Wish } from './wish.ts'
import { takeWords } from './words.ts'

/** `--name` or `--name=value`; a letter must follow, so that "--" and "-->" stay what they are. */
const dashed = /^--(\p{L}[\p{L}\p{N}-]*)(?:[=:](.*))?$/su
/** Phones and Chinese keyboards write other dashes; those count only before a name we know. */
const typographic = /^(?:[—–―]|－{1,2}|——)(\p{L}[\p{L}\p{N}-]*)(?:[=:](.*))?$/su

/** "--last," and 「--尾帧，一只猫」: an option without a value ends where its clause does. */
const clauseEnd = /^([^,，;；。、]+)([,，;；。、].*)$/su
const separators = /^[,，;；。、]+/u

/** What an option can begin with: every dash of the two patterns above, and what NFKC makes a "-" of. */
const dash = /^[-—–―\ufe63\uff0d]/

function optionOf(token: string): { name: string; value?: string } | undefined {
  if (!dash.test(token)) return undefined
  const [, head, rest] = clauseEnd.exec(token) ?? []
  const bare = head === undefined ? undefined : optionOf(head)
  if (bare && rest !== undefined && isOption(bare.name) && optionNamed(bare.name).bare)
    return { name: bare.name, value: [bare.value, rest].join('') }
  const plain = token.normalize('NFKC')
  const own = dashed.exec(plain)
  const near = own ?? typographic.exec(token)
  const name = near?.[1]
  if (!near || !name || (!own && !isOption(name))) return undefined
  return near[2] === undefined || near[2] === '' ? { name } : { name, value: near[2] }
}

/**
 * Words with options -> wish. Options: `--ar 9:16 --seconds 10 --no text` anywhere, and plain words (words.ts); a dashed option wins
 * over a word, a later one over an earlier one. Throws UserError `refusal.option-*`, `refusal.camera-mix` or
 * `refusal.prompt-too-long`, nothing else.
 */
export function parse(text: string): Wish {
  if (text.length > 4 * promptLimit)
    throw new UserError('refusal.prompt-too-long', { chars: text.length, limit: promptLimit })
  const prose: string[] = []
  const said: Options = {}
  const tokens = clean(text)
    .split(/( |\n)/)
    .filter(token => token !== ' ' && token !== '')
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? ''
    const found = optionOf(token)
    if (!found) {
      prose.push(token)
      continue
    }
    const option = optionNamed(found.name)
    if (option.bare) {
      Object.assign(said, { [option.field]: option.read('') })
      const words = prose.length === 0 ? found.value?.replace(separators, '') : found.value
      tokens.splice(at + 1, 0, ...(words ?? '').split(/\s+/).filter(Boolean))
      continue
    }
    const values = found.value === undefined ? [] : [found.value]
    const follows = (): string | undefined => {
      const next = tokens[at + 1]
      return next === undefined || next === '\n' || optionOf(next) ? undefined : next
    }
    const take = (): void => {
      const next = follows()
      if (next === undefined) return
      values.push(next)
      at += 1
    }
    if (option.many) while (follows() !== undefined) take()
    else if (values.length === 0) take()
    if (option.field === 'camera' && cameraWords.has(`${values[0]} ${follows()}`.toLowerCase())) take()
    const whole = values.join(' ').trim()
    const value = option.many ? whole : whole.replace(/[,，;；。、]+$/, '')
    if (value.length < whole.length) prose.push(whole.slice(value.length))
    if (value === '' || optionOf(values[0] ?? ''))
      throw new UserError('refusal.option-empty', { option: `--${option.names[0]}` })
    Object.assign(said, { [option.field]: option.read(option.many ? value : value.normalize('NFKC')) })
  }
  const { prompt, options: words, moves } = takeWords(clean(prose.join(' ')))
  if (prompt.length > promptLimit)
    throw new UserError('refusal.prompt-too-long', { chars: prompt.length, limit: promptLimit })
  const camera = said.camera ?? combine(moves)
  return { ...words, ...said, ...(camera && { camera }), prompt }
}

/** A wish as one line that parses to the same wish: the recipe people can copy. */
export function print(wish: Wish): string {
  const parts = options.flatMap(option => {
    const value = wish[option.field]
    return value === undefined
      ? []
      : [`--${option.names[0]} ${(option.write as (value: unknown) => string)(value)}`.trimEnd()]
  })
  return [wish.prompt, ...parts].filter(part => part !== '').join(' ')
}
