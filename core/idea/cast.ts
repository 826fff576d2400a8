/** Who and where, in the theatre's words (worker/models/theatre): what the built-in grammar knows of an idea. */

/** How somebody gets about. */
export type Kind = 'land' | 'fly' | 'swim' | 'drive' | 'air'

const split = (words: string): string[] => words.split(' ')

const english: Readonly<Record<Kind, string>> = {
  land:
    'cat kitten dog puppy poodle rabbit bunny mouse rat chipmunk hedgehog skunk beaver otter badger sloth kangaroo monkey pig goat ' +
    'sheep llama lizard snail rooster duck penguin ant beetle spider snake chick swan flamingo peacock goose fox wolf hamster raccoon ' +
    'frog chicken koala horse unicorn cow bull deer zebra donkey camel giraffe elephant mammoth rhino hippo tiger leopard ' +
    'gorilla crocodile dinosaur dragon lion bear panda moose boar man woman boy girl grandpa grandma baby child person astronaut robot ' +
    'alien ghost ninja knight pirate prince princess king santa snowman clown wizard witch fairy vampire elf zombie superhero cook ' +
    'chef scientist artist pilot firefighter farmer teacher student singer dancer detective doctor nurse skeleton',
  fly: 'bird eagle dove parrot owl bat butterfly bee crow phoenix',
  swim: 'fish shark dolphin whale octopus squid jellyfish seal crab turtle mermaid',
  drive: 'car taxi bus train truck tractor motorcycle bicycle ambulance',
  air: 'airplane plane helicopter rocket spaceship ufo balloon',
}

const chinese: Readonly<Record<Kind, string>> = {
  land:
    '猫 小猫 狗 小狗 兔子 小兔子 兔 老鼠 松鼠 刺猬 水獭 猴子 小猪 猪 山羊 羊 蜗牛 公鸡 鸭子 企鹅 蚂蚁 蜘蛛 蛇 小鸡 天鹅 孔雀 狐狸 狼 仓鼠 青蛙 ' +
    '母鸡 考拉 马 独角兽 奶牛 牛 鹿 小鹿 斑马 毛驴 骆驼 长颈鹿 大象 犀牛 河马 老虎 豹子 大猩猩 鳄鱼 恐龙 龙 狮子 熊 大熊 北极熊 熊猫 大熊猫 野猪 ' +
    '男人 女人 男孩 女孩 老人 爷爷 奶奶 宝宝 孩子 小孩 宇航员 机器人 外星人 幽灵 忍者 骑士 海盗 王子 公主 国王 圣诞老人 雪人 小丑 巫师 女巫 ' +
    '仙女 吸血鬼 精灵 僵尸 超人 厨师 科学家 画家 飞行员 消防员 农民 老师 学生 歌手 侦探 医生 护士',
  fly: '鸟 小鸟 老鹰 鸽子 鹦鹉 猫头鹰 蝙蝠 蝴蝶 蜜蜂 乌鸦 凤凰',
  swim: '鱼 小鱼 鲨鱼 海豚 鲸鱼 章鱼 乌贼 水母 海豹 螃蟹 乌龟 美人鱼',
  drive: '汽车 小汽车 出租车 公交车 火车 卡车 拖拉机 摩托车 自行车 救护车',
  air: '飞机 直升机 火箭 飞碟 气球',
}

const kindsOf = (lists: Readonly<Record<Kind, string>>): ReadonlyMap<string, Kind> =>
  new Map(
    (Object.entries(lists) as [Kind, string][]).flatMap(([kind, words]) =>
      split(words).map(word => [word, kind] as const),
    ),
  )

export const actors = { en: kindsOf(english), zh: kindsOf(chinese) } as const

/** Somebody to meet, where the idea names only one. */
export const partners: Readonly<Record<'en' | 'zh', Readonly<Record<Kind, readonly [string, ...string[]]>>>> = {
  en: {
    land: ['a butterfly', 'a rabbit', 'a duck', 'a fox'],
    fly: ['a butterfly', 'an owl', 'a bird'],
    swim: ['a dolphin', 'a turtle', 'an octopus'],
    drive: ['a motorcycle', 'a taxi', 'a truck'],
    air: ['a bird', 'a balloon', 'an eagle'],
  },
  zh: {
    land: ['蝴蝶', '兔子', '鸭子', '狐狸'],
    fly: ['蝴蝶', '猫头鹰', '小鸟'],
    swim: ['海豚', '乌龟', '章鱼'],
    drive: ['摩托车', '出租车', '卡车'],
    air: ['小鸟', '气球', '老鹰'],
  },
}

/** Words of an idea that say where, when and in what weather, and how a shot says it. */
export const places = {
  en: new Map([
    ['forest', 'in the forest'],
    ['woods', 'in the woods'],
    ['jungle', 'in the jungle'],
    ['beach', 'on the beach'],
    ['seaside', 'at the seaside'],
    ['underwater', 'underwater'],
    ['sea', 'on the sea'],
    ['ocean', 'on the ocean'],
    ['neon city', 'in the neon city'],
    ['city', 'in the city'],
    ['street', 'on the street'],
    ['park', 'in the park'],
    ['garden', 'in the garden'],
    ['farm', 'on the farm'],
    ['mountains', 'in the mountains'],
    ['mountain', 'in the mountains'],
    ['desert', 'in the desert'],
    ['castle', 'at the castle'],
    ['school', 'at school'],
    ['office', 'in the office'],
    ['kitchen', 'in the kitchen'],
    ['bedroom', 'in the bedroom'],
    ['space', 'in space'],
    ['moon', 'on the moon'],
    ['mars', 'on mars'],
    ['sky', 'in the sky'],
    ['stage', 'on the stage'],
    ['river', 'by the river'],
    ['lake', 'by the lake'],
    ['rainbow', 'on the rainbow'],
    ['road', 'on the road'],
    ['stadium', 'in the stadium'],
    ['roof', 'on the roof'],
  ]),
  zh: new Map([
    ['森林', '在森林里'],
    ['树林', '在树林里'],
    ['海边', '在海边'],
    ['沙滩', '在沙滩上'],
    ['海底', '在海底'],
    ['大海', '在大海上'],
    ['城市', '在城市里'],
    ['街道', '在街道上'],
    ['公园', '在公园里'],
    ['花园', '在花园里'],
    ['农场', '在农场里'],
    ['山上', '在山上'],
    ['沙漠', '在沙漠里'],
    ['城堡', '在城堡里'],
    ['学校', '在学校里'],
    ['办公室', '在办公室里'],
    ['厨房', '在厨房里'],
    ['房间', '在房间里'],
    ['太空', '在太空中'],
    ['月球', '在月球上'],
    ['月亮', '在月亮上'],
    ['火星', '在火星上'],
    ['天空', '在天空中'],
    ['舞台', '在舞台上'],
    ['河边', '在河边'],
    ['湖边', '在湖边'],
    ['彩虹', '在彩虹上'],
    ['公路', '在公路上'],
    ['体育场', '在体育场里'],
    ['屋顶', '在屋顶上'],
    ['雪地', '在雪地里'],
  ]),
} as const

/** Where somebody is, where the idea does not say. */
export const homes: Readonly<Record<'en' | 'zh', Readonly<Record<Kind, readonly [string, ...string[]]>>>> = {
  en: {
    land: ['in the forest', 'on the beach', 'in the park', 'in the garden', 'in the city'],
    fly: ['in the garden', 'in the forest', 'in the sky'],
    swim: ['underwater'],
    drive: ['on the road', 'in the city', 'in the neon city'],
    air: ['in the sky', 'in space'],
  },
  zh: {
    land: ['在森林里', '在海边', '在公园里', '在花园里', '在城市里'],
    fly: ['在花园里', '在森林里', '在天空中'],
    swim: ['在海底'],
    drive: ['在公路上', '在城市里'],
    air: ['在天空中', '在太空中'],
  },
}

/** Times of day and weathers of an idea. */
export const moments = {
  en: new Map([
    ['dawn', 'at dawn'],
    ['sunrise', 'at sunrise'],
    ['morning', 'in the morning'],
    ['sunset', 'at sunset'],
    ['dusk', 'at dusk'],
    ['evening', 'in the evening'],
    ['midnight', 'at midnight'],
    ['night', 'at night'],
    ['rain', 'in the rain'],
    ['storm', 'in the storm'],
    ['snow', 'in the snow'],
    ['fog', 'in the fog'],
  ]),
  zh: new Map([
    ['清晨', '清晨'],
    ['早晨', '早晨'],
    ['日出', '日出'],
    ['黄昏', '黄昏'],
    ['傍晚', '傍晚'],
    ['日落', '日落'],
    ['夜晚', '夜晚'],
    ['晚上', '晚上'],
    ['下雨', '下雨'],
    ['暴风雨', '暴风雨'],
    ['下雪', '下雪'],
    ['大雾', '大雾'],
  ]),
} as const
