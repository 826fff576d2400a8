import { describe, expect, it } from 'vitest'
import { createRandom } from '../../schedulers/noise.ts'
import type { Script } from './script.ts'
import { smallLexicon } from './testing/lexicon.ts'
import { tell } from './testing/tell.ts'
import { readWords } from './words.ts'

const lexicon = smallLexicon()
const read = (prompt: string, options: { seed?: number; negative?: string; picture?: boolean } = {}): Script =>
  readWords(prompt, lexicon, { seed: 1, ...options })

describe('Chinese', () => {
  it.each([
    ['一只黑白相间的猫追着蝴蝶', ': cat/black-white [chase] >1, butterfly <chase'],
    [
      '一只企鹅穿着西装，在办公室里开会，用严肃的表情进行演讲',
      'office serious: penguin/serious [meeting,speech], suit wear^0 <wear',
    ],
    [
      '一只穿着盔甲的猫骑着独角兽在彩虹上奔驰，穿越魔法森林，背景是城堡',
      'magic-forest: cat [ride] >2 ride^2, armour wear^0 <wear, unicorn [run] <ride, rainbow, castle',
    ],
    ['拟人化的穿着西装的狗，提着包在公交车上', 'bus: dog-upright, suit wear^0 <wear, handbag hold^0 <hold'],
    [
      '春节，爷爷奶奶，爸爸妈妈，1个男孩，5个人其乐融融',
      'festival: old-man [gather], old-woman [gather], man [gather], woman [gather], boy [gather]',
    ],
    ['小兔子吃月饼', ': rabbit/small [eat] >1, moon-cake <eat'],
    ['摩托车在霓虹都市飞驰', 'neon-city: motorcycle [drive]'],
    ['机甲在楼顶跑酷', 'rooftop: mecha [parkour]'],
    ['一个男孩弹吉他', ': boy [play] >1, guitar hold^0 <play'],
    ['猫追着黑色的老鼠', ': cat [chase] >1, mouse/black <chase'],
    ['老鼠被猫追', ': mouse <chase, cat [chase] >0'],
    ['猫和狗打架', ': cat [fight] >1, dog <fight'],
    ['戴着帽子拿着花的兔子在沙滩上睡觉', 'beach: rabbit [sleep], top-hat wear^0 <wear, tulip hold^0 <hold'],
    ['桌子上的猫看着狗', ': table, cat [look] on^0, dog'],
    ['猫在狗后面', ': cat behind^1, dog'],
    ['出现一只猫', ': cat [appear]'],
  ])('%s', (prompt, told) => {
    expect(tell(read(prompt))).toBe(told)
  })
})

describe('English', () => {
  it.each([
    ['three penguins dancing on the beach', 'beach: penguin [dance], penguin [dance], penguin [dance]'],
    ['a dog chases a cat and a rabbit sleeps', ': dog [chase] >1, cat <chase, rabbit [sleep]'],
    ['the cat jumps, then sleeps', ': cat [jump,sleep]'],
    ['a penguin in a suit', ': penguin, suit wear^0 <wear'],
    ['a boy on a skateboard', ': boy [ride] >1 ride^1, skateboard <ride'],
    ['a mouse is chased by a cat', ': mouse <chase, cat [chase] >0'],
    ['a dog next to a castle', ': dog beside^1, castle'],
    ['castle, night, a cat', 'castle night: cat'],
    ['two robots fighting', ': robot [fight] >1, robot <fight'],
    [
      'a cat wearing a hat chases a butterfly flying over the forest',
      'forest: cat [chase] >2, top-hat wear^0 <wear, butterfly [fly] <chase',
    ],
    ['raining, a red dog in the snow', 'snow rain: dog/red'],
  ])('%s', (prompt, told) => {
    expect(tell(read(prompt))).toBe(told)
  })
})

describe('other languages', () => {
  it.each([
    ['un gato negro persigue una mariposa en el bosque', 'forest: cat/black [chase] >1, butterfly <chase'],
    ['deux chats noirs dansent dans la forêt la nuit', 'forest night: cat/black [dance], cat/black [dance]'],
    ['eine Katze jagt einen Schmetterling im Wald', 'forest: cat [chase] >1, butterfly <chase'],
    ['um gato persegue uma borboleta na floresta', 'forest: cat [chase] >1, butterfly <chase'],
    ['кошка преследует бабочку в лесу ночью', 'forest night: cat [chase] >1, butterfly <chase'],
    ['猫が蝶を追いかける', ': cat [chase] >1, butterfly <chase'],
    ['鎧を着た猫がユニコーンに乗って走る', ': cat [ride] >2 ride^2, armour wear^0 <wear, unicorn [run] <ride'],
    ['帽子をかぶった犬が森で踊る', 'forest: dog [dance], top-hat wear^0 <wear'],
    ['고양이가 나비를 쫓는다', ': cat [chase] >1, butterfly <chase'],
    ['모자를 쓴 강아지가 숲에서 춤춘다', 'forest: dog [dance], top-hat wear^0 <wear'],
  ])('%s', (prompt, told) => {
    expect(tell(read(prompt))).toBe(told)
  })
})

describe('what is not understood', () => {
  it('is returned as it was written, function words left out', () => {
    expect(read('the Zorblax eats a Quantum pizza').unknownWords).toEqual(['Zorblax', 'Quantum'])
    expect(read('忧郁的量子引擎追着猫').unknownWords).toEqual(['忧郁', '量子引擎'])
  })

  it('gives a pleasant default when nothing else was said, and says so', () => {
    const script = read('zork blim')
    expect(script.invented).toBe(true)
    expect(script.cast.length).toBeGreaterThan(0)
    expect(script.set).toBeDefined()
    expect(tell(read('zork blim', { seed: 5 }))).toBe(tell(read('zork blim', { seed: 5 })))
    expect(new Set(Array.from({ length: 20 }, (_, seed) => tell(read('zork blim', { seed })))).size).toBeGreaterThan(1)
  })

  it('puts somebody on an empty set, but not into a picture', () => {
    expect(read('forest').cast.length).toBe(1)
    expect(read('forest').invented).toBe(false)
    expect(read('', { picture: true }).cast).toEqual([])
  })

  it('fills what a verb cannot do without', () => {
    expect(tell(read('a cat eats'))).toBe(': cat [eat] >1, pizza <eat')
    expect(read('a cat eats').cast[1]?.implied).toBe(true)
  })

  it('does not take a syllable of a longer word for a word', () => {
    expect(read('大学').cast.every(role => role.implied)).toBe(true)
    expect(read('大学').unknownWords).toEqual(['大学'])
  })
})

describe('negative words', () => {
  it('deny what follows them', () => {
    const script = read('不要下雨，猫跑')
    expect(script.weather).toBeUndefined()
    expect(script.denied).toEqual([{ kind: 'weather', id: 'rain' }])
    expect(tell(script)).toBe(': cat [run]')
  })

  it('may stand apart, and take roles and globals out of the script', () => {
    const script = read('a cat chases a mouse in the rain', { negative: 'rain, mouse' })
    expect(script.weather).toBeUndefined()
    expect(script.cast.map(({ noun }) => noun)).not.toContain('mouse')
    expect(script.cast[0]?.partner).toBeUndefined()
  })
})

describe('any text', () => {
  const pieces = [
    '猫',
    '追着',
    '的',
    '，',
    'cat ',
    'chases ',
    'a ',
    '\n',
    '🐈',
    'が',
    '고양이가 ',
    '12 ',
    '.',
    'и ',
    'ñandú ',
    '\u0000',
    '\ud800',
    'of ',
    '把',
    '被',
    '在',
    '上',
    '两只',
    '穿着',
    'with ',
    '-',
  ]
  it('parses into a cast whose indices hold together', () => {
    const random = createRandom(11)
    for (let round = 0; round < 1500; round++) {
      const length = Math.floor(random() * 30)
      const text = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join('')
      const { cast } = read(text, { seed: round })
      expect(cast.length).toBeLessThanOrEqual(8)
      for (const [index, role] of cast.entries()) {
        for (const other of [role.partner, role.parent]) if (other !== undefined) expect(cast[other]).toBeDefined()
        expect(role.partner).not.toBe(index)
        expect(role.verbs.length).toBeLessThanOrEqual(2)
        const seen = new Set<number>()
        for (let up = role.parent; up !== undefined; up = cast[up]?.parent) {
          expect(seen.has(up)).toBe(false)
          seen.add(up)
        }
      }
    }
  })

  it('parses 2,500 characters within 20 ms', () => {
    const long = '一只穿着盔甲的猫骑着独角兽在彩虹上奔驰，穿越魔法森林，忧郁的引擎。'.repeat(80).slice(0, 2500)
    const latin = 'a zorblax cat chasing seven blue butterflies through enchanted forests; '.repeat(40).slice(0, 2500)
    for (const text of [long, latin]) {
      read(text)
      // Time of this process, so that a busy machine does not fail it.
      const times = Array.from({ length: 8 }, () => {
        const before = process.cpuUsage()
        read(text)
        const { user, system } = process.cpuUsage(before)
        return (user + system) / 1000
      })
      expect(Math.min(...times)).toBeLessThan(20)
    }
  })
})
