import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { FilmRules } from '../../core/film/film.ts'
import { nearest } from '../../core/parse/nearest.ts'
import { ratios, tiers } from '../../core/request.ts'

/** What is said to a film: "/film new The moon rabbit --turns round --pot", 「影片 规则 轮流」, "film mute Bob". */
export type FilmCall =
  | { readonly act: 'board' | 'join' | 'leave' | 'end' | 'archive' | 'export' | 'pass' | 'list' }
  | { readonly act: 'new'; readonly title: string; readonly rules: Partial<FilmRules>; readonly hours?: number }
  | { readonly act: 'rules'; readonly rules: Partial<FilmRules>; readonly title?: string; readonly hours?: number }
  /** Makes a film again from its file, or from the film here. */
  | { readonly act: 'again'; readonly link?: string }
  | { readonly act: 'mute' | 'unmute' | 'invite' | 'host'; readonly name: string }
  | { readonly act: 'remove'; readonly shot: number; readonly take: number }
  /** Without a code: asks for one; with one: brings this room into that film. */
  | { readonly act: 'bridge'; readonly code?: string }

const acts: Readonly<Record<FilmCall['act'], readonly string[]>> = {
  new: ['new', 'start', 'open', '新建', '开拍', '开机'],
  board: ['board', 'show', '看板', '进展'],
  list: ['list', 'films', '列表'],
  join: ['join', '加入', '参加'],
  leave: ['leave', '退出'],
  rules: ['rules', 'set', '规则', '设置'],
  mute: ['mute', '禁言'],
  unmute: ['unmute', '解禁', '解除禁言'],
  invite: ['invite', '邀请'],
  host: ['host', 'handover', '移交', '导演'],
  remove: ['remove', '移除', '删镜头'],
  bridge: ['bridge', 'connect', '连通', '桥接'],
  pass: ['pass', '跳过'],
  end: ['end', 'close', '杀青', '结束'],
  archive: ['archive', '归档'],
  export: ['export', 'json', '导出'],
  again: ['again', 'remake', '重拍'],
}
const actNamed = new Map(
  Object.entries(acts).flatMap(([act, names]) => names.map(name => [name, act as FilmCall['act']])),
)

/** A rule as people say it: `--turns round`, "轮流", "pot". */
const words: readonly (readonly [readonly string[], Partial<FilmRules>])[] = [
  [['round', '轮流'], { turns: 'round' }],
  [['free', '自由'], { turns: 'free' }],
  [['first', '先到先得'], { turns: 'first' }],
  [['relay', '接龙'], { relay: true }],
  [['no-relay', '不接龙'], { relay: false }],
  [['each', '各付各的', '自费'], { pays: 'each' }],
  [['host-pays', '我请客', '请客'], { pays: 'host' }],
  [['pot', '凑份子', '众筹'], { pays: 'pot' }],
  [['invited', '仅邀请'], { join: 'invited' }],
  [['everyone', '所有人'], { join: 'everyone' }],
]
const ruleWord = new Map(words.flatMap(([names, rules]) => names.map(name => [name, rules] as const)))

const whole = (text: string): number => Number(text.replace(/^#/, ''))
/** Rules that take a value. */
const valued: Readonly<Record<string, (value: string) => Partial<FilmRules>>> = {
  turns: value => ({ turns: value as FilmRules['turns'] }),
  minutes: value => ({ turnMinutes: whole(value) }),
  shots: value => ({ shots: whole(value) }),
  takes: value => ({ takesEach: whole(value) }),
  style: value => ({ style: value }),
  ratio: value => ({ ratio: z.enum(ratios).parse(value) }),
  model: value => ({ model: value }),
  draft: value => ({ draftTier: z.enum(tiers).parse(value) }),
  final: value => ({ finalTier: z.enum(tiers).parse(value) }),
  pays: value => ({ pays: value as FilmRules['pays'] }),
  join: value => ({ join: value as FilmRules['join'] }),
  budget: value => ({ budget: whole(value) }),
  each: value => ({ memberBudget: whole(value) }),
  goal: value => ({ goal: whole(value), pays: 'pot' }),
}
const valuedNames = new Map<string, string>([
  ...Object.keys(valued).map(name => [name, name] as const),
  ['ar', 'ratio'],
  ['顺序', 'turns'],
  ['分钟', 'minutes'],
  ['镜头数', 'shots'],
  ['风格', 'style'],
  ['画幅', 'ratio'],
  ['预算', 'budget'],
  ['每人', 'each'],
  ['目标', 'goal'],
  ['pot', 'goal'],
  ['凑份子', 'goal'],
])

interface Said {
  readonly rest: string
  readonly rules: Partial<FilmRules>
  readonly hours?: number
}

/** Takes rules out of words. `bare`: rules may also be said without dashes. Throws UserError `refusal.film-rule`. */
function readRules(text: string, bare: boolean): Said {
  const rest: string[] = []
  let rules: Partial<FilmRules> = {}
  let hours: number | undefined
  const parts = text.split(/\s+(?=--|—)/u)
  for (const [i, part] of parts.entries()) {
    const dashed = /^(?:--|—+)([\p{L}-]+)(?:[\s=:]+(.*))?$/su.exec(part)
    if (!dashed) {
      for (const token of i === 0 ? part.split(/\s+/u) : [part]) {
        const rule = bare ? ruleWord.get(token.toLowerCase()) : undefined
        if (rule) rules = { ...rules, ...rule }
        else if (token !== '') rest.push(token)
      }
      continue
    }
    const [, name = '', value = ''] = dashed
    const word = ruleWord.get(name.toLowerCase())
    const takes = valuedNames.get(name.toLowerCase())
    if (name.toLowerCase() === 'hours' || name === '小时') hours = Number(value)
    else if (takes !== undefined && value !== '') rules = { ...rules, ...readRule(takes, value.trim(), name) }
    else if (word) {
      rules = { ...rules, ...word }
      if (value !== '') rest.push(value)
    } else throw notARule(name)
  }
  if (hours !== undefined && !(hours > 0 && hours <= 24 * 30)) throw notARule('hours')
  return { rest: rest.join(' ').trim(), rules, ...(hours !== undefined && { hours }) }
}

function readRule(takes: string, value: string, name: string): Partial<FilmRules> {
  try {
    const rule = valued[takes]?.(value) ?? {}
    FilmRules.parse({ ...rule })
    return rule
  } catch (error) {
    throw new UserError('refusal.film-rule-value', { rule: `--${name}`, value: value.slice(0, 40) }, error)
  }
}

const notARule = (name: string): UserError => {
  const near = nearest(name, [...valuedNames.keys(), ...ruleWord.keys(), 'hours'])
  return near
    ? new UserError('refusal.film-rule-near', { rule: `--${name}`, near: `--${near}` })
    : new UserError('refusal.film-rule', { rule: `--${name}` })
}

/**
 * Reads what follows "/film". Nothing: the board. A first word that is no verb of ours begins a new film's title.
 * With a file it is that film again. Throws UserError `refusal.film-*` for rules that are none.
 */
export function readFilm(text: string, file = false): FilmCall {
  const [, first = '', rest = ''] = /^\s*(\S*)\s*(.*)$/su.exec(text) ?? []
  if (first === '') return { act: file ? 'again' : 'board' }
  const act = actNamed.get(first.toLowerCase())
  switch (act) {
    case undefined:
    case 'new': {
      const { rest: title, rules, hours } = readRules(act === 'new' ? rest : text, false)
      const named = title.replaceAll(/^["“「《]|["”」》]$/gu, '').trim()
      if (named === '') throw new UserError('refusal.film-title')
      return { act: 'new', title: named.slice(0, 80), rules, ...(hours !== undefined && { hours }) }
    }
    case 'rules': {
      const said = readRules(rest, true)
      const { hours } = said
      return {
        act,
        rules: said.rules,
        ...(said.rest !== '' && { title: said.rest.slice(0, 80) }),
        ...(hours !== undefined && { hours }),
      }
    }
    case 'mute':
    case 'unmute':
    case 'invite':
    case 'host': {
      const name = rest.replace(/^@/u, '').trim()
      if (name === '') throw new UserError('refusal.film-name')
      return { act, name }
    }
    case 'remove': {
      const [, shot, take] = /^(\d{1,3})\s*[.．·\-\s]\s*(\d{1,3})$/u.exec(rest.trim()) ?? []
      if (!shot || !take) throw new UserError('refusal.film-which')
      return { act, shot: Number(shot), take: Number(take) }
    }
    case 'again':
      return { act, ...(rest.trim() !== '' && { link: rest.trim() }) }
    case 'bridge':
      return { act, ...(rest.trim() !== '' && { code: rest.trim().slice(0, 24) }) }
    default:
      return { act }
  }
}
