import type { Prompt } from './prompts.ts'

type Short = Omit<Prompt, 'language' | 'actors' | 'does'> & { actors: string; does?: string }

/** "cat 2, dog" and "cat chase dog; dog run". */
const prompts = (language: Prompt['language'], ...list: Short[]): Prompt[] =>
  list.map(({ actors, does = '', ...rest }) => ({
    language,
    ...rest,
    actors: Object.fromEntries(
      actors.split(', ').map(text => {
        const [noun = '', count = '1'] = text.split(' ')
        return [noun, Number(count)]
      }),
    ),
    does: does
      .split('; ')
      .filter(Boolean)
      .map(text => {
        const [subject = '', verb = '', object] = text.split(' ')
        return { subject, verb, ...(object ? { object } : {}) }
      }),
  }))

/** Prompts of people: the reviewers' own, camera moves, sequences, outfits, relations. */
export const handWritten: readonly Prompt[] = [
  ...prompts(
    'zh-CN',
    { text: '一只黑白相间的猫追着蝴蝶', actors: 'cat, butterfly', does: 'cat chase butterfly' },
    {
      text: '一只企鹅穿着西装，在办公室里开会，用严肃的表情进行演讲',
      actors: 'penguin, suit',
      does: 'penguin wear suit; penguin meeting',
      set: 'office',
    },
    {
      text: '一只穿着盔甲的猫骑着独角兽在彩虹上奔驰，穿越魔法森林，背景是古老的城堡',
      actors: 'cat-upright, unicorn, armour, knight-helmet, castle, rainbow',
      does: 'cat-upright ride unicorn; cat-upright wear armour',
      set: 'magic-forest',
    },
    {
      text: '拟人化的穿着西装的狗，提着包在公交车上',
      actors: 'dog-upright, suit, briefcase',
      does: 'dog-upright wear suit; dog-upright hold briefcase',
      set: 'bus',
    },
    {
      text: '春节，爷爷奶奶，爸爸妈妈，1个男孩，5个人其乐融融',
      actors: 'old-man, old-woman, man, woman, boy',
      does: 'old-man gather',
      set: 'festival',
    },
    { text: '小兔子吃月饼', actors: 'rabbit, moon-cake', does: 'rabbit eat moon-cake' },
    { text: '摩托车在霓虹都市飞驰', actors: 'motorcycle', does: 'motorcycle drive', set: 'neon-city' },
    { text: '机甲在楼顶跑酷', actors: 'mecha', does: 'mecha parkour', set: 'rooftop' },
    {
      text: '熊猫在公园弹吉他，镜头推近',
      actors: 'panda, guitar',
      does: 'panda play guitar',
      set: 'park',
      camera: 'push-in',
    },
    { text: '火箭从沙漠升空，镜头跟随', actors: 'rocket', does: 'rocket launch', set: 'desert', camera: 'follow' },
    {
      text: '三只企鹅在雪地里跳舞，镜头向左平移',
      actors: 'penguin 3',
      does: 'penguin dance',
      set: 'snow',
      camera: 'pan-left',
    },
    { text: '海豚在海里游泳，日落', actors: 'dolphin', does: 'dolphin swim', set: 'sea', time: 'sunset' },
    { text: '一只狐狸在树林里奔跑，镜头拉远', actors: 'fox', does: 'fox run', set: 'forest', camera: 'pull-out' },
    { text: '两个机器人在月球上打架', actors: 'robot 2', does: 'robot fight', set: 'moon' },
    { text: '宇航员在太空漂浮', actors: 'astronaut', does: 'astronaut float', set: 'space' },
    { text: '猫和狗在花园里赛跑', actors: 'cat, dog', does: 'cat race dog', set: 'garden' },
  ),
  ...prompts(
    'en',
    { text: 'a fox running through a snowy forest, tracking shot', actors: 'fox', does: 'fox run', camera: 'follow' },
    {
      text: 'a rocket taking off from the desert at sunset',
      actors: 'rocket',
      does: 'rocket launch',
      set: 'desert',
      time: 'sunset',
    },
    {
      text: 'a cat sleeping in the garden, slow push in',
      actors: 'cat',
      does: 'cat sleep',
      set: 'garden',
      camera: 'push-in',
    },
    {
      text: 'a castle at night, crane up, a knight waves',
      actors: 'knight',
      does: 'knight wave',
      set: 'castle',
      time: 'night',
      camera: 'crane-up',
    },
    {
      text: 'a panda dances on the stage, pan right',
      actors: 'panda',
      does: 'panda dance',
      set: 'stage',
      camera: 'pan-right',
    },
    {
      text: 'a bear sits in the forest, zoom out',
      actors: 'bear',
      does: 'bear sit',
      set: 'forest',
      camera: 'pull-out',
    },
    {
      text: 'a robot waves in the city, handheld camera',
      actors: 'robot',
      does: 'robot wave',
      set: 'city',
      camera: 'handheld',
    },
    {
      text: 'two dogs jumping on the beach, static camera',
      actors: 'dog 2',
      does: 'dog jump',
      set: 'beach',
      camera: 'fixed',
    },
    {
      text: 'a lion laughs in the desert, orbit shot',
      actors: 'lion',
      does: 'lion laugh',
      set: 'desert',
      camera: 'orbit',
    },
    {
      text: 'a girl dancing in the park, crane down',
      actors: 'girl',
      does: 'girl dance',
      set: 'park',
      camera: 'crane-down',
    },
    {
      text: 'a monkey spins, pan left, in the jungle',
      actors: 'monkey',
      does: 'monkey spin',
      set: 'forest',
      camera: 'pan-left',
    },
    { text: 'a penguin in a suit', actors: 'penguin, suit', does: 'penguin wear suit' },
    {
      text: 'a boy on a skateboard on the street',
      actors: 'boy, skateboard',
      does: 'boy ride skateboard',
      set: 'street',
    },
    { text: 'a frog jumps, then sleeps', actors: 'frog', does: '' },
    { text: 'a mouse is chased by a cat', actors: 'mouse, cat', does: 'cat chase mouse' },
    {
      text: 'a witch flying over the forest at night',
      actors: 'witch',
      does: 'witch fly',
      set: 'forest',
      time: 'night',
    },
    {
      text: 'an octopus under water eats a pizza',
      actors: 'octopus, pizza',
      does: 'octopus eat pizza',
      set: 'underwater',
    },
    {
      text: 'a dragon fights a knight in front of a castle',
      actors: 'dragon, knight, castle',
      does: 'dragon fight knight',
    },
    { text: 'a bee orbiting a sunflower', actors: 'honeybee, sunflower', does: 'honeybee orbit sunflower' },
    { text: 'a bomb explodes in the desert', actors: 'bomb', does: 'bomb explode', set: 'desert' },
    {
      text: 'a ghost appears in the castle at night',
      actors: 'ghost',
      does: 'ghost appear',
      set: 'castle',
      time: 'night',
    },
    { text: 'a mushroom grows in the magic forest', actors: 'mushroom', does: 'mushroom grow', set: 'magic-forest' },
    { text: 'raining donuts', actors: 'doughnut 6', does: 'doughnut rain' },
    {
      text: 'a boy pushes a shopping cart on the street',
      actors: 'boy, shopping-cart',
      does: 'boy push shopping-cart',
      set: 'street',
    },
    {
      text: 'a man throws a ball in the stadium',
      actors: 'man, soccer-ball',
      does: 'man throw soccer-ball',
      set: 'stadium',
    },
    {
      text: 'a princess kisses a frog in the garden',
      actors: 'princess, frog',
      does: 'princess kiss frog',
      set: 'garden',
    },
    { text: 'a robot and an alien talking on the moon', actors: 'robot, alien', does: 'robot meet alien', set: 'moon' },
    {
      text: 'a car drives down the road, follow shot',
      actors: 'automobile',
      does: 'automobile drive',
      set: 'road',
      camera: 'follow',
    },
    { text: 'a snowman melting in the garden', actors: 'snowman', does: 'snowman shrink', set: 'garden' },
    { text: 'a cat hides behind a tree', actors: 'cat, deciduous-tree', does: 'cat behind deciduous-tree' },
    { text: 'a mouse hides in the kitchen', actors: 'mouse', does: 'mouse hide', set: 'kitchen' },
    { text: 'a frog sits on a rock', actors: 'frog, rock', does: 'frog on rock' },
    { text: 'a dog sleeps under a table', actors: 'dog, table', does: 'dog under table' },
    { text: 'a boy dances next to a snowman', actors: 'boy, snowman', does: 'boy beside snowman' },
    {
      text: 'four elephants walk through the desert at dawn',
      actors: 'elephant 4',
      does: 'elephant walk',
      set: 'desert',
      time: 'dawn',
    },
    {
      text: 'a girl holding an umbrella in the rain in the city',
      actors: 'girl, umbrella',
      does: 'girl hold umbrella',
      set: 'city',
      weather: 'rain',
    },
    {
      text: 'cherry petals fall in the park, a rabbit jumps',
      actors: 'rabbit',
      does: 'rabbit jump',
      set: 'park',
      weather: 'petals',
    },
    { text: 'a ship on the sea in a storm', actors: 'ship', set: 'sea', weather: 'storm' },
    { text: 'a fish swims under water', actors: 'fish', does: 'fish swim', set: 'underwater' },
    { text: 'a bird flies in the sky', actors: 'bird', does: 'bird fly', set: 'sky' },
    { text: 'a ball rolls across the room', actors: 'soccer-ball', does: 'soccer-ball roll', set: 'room' },
    { text: 'a chef works in the kitchen', actors: 'cook', does: 'cook work', set: 'kitchen' },
    { text: 'a teacher gives a speech in the school', actors: 'teacher', does: 'teacher speech', set: 'school' },
    { text: 'a cow on a farm, zooming out', actors: 'cow', set: 'farm', camera: 'pull-out' },
  ),
]
