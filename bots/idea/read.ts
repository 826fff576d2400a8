import type { Change } from '../../core/idea/change.ts'
import { ideaLimits } from '../../core/idea/shots.ts'
import { parse } from '../../core/parse/parse.ts'

/** What is said about an open shot list. Pure. */
export type IdeaCall = Change | { readonly act: 'make' | 'other' | 'forget' }

const plain: readonly (readonly [RegExp, 'make' | 'other' | 'forget'])[] = [
  [/^(?:make|make it|render|render it|make the film|go|开拍|生成|制作|做吧|拍吧|开始制作)[.!。！]?$/iu, 'make'],
  [/^(?:other|others|another|other ideas|another one|换一批|换一个|换个点子|再想想)[.!。！]?$/iu, 'other'],
  [/^(?:forget it|never ?mind|drop it|算了|不要了|放弃)[.!。！]?$/iu, 'forget'],
]

const dropped = /^(?:drop|remove|delete|cut|删除|删掉|去掉|删)\s*(?:shots?\s*)?([第\d].{0,60})$/iu
const filler = /第|个|号|条|镜头|镜|and|和|[\s,，、]/giu

/** "3", "2, 4", 第3个镜头; undefined for words that name no shots. */
function shotsIn(text: string): number[] | undefined {
  const numbers = text.replace(filler, ' ').trim().split(/ +/)
  return numbers.every(number => /^\d{1,2}$/.test(number)) ? numbers.map(Number) : undefined
}

const added = /^(?:add|append|加上|添加|再加|加)(?:一个镜头|一镜|镜头)?(?:\s*[:：]\s*|\s+)(\S.*)$/isu
const set = /^(?:第\s*|#)?(\d{1,2})\s*(?:个镜头|镜头|镜|号)?\s*(?:[:：、)）]|\.(?=\s))\s*(\S.*)$/su

/** "2: a cat sleeps", "drop 3", 加 一只狗, "make"; undefined for words that change nothing of a list. Throws as `parse` does. */
export function readIdea(text: string): IdeaCall | undefined {
  const said = text.trim()
  const act = plain.find(([words]) => words.test(said))?.[1]
  if (act) return { act }
  const shots = shotsIn(dropped.exec(said)?.[1] ?? '')
  if (shots) return { act: 'drop', shots }
  const [, number, words] = set.exec(said) ?? []
  if (number !== undefined && words !== undefined) return { act: 'set', shot: Number(number), wish: parse(words) }
  const [, more] = added.exec(said) ?? []
  return more === undefined ? undefined : { act: 'add', wish: parse(more) }
}

const numerals = '三四五六七八'
const counted =
  /(?:^|[\s,，])(?:--shots[\s=:]+([3-8])|([3-8])\s*(?:-|\s)?shots?|([3-8三四五六七八])\s*个?(?:镜头|分镜))(?=$|[\s,，。:：])/iu

/** Takes "5 shots", 六个镜头 or "--shots 5" out of an idea. */
export function readCount(text: string): { words: string; count?: number } {
  const found = counted.exec(text)
  if (!found) return { words: text }
  const said = found[1] ?? found[2] ?? found[3] ?? ''
  const count = numerals.includes(said) ? numerals.indexOf(said) + ideaLimits.least : Number(said)
  return {
    words: text
      .replace(found[0], ' ')
      .replace(/ {2,}/g, ' ')
      .replace(/^[\s,，]+|[\s,，]+$/gu, ''),
    count,
  }
}
