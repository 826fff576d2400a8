import { nearest } from '../core/parse/nearest.ts'
import { parse } from '../core/parse/parse.ts'
import { allCommands, type Command, type CommandName, commands } from './commands.ts'

/** What a line of text calls for. `near` = no such command, but this one is spelled much like it. */
export type Call = { command: CommandName; rest: string } | { unknown: string; near?: string }

const byName = new Map<string, CommandName>(
  allCommands.flatMap(([id, { en, zh }]) => [...en, ...zh].map((name): [string, CommandName] => [name, id])),
)
/** Longest first, so that 再来一次 is not read as 再来. */
const chinese = [...byName.keys()].filter(name => /\p{Script=Han}/u.test(name)).sort((a, b) => b.length - a.length)

const prefixed = /^[/!／！]([\p{L}][\p{L}\p{N}_-]*)(?:@[\w.-]+)?(?:\s*[:：]\s*|\s+|$)(.*)$/su
const plain = /^([\p{L}]+)(?:\s*[:：]\s*|\s+|$)(.*)$/su

/** What confirms a question. */
export const yes = /^(?:yes|确定|是|好)$/i

/** What may follow a command said without a slash, where anything longer is more likely a sentence. */
const fits = (command: Command, rest: string, isChinese = false): boolean => {
  if (rest === '') return !command.args.some(arg => arg.required)
  const kind = command.args[0]?.kind
  if (kind === 'job') return /^#?\d{1,9}$|^(?:all|全部|所有)$/iu.test(rest)
  if (kind === 'number') return /^\d{1,6}$/.test(rest)
  if (kind === 'code') return /^[A-Za-z0-9-]{4,40}$/.test(rest)
  if (kind === 'link') return /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/i.test(rest)
  // "buy flowers" is a scene; 购买 medium is none.
  if (kind === 'pack') return isChinese && /^[a-z0-9-]{1,24}$/i.test(rest)
  if (kind === 'yes') return yes.test(rest)
  if (kind === 'cut') return isCut(rest)
  if (kind === 'text') return isOptions(rest)
  if (kind === 'setting')
    return /^(?:language|model|tier|quality|ratio|reset|语言|模型|画质|品质|画幅|比例|重置)(?:\s|$)/iu.test(rest)
  return false
}

/** "extend 10 seconds": settings and no words, so it is about what is there already. */
function isOptions(rest: string): boolean {
  try {
    return parse(rest).prompt === ''
  } catch {
    return false
  }
}

/** One word of what follows an edit's name: a number with its unit, a span, a clip's code, a format or a transition. */
const cutWord =
  /^(?:(?:从|第|from)?[#x×]?\d[\d.:：/～~–—到至秒sx×倍速次遍-]*|K[2-9A-HJ-NP-Z]{3,9}|to|到|至|s|gif|webp|standard|high|master|标准|高品质|大师|fade|wipe|cut|slow|fast|慢|快|两倍|淡入淡出|擦除|硬切)$/iu

/** "loop 3", 裁剪 1到4秒, "join 12 13 fade --title Any words", but not "trim the hedge". */
const isCut = (rest: string): boolean =>
  (rest.split(/(?:^|\s)--(?=\p{L})/u)[0] ?? '').split(/[\s,，、+]+/u).every(word => word === '' || cutWord.test(word))

/**
 * Finds the command of a cleaned line: `/video a cat`, `!余额`, 视频 一只猫, `credits`. Undefined = plain words.
 * Of what is not addressed to the bot only slash commands and Chinese command words count.
 */
export function readCommand(text: string, addressed: boolean): Call | undefined {
  const slash = prefixed.exec(text)
  if (slash) return readPrefixed(slash[1] ?? '', slash[2] ?? '', addressed)
  const [, word = '', rest = ''] = plain.exec(text) ?? []
  const id = byName.get(word.toLowerCase())
  if (!id) return undefined
  const command: Command = commands[id]
  const isChinese = /\p{Script=Han}/u.test(word)
  if (isChinese && command.who === 'member') {
    const takesWords = command.args[0]?.kind === 'text' || (isCalled(text, word) && command.args[0]?.kind === 'cut')
    return takesWords || saysItself[id]?.test(rest) || fits(command, rest, true) ? { command: id, rest } : undefined
  }
  if (!addressed || isChinese) return undefined
  if (/^(?:video|image|drafts|compare|caption|idea)$/.test(id) && isCalled(text, word)) return { command: id, rest }
  if (saysItself[id]?.test(rest)) return { command: id, rest }
  return command.bare && fits(command, rest) ? { command: id, rest } : undefined
}

/** Commands whose name begins no scene, with what may follow it. */
const saysItself: Readonly<Partial<Record<CommandName, RegExp>>> = {
  idea: /^/,
  duet: /^(?:@|(?:no|cancel)?$)/i,
  // Two values of an option.
  compare: /--\p{L}+[\s=]+[^\s,，、]+[,，、]/u,
}

/** "video: a cat": the colon says that the word is a command. */
const isCalled = (text: string, word: string): boolean => new RegExp(`^${word}\\s*[:：]`, 'u').test(text)

function readPrefixed(word: string, rest: string, addressed: boolean): Call | undefined {
  const name = word.toLowerCase()
  const id = byName.get(name)
  if (id) return { command: id, rest }
  const start = chinese.find(known => name.startsWith(known))
  if (start) return { command: byName.get(start) ?? 'help', rest: `${word.slice(start.length)} ${rest}`.trim() }
  if (!addressed) return undefined
  const near = nearest(name, byName.keys())
  return near ? { unknown: word, near } : { unknown: word }
}
