import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Language, languages } from './lexicon.ts'
import { Noun } from './nouns.ts'
import type { Script } from './script.ts'
import { openLexicon } from './vocabulary.ts'
import { readWords } from './words.ts'

const root = new URL('../../../', import.meta.url)
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'))

const Concepts = z.looseObject({
  verbs: z.array(
    z.object({ id: z.string(), arity: z.enum(['solo', 'duo', 'attach', 'either']), needs: z.string().optional() }),
  ),
  sets: z.array(z.string()),
  times: z.array(z.string()),
  weathers: z.array(z.string()),
  cameras: z.array(z.string()),
  moods: z.array(z.string()),
  colours: z.array(z.string()),
  sizes: z.array(z.string()),
  speeds: z.array(z.string()),
})
const concepts = Concepts.parse(json('worker/training/theatre/concepts.json'))
const nouns = z.array(Noun).parse(json('worker/training/theatre/nouns.json'))
const Vocabulary = z.object({ words: z.record(z.string(), z.record(z.string(), z.string())) })
const { words } = Vocabulary.parse(json('worker/models/theatre/vocabulary.json'))
const lexicon = await openLexicon(new URL('worker/models/theatre', root).pathname, nouns, concepts.verbs)

const said = (language: Language): Set<string> =>
  new Set(Object.keys(words[language] ?? {}).flatMap(meaning => meaning.split(/[|+]/)))

describe('the vocabulary', () => {
  it.each(languages)('has words for everything the director knows: %s', language => {
    const known = said(language)
    const wanted = [
      ...concepts.verbs.map(({ id }) => `verb:${id}`),
      ...concepts.sets.map(id => `set:${id}`),
      ...concepts.times.map(id => `time:${id}`),
      ...concepts.weathers.map(id => `weather:${id}`),
      ...concepts.cameras.map(id => `camera:${id}`),
      ...concepts.moods.map(id => `mood:${id}`),
      ...concepts.colours.map(id => `colour:${id}`),
      ...concepts.sizes.map(id => `size:${id}`),
      ...concepts.speeds.map(id => `speed:${id}`),
    ]
    expect(wanted.filter(id => !known.has(id))).toEqual([])
  })

  it.each(languages)('names at least 500 actors and props: %s', language => {
    expect([...said(language)].filter(id => id.startsWith('noun:')).length).toBeGreaterThanOrEqual(500)
  })

  it('names only what exists', () => {
    const ids = new Set(nouns.map(({ id }) => `noun:${id}`))
    const named = languages.flatMap(language => [...said(language)].filter(id => id.startsWith('noun:')))
    expect(named.filter(id => !ids.has(id))).toEqual([])
  })

  it.each([
    ['en', 'pirate', 'pirate'],
    ['es', 'pirata', 'pirate'],
    ['fr', 'pirate', 'pirate'],
    ['de', 'pirat', 'pirate'],
    ['pt', 'pirata', 'pirate'],
    ['ru', 'пират', 'pirate'],
    ['ja', '海賊', 'pirate'],
    ['ko', '해적', 'pirate'],
    ['zh-CN', '海盗', 'pirate'],
    ['zh-TW', '海盜', 'pirate'],
  ] as const)('knows a %s pirate from a parrot', (language, word, noun) => {
    expect(readWords(word, lexicon, { seed: 1, language }).cast.map(role => role.noun)).toEqual([noun])
  })
})

/** Who is there, what they do, where: `set time weather camera: noun verb+verb, ...`, things that were not said left out. */
function tell(script: Script): string {
  const where = [script.set, script.time, script.weather, script.camera].filter(Boolean).join(' ')
  const cast = script.cast.map(({ noun, verbs, attach }) => [noun, verbs.join('+'), attach].filter(Boolean).join(' '))
  return `${where}: ${cast.join(', ')}`
}

const everyday: Record<Language, readonly (readonly [prompt: string, told: string])[]> = {
  en: [
    ['A cat chasing a butterfly in the garden', 'garden: cat chase, butterfly'],
    [
      'A dog in a suit riding a motorcycle through a neon city',
      'neon-city: dog-upright ride ride, suit wear, motorcycle',
    ],
    ['A giant robot runs across the rooftops', 'rooftop: mecha run'],
    ['A duck hugs a teddy bear', ': duck hug, teddy-bear'],
    ['The astronaut is playing guitar on the moon', 'moon: astronaut play, guitar hold'],
    ['A soccer ball rolling down a hill', 'mountain: soccer-ball roll'],
    ['The boy gives his mom a flower', ': boy give, woman, rose'],
  ],
  'zh-CN': [
    ['白猫追红狐狸和蝴蝶', ': cat chase, fox, butterfly'],
    ['一只猫在沙发上睡觉', ': cat sleep on, couch-and-lamp'],
    ['小狗躺在床上', ': dog sleep on, bed'],
    ['一只黑白相间的猫追着蝴蝶', ': cat chase, butterfly'],
    ['一只企鹅穿着西装，在办公室里开会，用严肃的表情进行演讲', 'office: penguin meeting+speech, suit wear'],
    ['拟人化的穿着西装的狗，提着包在公交车上', 'bus: dog-upright, suit wear, briefcase hold'],
    [
      '春节，爷爷奶奶，爸爸妈妈，1个男孩，5个人其乐融融',
      'festival: old-man gather, old-woman gather, man gather, woman gather, boy gather',
    ],
    ['小兔子吃月饼', ': rabbit eat, moon-cake'],
    ['摩托车在霓虹都市飞驰', 'neon-city: motorcycle drive'],
    ['机甲在楼顶跑酷', 'rooftop: mecha parkour'],
    ['机器人送给女孩一朵玫瑰', ': robot give, girl, rose'],
    ['小女孩在海边放风筝', 'beach: girl, kite hold'],
    ['忍者在月光下的屋顶上奔跑，镜头跟随', 'rooftop night follow: ninja run'],
    ['雷雨夜，吸血鬼站在城堡前', 'night storm: vampire idle in-front, castle'],
  ],
  'zh-TW': [
    ['企鵝穿著西裝在辦公室開會', 'office: penguin meeting, suit wear'],
    ['一條龍在天空飛翔，打雷閃電', 'sky storm: dragon fly'],
    ['太空人在月球上彈吉他', 'moon: astronaut play, guitar hold'],
    ['公主和王子在城堡裡跳舞', 'castle: princess dance, prince dance'],
  ],
  ja: [
    ['猫が蝶を追いかける', ': cat chase, butterfly'],
    ['スーツを着たペンギンがオフィスで会議をしている', 'office: penguin meeting, suit wear'],
    ['うさぎがユニコーンに乗って虹の上を走る', 'rainbow: rabbit ride ride, unicorn run'],
    ['赤い車が雨の高速道路を走る', 'road rain: automobile drive'],
  ],
  ko: [
    ['고양이가 나비를 쫓아간다', ': cat chase, butterfly'],
    ['할아버지와 할머니가 공원에서 산책한다, 노을', 'park sunset: old-man walk, old-woman walk'],
    ['빨간 자동차가 비 오는 고속도로를 달린다', 'road rain: automobile drive'],
    ['선글라스를 쓴 판다가 서핑을 한다', ': panda slide, sunglasses wear'],
  ],
  es: [
    ['Un pingüino con traje da un discurso en la oficina', 'office: penguin speech, suit wear'],
    ['Tres cerditos bailan en la granja', 'farm: pig dance, pig dance, pig dance'],
    ['Un payaso triste llora, primer plano', 'push-in: clown cry'],
  ],
  fr: [
    ['Un pingouin en costume fait un discours au bureau', 'office: penguin speech, suit wear'],
    ['Un requin poursuit un surfeur', ': shark chase, surfer'],
    ['Une voiture de course fonce sur le circuit, vue aérienne', 'road crane-up: racing-car drive'],
  ],
  de: [
    ['Ein Pinguin im Anzug hält eine Rede im Büro', 'office: penguin speech, suit wear'],
    ['Ein Löwe brüllt auf einer Klippe bei Sonnenuntergang', 'mountain sunset: lion speech'],
    ['Der Hund fährt Fahrrad', ': dog ride ride, bicycle'],
  ],
  pt: [
    ['Um pinguim de terno faz um discurso no escritório', 'office: penguin speech, suit wear'],
    ['Uma menina solta pipa na praia', 'beach: girl, kite hold'],
    ['A princesa beija o sapo', ': princess kiss, frog'],
  ],
  ru: [
    ['Пингвин в костюме выступает с речью в офисе', 'office: penguin speech, suit wear'],
    ['Три поросёнка танцуют на ферме', 'farm: pig dance, pig dance, pig dance'],
    ['Маленькая мышка толкает огромный сыр', ': mouse push, cheese-wedge'],
  ],
}

it.each([
  ['ja', '犬、雨のない公園'],
  ['ko', '비 없이 고양이가 걷는다'],
  ['en', 'a cat, no rain'],
  ['zh-CN', '不要下雨，一只猫'],
  ['de', 'Katze ohne Regen'],
] as const)('takes a %s denial for what it denies', (language, prompt) => {
  const script = readWords(prompt, lexicon, { seed: 1, language })
  expect(script.denied).toEqual([{ kind: 'weather', id: 'rain' }])
  expect(script.weather).toBeUndefined()
  expect(script.cast).toHaveLength(1)
})

it.each([
  ['the rabbit chases a butterfly，夜晚', 'night: rabbit chase, butterfly'],
  ['the dogs are dancing 雪地里', 'snow: dog dance, dog dance, dog dance'],
  ['一只猫 wearing a suit', ': cat-upright, suit wear'],
] as const)('reads two languages in one prompt: %s', (prompt, told) => {
  const script = readWords(prompt, lexicon, { seed: 1, language: 'en' })
  expect(tell(script)).toBe(told)
  expect(script.unknownWords).toEqual([])
})

it('gives a colour to the noun it stands before', () => {
  const { cast } = readWords('一只白猫和蝴蝶', lexicon, { seed: 1, language: 'zh-CN' })
  expect(cast.map(({ noun, tint }) => [noun, tint])).toEqual([
    ['cat', 'white'],
    ['butterfly', undefined],
  ])
})

describe.each(languages)('everyday prompts in %s', language => {
  it.each(everyday[language])('%s', (prompt, told) => {
    const script = readWords(prompt, lexicon, { seed: 1, language })
    expect(tell(script)).toBe(told)
    expect(script.unknownWords).toEqual([])
  })
})
