import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openDirection } from './direction.ts'
import { tell } from './testing/tell.ts'
import { openLexicon } from './vocabulary.ts'
import { readWords } from './words.ts'

/** Prompts as people write them, and what the shipped vocabulary and the reader make of them. */
const folder = fileURLToPath(new URL('../../models/theatre', import.meta.url))
const { nouns, verbs } = await openDirection(folder)
const lexicon = await openLexicon(folder, nouns, verbs)

const said: readonly (readonly [what: string, prompts: readonly (readonly [prompt: string, told: string])[]])[] = [
  [
    'what one suffers',
    [
      ['the dog which was chased by a cat hides behind a tree', ': dog [hide] <chase, cat [chase] >0, deciduous-tree'],
      [
        'five robots are being chased by a giant chicken',
        ': robot <chase, robot [run], robot [run], robot [run], robot [run], chicken/huge [chase] >0',
      ],
      ['cow abducted by ufo', ': cow <chase, flying-saucer [chase] >0'],
      ['サーファーがサメに追いかけられる', ': surfer <chase, shark [chase] >0'],
      [
        '帽子をかぶった猫に追いかけられるネズミが森を走る',
        'forest: mouse [run] <chase, cat [chase] >0, top-hat wear^1 <wear',
      ],
      ['ボールが少年に蹴られる', ': soccer-ball <kick, boy [kick] >0'],
      ['고양이에게 쫓기는 쥐', ': mouse <chase, cat [chase] >0'],
      ['로봇에게 안긴 아기', ': baby <hug, robot [hug] >0'],
      [
        '戴着墨镜的狗骑着摩托车被警察追',
        ': dog [ride] >2 ride^2 <chase, sunglasses wear^0 <wear, motorcycle <ride, police-officer [chase] >0',
      ],
      ['被老虎追的猴子爬上樹', ': monkey [climb] <chase, tiger [chase] >0, deciduous-tree'],
      ['在雪地里被狼追的小红帽在跑', 'snow: girl [run] <chase, wolf [chase] >0'],
      ['un perro perseguido por un gato', ': dog <chase, cat [chase] >0'],
      ['el ratón es perseguido por tres gatos', ': mouse <chase, cat [chase] >0, cat [chase] >0, cat [chase] >0'],
      ['un chat poursuivi par un chien dans la rue', 'street: cat <chase, dog [chase] >0'],
      ['um menino empurrado por um elefante', ': boy <push, elephant [push] >0'],
      ['Eine Maus wird von einer Katze gejagt', ': mouse <chase, cat [chase] >0'],
      [
        'Der Junge, der von einem Bären verfolgt wird, klettert auf einen Baum',
        ': boy [climb] <chase, bear [chase] >0, deciduous-tree',
      ],
      ['Мышь, преследуемая кошкой, бежит по лесу', 'forest: mouse [run] <chase, cat [chase] >0'],
      ['Кот, которого преследует собака', ': cat <chase, dog [chase] >0'],
      ['девочку обнимает медведь', ': girl <hug, bear [hug] >0'],
    ],
  ],
  [
    'relative clauses',
    [
      [
        '모자를 쓰고 선글라스를 낀 강아지가 해변을 걷는다',
        'beach: dog [walk], top-hat wear^0 <wear, sunglasses wear^0 <wear',
      ],
      [
        '갑옷을 입은 고양이가 유니콘을 타고 무지개 위를 달린다',
        'rainbow: cat-upright [ride] >3 ride^3, armour wear^0 <wear, knight-helmet wear^0 <wear, unicorn [run] <ride',
      ],
      ['안경을 쓴 고양이가 피아노를 친다', ': cat [play] >2, glasses wear^0 <wear, piano hold^0 <play'],
      ['眼鏡をかけたクマが本を読む', ': bear, glasses wear^0 <wear, open-book hold^0 <hold'],
      ['森の中で踊る三匹のキツネ', 'forest: fox [dance], fox [dance], fox [dance]'],
      [
        'a boy who rides a bike and a girl who plays the violin',
        ': boy [ride] >1 ride^1, bicycle <ride, girl [play] >3, violin hold^2 <play',
      ],
      [
        '戴帽子的狗和穿裙子的猫在海边散步',
        'beach: dog [walk], top-hat wear^0 <wear, cat-upright [walk], dress wear^2 <wear',
      ],
      ['一个女孩抱着她的猫在雨中哭泣', 'rain: girl [cry], cat hold^0 <hold'],
      [
        'Ein Hund, der einen Hut trägt, fährt Motorrad',
        ': dog [ride] >2 ride^2, top-hat wear^0 <wear, motorcycle <ride',
      ],
      ['o gato que está usando chapéu dorme no sofá', ': cat [sleep] on^2, top-hat wear^0 <wear, couch-and-lamp'],
      ['лиса, которая носит шляпу, играет на скрипке', ': fox [play] >2, top-hat wear^0 <wear, violin hold^0 <play'],
    ],
  ],
  [
    'two subjects',
    [
      ['the cat sleeps and the dog barks', ': cat [sleep], dog [speech]'],
      ['mom and dad kiss while the baby laughs', ': man [kiss] >1, woman <kiss, baby [laugh]'],
      [
        'Zwei Mädchen spielen Fußball, während ein Junge Eis isst',
        ': girl [kick] >2, girl [run], soccer-ball <kick, boy [eat] >4, soft-ice-cream <eat',
      ],
      ['un lapin mange une carotte pendant que le renard dort', ': rabbit [eat] >1, carrot <eat, fox [sleep]'],
      ['고양이가 자고 강아지가 달린다', ': cat [sleep], dog [run]'],
      ['犬が走って、猫が寝る', ': dog [run], cat [sleep]'],
      ['老虎骑自行车，猴子在后面追', ': tiger [ride] >1 ride^1 <chase, bicycle <ride, monkey [chase] >0'],
      [
        '一個穿紅色洋裝的女孩在彈鋼琴，旁邊有一隻貓在睡覺',
        ': girl [play] >2, dress/red wear^0 <wear, piano hold^0 <play, cat [sleep]',
      ],
    ],
  ],
  [
    'plurals without a number',
    [
      ['Katzen tanzen auf der Bühne', 'stage: cat [dance], cat [dance], cat [dance]'],
      ['Die Roboter tanzen im Regen', 'rain: robot [dance], robot [dance], robot [dance]'],
      ['Vögel fliegen über das Meer', 'sea: bird [fly], bird [fly], bird [fly]'],
      ['Der Löwe jagt den Hasen', ': lion [chase] >1, rabbit <chase'],
      ['Кошки танцуют на сцене', 'stage: cat [dance], cat [dance], cat [dance]'],
      ['Дети запускают фейерверк', ': child [set-off] >3, child [celebrate], child [celebrate], fireworks <set-off'],
      ['Кот без собаки', ': cat'],
      ['펭귄들이 미끄러진다', ': penguin [slide], penguin [slide], penguin [slide]'],
      ['子供たちが花火を見ている', ': child [look], child [look], child [look], fireworks'],
    ],
  ],
  [
    'what is not there',
    [
      ['no people, just a castle in fog', 'castle fog: '],
      ['an empty beach at sunset', 'beach sunset: '],
      ['誰もいない海辺の夕焼け', 'beach sunset: '],
      ['a bear not wearing a hat', ': bear'],
      ['没戴帽子的熊', ': bear'],
      ["le chat n'a pas de chapeau", ': cat'],
    ],
  ],
  [
    'slips, slang and what is no instrument',
    [
      ['a ct chasing a buterfly', ': rabbit [chase] >1, butterfly <chase'],
      ['pls make a vid of a doggo running in the park lol', 'park: dog [run]'],
      ['puppy zoomies in the snow!!!', 'snow: dog [run]'],
      ['우주비행사가 달에서 춤을 춰요 ㅋㅋ', 'moon: astronaut [dance]'],
      ['a dog plays in the park', 'park: dog [jump]'],
      ['three cats play with a ball', ': cat [kick] >3, cat [run], cat [run], soccer-ball <kick'],
      ['a T-Rex dressed as a ballerina dancing on stage', 'stage: t-rex [dance], dress wear^0 <wear'],
      ['ninja vs samurai', ': ninja [fight] >1, knight <fight'],
    ],
  ],
  [
    'emoji',
    [
      ['🐱🦋', ': cat, butterfly'],
      ['🐱🐱🐱 💃', ': cat [dance], cat [dance], cat [dance]'],
      ['🐱追🦋', ': cat [chase] >1, butterfly <chase'],
      ['🐱 chases 🦋 in the forest 🌲', 'forest: cat [chase] >1, butterfly <chase'],
      ['a 🐶 riding a 🏍️ through the city 🌃', 'city: dog [ride] >1 ride^1, motorcycle <ride'],
      ['котик играет на гитаре 🎸', ': cat [play] >1, guitar hold^0 <play'],
      ['ペンギンが空を飛ぶ🐧✨', ': penguin [fly]'],
      ['a shark eats a pizza underwater 😂😂', 'underwater: shark [eat] >1, pizza <eat'],
      ['👩🏽‍🚀 🌙', ': astronaut, crescent-moon'],
      ['running 🐶', ': dog [run]'],
    ],
  ],
]

describe.each(said)('%s', (_, prompts) => {
  it.each(prompts)('%s', (prompt, told) => {
    expect(tell(readWords(prompt, lexicon, { seed: 1 }))).toBe(told)
  })
})

it('reports what a slip or an emoji hides', () => {
  const read = (prompt: string) => readWords(prompt, lexicon, { seed: 1 })
  expect(read('a ct chasing a buterfly').unknownWords).toEqual(['ct'])
  expect(read('🐱✨🫥').unknownWords).toEqual([])
  expect(read('an empty beach').denied).toEqual([{ kind: 'noun', id: 'person' }])
  expect(read('an empty beach').invented).toBe(false)
})

it('gives animals without an upright figure of their own another one, in their own picture', () => {
  const [leopard] = readWords('a leopard in a suit', lexicon, { seed: 1 }).cast
  expect(leopard).toMatchObject({ noun: 'tiger-upright', guise: 'leopard-upright' })
  const [cat] = readWords('穿着盔甲的黑猫', lexicon, { seed: 1 }).cast
  expect(cat).toMatchObject({ noun: 'cat-upright', guise: 'black-cat-upright' })
  expect(readWords('a cat in a suit', lexicon, { seed: 1 }).cast[0]?.guise).toBeUndefined()
})
