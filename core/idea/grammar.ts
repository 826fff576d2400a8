import { takeWords } from '../parse/words.ts'
import type { CameraPreset } from '../request.ts'
import type { Kind } from './cast.ts'
import { type Chance, openChance } from './chance.ts'
import { ideaLimits, type Shot } from './shots.ts'
import { readTheme, type Theme } from './theme.ts'

/**
 * The built-in shot list: a wide opening, an approach, what happens (in the member's own words), a reaction, an ending; longer lists get
 * an obstacle, a pursuit and a moment together. Its sentences keep to the theatre's vocabulary. Pure: the same seed tells the same.
 */

type Beat = 'opening' | 'approach' | 'action' | 'reaction' | 'obstacle' | 'pursuit' | 'together' | 'ending'

const cameras: Readonly<Record<Beat, readonly [CameraPreset, ...CameraPreset[]]>> = {
  opening: ['pull-out', 'crane-down', 'pan-right'],
  approach: ['follow', 'push-in'],
  action: ['push-in', 'orbit', 'handheld'],
  reaction: ['push-in', 'fixed'],
  obstacle: ['handheld', 'pan-left'],
  pursuit: ['follow'],
  together: ['orbit', 'fixed'],
  ending: ['pull-out', 'crane-up'],
}

/** Beats of a list of so many shots with so many deeds, in order. */
function beatsOf(count: number, deeds: number): Beat[] {
  const actions = Math.min(Math.max(1, deeds), count - 2)
  const middle: Beat[] = Array.from({ length: actions }, () => 'action')
  const wanted = (beat: Beat, left: number): Beat[] => (left > 0 ? [beat] : [])
  const left = count - 2 - actions
  return [
    'opening',
    ...wanted('approach', left),
    ...wanted('obstacle', left - 2),
    ...middle,
    ...wanted('pursuit', left - 3),
    ...wanted('reaction', left - 1),
    ...wanted('together', left - 4),
    'ending',
  ]
}

const moving: Readonly<Record<Theme['language'], Readonly<Record<Kind, string>>>> = {
  en: { land: 'walking', fly: 'flying', swim: 'swimming', drive: 'driving', air: 'flying' },
  zh: { land: '散步', fly: '飞', swim: '游', drive: '行驶', air: '飞' },
}

type Say = (theme: Theme, chance: Chance) => string

const english: Readonly<Record<Beat, Say>> = {
  opening: ({ hero, kind, where, when }, chance) =>
    `${hero} ${chance.pick([moving.en[kind], 'appearing'])} ${where} ${when ?? 'at dawn'}`,
  approach: ({ hero, other, where }, chance) => `${hero} ${chance.pick(['meeting', 'looking at'])} ${other} ${where}`,
  action: ({ hero, other, where }, chance) => `${hero} ${chance.pick(['chasing', 'racing'])} ${other} ${where}`,
  reaction: ({ hero, where }, chance) => `${hero} ${chance.pick(['jumping happily', 'laughing'])} ${where}`,
  obstacle: ({ hero, where }, chance) =>
    `${hero} ${chance.pick(['hiding', 'shaking'])} ${where} ${chance.pick(['in the rain', 'in the storm'])}`,
  pursuit: ({ hero, other, where }) => `${other} chasing ${hero} ${where}`,
  together: ({ hero, other, where }) => `${hero} and ${other} dancing ${where}`,
  ending: ({ hero, kind, other, where, when }, chance) => {
    const rest = kind === 'land' ? 'sitting' : moving.en[kind]
    return `${hero} and ${other} ${chance.pick([rest, 'waving'])} ${where} ${when ?? chance.pick(['at sunset', 'at night'])}`
  },
}

/** Whoever is described stands last: what stands before 和 may be taken for the other's. */
const chineseSay: Readonly<Record<Beat, Say>> = {
  opening: ({ hero, kind, where, when }, chance) =>
    `${when ?? '清晨'}，${hero}${where}${chance.pick([moving.zh[kind], '出现'])}`,
  approach: ({ hero, other, where }, chance) => `${hero}${where}${chance.pick(['遇见', '看着'])}${other}`,
  action: ({ hero, other, where }, chance) => `${hero}${where}${chance.pick(['追赶', '追'])}${other}`,
  reaction: ({ hero, where }, chance) => `${hero}${where}${chance.pick(['开心地跳', '大笑'])}`,
  obstacle: ({ hero, where }, chance) =>
    `${chance.pick(['下雨', '暴风雨'])}，${hero}${where}${chance.pick(['躲藏', '发抖'])}`,
  pursuit: ({ hero, other, where }) => `${other}${where}追赶${hero}`,
  together: ({ hero, other, where }) => `${other}和${hero}${where}跳舞`,
  ending: ({ hero, kind, other, where, when }, chance) => {
    const rest = kind === 'land' ? '坐着' : moving.zh[kind]
    return `${when ?? chance.pick(['黄昏', '夜晚'])}，${other}和${hero}${where}${chance.pick([rest, '挥手'])}`
  },
}

/** All but the opening and the ending. */
const mostDeeds = ideaLimits.most - 2

/** A shot list of so many shots (3 to 8) of `seconds` each. What the idea does not say is chosen by the seed. */
export function inventShots(
  idea: string,
  { count, seconds, seed }: { count: number; seconds: Shot['seconds']; seed: number },
): Shot[] {
  const chance = openChance(seed)
  const theme = readTheme(idea, chance)
  const say = theme.language === 'zh' ? chineseSay : english
  const deeds = theme.deeds.slice(0, mostDeeds)
  // What is more than a list can hold happens in its last action.
  if (theme.deeds.length > mostDeeds) deeds.push([deeds.pop(), ...theme.deeds.slice(mostDeeds)].join(', '))
  const wanted = Math.min(ideaLimits.most, Math.max(ideaLimits.least, count, deeds.length + 2))
  return beatsOf(wanted, deeds.length).map(beat => {
    const deed = beat === 'action' ? deeds.shift() : undefined
    const told = deed ?? say[beat](theme, chance)
    // A name such as "portrait" may be an option as well; then it is one, as anywhere.
    return { prompt: takeWords(told).prompt || told, seconds, camera: { preset: chance.pick(cameras[beat]) } }
  })
}
