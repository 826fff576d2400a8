import type { Language } from '../../families/theatre/lexicon.ts'

/**
 * How ten languages say the evaluation's scenes. Written by hand, apart from the vocabulary that is evaluated with it.
 * Lists are aligned: the n-th entry of every language says the same.
 */
export interface Phrasebook {
  /** "a cat", as subject and as object. */
  readonly subjects: readonly string[]
  readonly objects: readonly string[]
  /** "three cats", by animal, for the counts 2 to 4. */
  readonly several: (index: number, count: number) => string
  /** Verbs alone: of one and of several. */
  readonly alone: readonly string[]
  readonly together: readonly string[]
  /** Verbs with an object, `@` standing for it. */
  readonly doing: readonly string[]
  readonly sets: readonly string[]
  readonly times: readonly string[]
  readonly weathers: readonly string[]
  /** Puts a sentence together; parts may be empty. */
  readonly sentence: (subject: string, action: string, set: string, time: string, weather: string) => string
}

export const nouns = [
  'cat',
  'dog',
  'rabbit',
  'penguin',
  'panda',
  'fox',
  'bear',
  'monkey',
  'elephant',
  'lion',
  'robot',
  'boy',
  'girl',
] as const
export const aloneVerbs = ['run', 'jump', 'dance', 'sleep', 'walk', 'cry', 'laugh', 'sing', 'spin', 'wave'] as const
export const doingVerbs = ['chase', 'eat', 'ride', 'kick', 'hug', 'fight', 'hold', 'play', 'wear'] as const
/** What the doing verbs are done to, in the order of the objects list. */
export const things = [
  'butterfly',
  'pizza',
  'horse',
  'soccer-ball',
  'dog',
  'lion',
  'balloon',
  'guitar',
  'top-hat',
] as const
export const sets = ['forest', 'beach', 'city', 'snow', 'desert', 'garden', 'castle', 'stage', 'park', 'moon'] as const
export const times = ['night', 'sunset', 'dawn'] as const
export const weathers = ['rain', 'snow', 'fog'] as const

const split = (text: string): string[] => text.split('|')
const spaced = (...parts: string[]): string => parts.filter(Boolean).join(' ')

export const phrasebooks: Readonly<Record<Language, Phrasebook>> = {
  en: {
    subjects: split(
      'a cat|a dog|a rabbit|a penguin|a panda|a fox|a bear|a monkey|an elephant|a lion|a robot|a boy|a girl',
    ),
    objects: split('a butterfly|a pizza|a horse|a ball|a dog|a lion|a balloon|the guitar|a top hat'),
    several: (i, n) =>
      `${['two', 'three', 'four'][n - 2]} ${split('cats|dogs|rabbits|penguins|pandas|foxes|bears|monkeys|elephants|lions|robots|boys|girls')[i]}`,
    alone: split('is running|is jumping|dances|is sleeping|walks|is crying|laughs|sings|spins around|waves'),
    together: split('are running|are jumping|dance|are sleeping|walk|are crying|laugh|sing|spin around|wave'),
    doing: split('chases @|eats @|rides @|kicks @|hugs @|fights @|holds @|plays @|wears @'),
    sets: split(
      'in the forest|on the beach|in the city|in the snow|in the desert|in the garden|in the castle|on the stage|in the park|on the moon',
    ),
    times: split('at night|at sunset|at dawn'),
    weathers: split('in the rain|while it is snowing|in the fog'),
    sentence: (s, a, p, t, w) => spaced(s, a, p, t, w),
  },
  'zh-CN': {
    subjects: split(
      '一只猫|一只狗|一只兔子|一只企鹅|一只熊猫|一只狐狸|一头熊|一只猴子|一头大象|一头狮子|一个机器人|一个男孩|一个女孩',
    ),
    objects: split('蝴蝶|披萨|马|足球|狗|狮子|气球|吉他|礼帽'),
    several: (i, n) =>
      `${['两', '三', '四'][n - 2]}${split('只猫|只狗|只兔子|只企鹅|只熊猫|只狐狸|头熊|只猴子|头大象|头狮子|个机器人|个男孩|个女孩')[i]}`,
    alone: split('在奔跑|在跳|在跳舞|在睡觉|在散步|在哭|在大笑|在唱歌|在转圈|在挥手'),
    together: split('在奔跑|在跳|在跳舞|在睡觉|在散步|在哭|在大笑|在唱歌|在转圈|在挥手'),
    doing: split('追着@|吃@|骑着@|踢@|拥抱@|和@打架|拿着@|弹@|戴着@'),
    sets: split('森林里|海滩上|城市里|雪地里|沙漠里|花园里|城堡里|舞台上|公园里|月球上'),
    times: split('夜晚|日落时|黎明'),
    weathers: split('下着雨|下着雪|大雾中'),
    sentence: (s, a, p, t, w) => [t, w, p ? `${s}在${p}${a.replace(/^在/, '')}` : s + a].filter(Boolean).join('，'),
  },
  'zh-TW': {
    subjects: split(
      '一隻貓|一隻狗|一隻兔子|一隻企鵝|一隻熊貓|一隻狐狸|一頭熊|一隻猴子|一頭大象|一頭獅子|一個機器人|一個男孩|一個女孩',
    ),
    objects: split('蝴蝶|披薩|馬|足球|狗|獅子|氣球|吉他|禮帽'),
    several: (i, n) =>
      `${['兩', '三', '四'][n - 2]}${split('隻貓|隻狗|隻兔子|隻企鵝|隻熊貓|隻狐狸|頭熊|隻猴子|頭大象|頭獅子|個機器人|個男孩|個女孩')[i]}`,
    alone: split('在奔跑|在跳|在跳舞|在睡覺|在散步|在哭|在大笑|在唱歌|在轉圈|在揮手'),
    together: split('在奔跑|在跳|在跳舞|在睡覺|在散步|在哭|在大笑|在唱歌|在轉圈|在揮手'),
    doing: split('追著@|吃@|騎著@|踢@|擁抱@|和@打架|拿著@|彈@|戴著@'),
    sets: split('森林裡|海灘上|城市裡|雪地裡|沙漠裡|花園裡|城堡裡|舞台上|公園裡|月球上'),
    times: split('夜晚|日落時|黎明'),
    weathers: split('下著雨|下著雪|大霧中'),
    sentence: (s, a, p, t, w) => [t, w, p ? `${s}在${p}${a.replace(/^在/, '')}` : s + a].filter(Boolean).join('，'),
  },
  ja: {
    subjects: split(
      '猫が|犬が|うさぎが|ペンギンが|パンダが|キツネが|クマが|サルが|ゾウが|ライオンが|ロボットが|男の子が|女の子が',
    ),
    objects: split('蝶を|ピザを|馬に|サッカーボールを|犬を|ライオンと|風船を|ギターを|シルクハットを'),
    several: (i, n) =>
      `${['二', '三', '四'][n - 2]}${split('匹の猫|匹の犬|匹のうさぎ|羽のペンギン|頭のパンダ|匹のキツネ|頭のクマ|匹のサル|頭のゾウ|頭のライオン|台のロボット|人の男の子|人の女の子')[i]}が`,
    alone: split('走る|ジャンプする|踊る|眠っている|歩く|泣く|笑う|歌う|回る|手を振る'),
    together: split('走る|ジャンプする|踊る|眠っている|歩く|泣く|笑う|歌う|回る|手を振る'),
    doing: split('@追いかける|@食べる|@乗る|@蹴る|@抱きしめる|@戦う|@持つ|@弾く|@かぶる'),
    sets: split('森で|ビーチで|街で|雪原で|砂漠で|庭で|お城で|舞台で|公園で|月面で'),
    times: split('夜、|夕焼けの中、|夜明けに、'),
    weathers: split('雨の中、|雪が降る中、|霧の中、'),
    sentence: (s, a, p, t, w) => t + w + p + s + a,
  },
  ko: {
    subjects: split('고양이가|강아지가|토끼가|펭귄이|판다가|여우가|곰이|원숭이가|코끼리가|사자가|로봇이|소년이|소녀가'),
    objects: split('나비를|피자를|말을|축구공을|강아지를|사자와|풍선을|기타를|모자를'),
    several: (i, n) =>
      `${split('고양이|강아지|토끼|펭귄|판다|여우|곰|원숭이|코끼리|사자|로봇|소년|소녀')[i]} ${['두', '세', '네'][n - 2]} ${i === 10 ? '대가' : i > 10 ? '명이' : '마리가'}`,
    alone: split('달린다|점프한다|춤춘다|잠을 잔다|걷는다|운다|웃는다|노래한다|빙글빙글 돈다|손을 흔든다'),
    together: split('달린다|점프한다|춤춘다|잠을 잔다|걷는다|운다|웃는다|노래한다|빙글빙글 돈다|손을 흔든다'),
    doing: split('@ 쫓는다|@ 먹는다|@ 탄다|@ 찬다|@ 안는다|@ 싸운다|@ 들고 있다|@ 연주한다|@ 쓰고 있다'),
    sets: split('숲에서|해변에서|도시에서|눈밭에서|사막에서|정원에서|성에서|무대에서|공원에서|달에서'),
    times: split('밤에|해질녘에|새벽에'),
    weathers: split('비가 오는데|눈이 내리는데|안개 속에서'),
    sentence: (s, a, p, t, w) => spaced(t, w, p, s, a),
  },
  es: {
    subjects: split(
      'un gato|un perro|un conejo|un pingüino|un panda|un zorro|un oso|un mono|un elefante|un león|un robot|un chico|una chica',
    ),
    objects: split(
      'una mariposa|una pizza|un caballo|un balón|a un perro|un león|un globo|la guitarra|un sombrero de copa',
    ),
    several: (i, n) =>
      `${['dos', 'tres', 'cuatro'][n - 2]} ${split('gatos|perros|conejos|pingüinos|pandas|zorros|osos|monos|elefantes|leones|robots|chicos|chicas')[i]}`,
    alone: split('corre|salta|baila|duerme|camina|llora|ríe|canta|gira|saluda'),
    together: split('corren|saltan|bailan|duermen|caminan|lloran|ríen|cantan|giran|saludan'),
    doing: split('persigue @|come @|monta @|patea @|abraza @|lucha contra @|sostiene @|toca @|lleva puesto @'),
    sets: split(
      'en el bosque|en la playa|en la ciudad|en la nieve|en el desierto|en el jardín|en el castillo|en el escenario|en el parque|en la luna',
    ),
    times: split('de noche|al atardecer|al amanecer'),
    weathers: split('bajo la lluvia|mientras nieva|en la niebla'),
    sentence: (s, a, p, t, w) => spaced(s, a, p, t, w),
  },
  fr: {
    subjects: split(
      'un chat|un chien|un lapin|un pingouin|un panda|un renard|un ours|un singe|un éléphant|un lion|un robot|un garçon|une fille',
    ),
    objects: split(
      'un papillon|une pizza|un cheval|un ballon de football|un chien|un lion|un ballon de baudruche|de la guitare|un chapeau haut de forme',
    ),
    several: (i, n) =>
      `${['deux', 'trois', 'quatre'][n - 2]} ${split('chats|chiens|lapins|pingouins|pandas|renards|ours|singes|éléphants|lions|robots|garçons|filles')[i]}`,
    alone: split('court|saute|danse|dort|marche|pleure|rit|chante|tourne|salue'),
    together: split('courent|sautent|dansent|dorment|marchent|pleurent|rient|chantent|tournent|saluent'),
    doing: split('poursuit @|mange @|monte @|frappe @|embrasse @ dans ses bras|combat @|tient @|joue @|porte @'),
    sets: split(
      'dans la forêt|sur la plage|dans la ville|dans la neige|dans le désert|dans le jardin|dans le château|sur la scène|dans le parc|sur la lune',
    ),
    times: split("la nuit|au coucher du soleil|à l'aube"),
    weathers: split('sous la pluie|pendant qu’il neige|dans le brouillard'),
    sentence: (s, a, p, t, w) => spaced(s, a, p, t, w),
  },
  de: {
    subjects: split(
      'eine Katze|ein Hund|ein Hase|ein Pinguin|ein Panda|ein Fuchs|ein Bär|ein Affe|ein Elefant|ein Löwe|ein Roboter|ein Junge|ein Mädchen',
    ),
    objects: split(
      'einen Schmetterling|eine Pizza|ein Pferd|einen Fußball|einen Hund|einen Löwen|einen Luftballon|Gitarre|einen Zylinder',
    ),
    several: (i, n) =>
      `${['zwei', 'drei', 'vier'][n - 2]} ${split('Katzen|Hunde|Hasen|Pinguine|Pandas|Füchse|Bären|Affen|Elefanten|Löwen|Roboter|Jungen|Mädchen')[i]}`,
    alone: split('rennt|springt|tanzt|schläft|läuft spazieren|weint|lacht|singt|dreht sich|winkt'),
    together: split('rennen|springen|tanzen|schlafen|gehen spazieren|weinen|lachen|singen|drehen sich|winken'),
    doing: split('jagt @|isst @|reitet @|tritt @|umarmt @|kämpft gegen @|hält @|spielt @|trägt @'),
    sets: split(
      'im Wald|am Strand|in der Stadt|im Schnee|in der Wüste|im Garten|im Schloss|auf der Bühne|im Park|auf dem Mond',
    ),
    times: split('bei Nacht|bei Sonnenuntergang|im Morgengrauen'),
    weathers: split('im Regen|während es schneit|im Nebel'),
    sentence: (s, a, p, t, w) => spaced(s, a, p, t, w),
  },
  pt: {
    subjects: split(
      'um gato|um cachorro|um coelho|um pinguim|um panda|uma raposa|um urso|um macaco|um elefante|um leão|um robô|um menino|uma menina',
    ),
    objects: split(
      'uma borboleta|uma pizza|um cavalo|uma bola de futebol|um cachorro|um leão|um balão|violão|uma cartola',
    ),
    several: (i, n) =>
      `${[i === 5 || i === 12 ? 'duas' : 'dois', 'três', 'quatro'][n - 2]} ${split('gatos|cachorros|coelhos|pinguins|pandas|raposas|ursos|macacos|elefantes|leões|robôs|meninos|meninas')[i]}`,
    alone: split('corre|pula|dança|dorme|caminha|chora|ri|canta|gira|acena'),
    together: split('correm|pulam|dançam|dormem|caminham|choram|riem|cantam|giram|acenam'),
    doing: split('persegue @|come @|monta @|chuta @|abraça @|luta contra @|segura @|toca @|usa @'),
    sets: split('na floresta|na praia|na cidade|na neve|no deserto|no jardim|no castelo|no palco|no parque|na lua'),
    times: split('à noite|ao pôr do sol|ao amanhecer'),
    weathers: split('na chuva|enquanto neva|no nevoeiro'),
    sentence: (s, a, p, t, w) => spaced(s, a, p, t, w),
  },
  ru: {
    subjects: split('кошка|собака|кролик|пингвин|панда|лиса|медведь|обезьяна|слон|лев|робот|мальчик|девочка'),
    objects: split('бабочку|пиццу|лошади|мяч|собаку|львом|воздушный шар|гитаре|цилиндр'),
    several: (i, n) =>
      `${[[0, 1, 4, 5, 7, 12].includes(i) ? 'две' : 'два', 'три', 'четыре'][n - 2]} ${split('кошки|собаки|кролика|пингвина|панды|лисы|медведя|обезьяны|слона|льва|робота|мальчика|девочки')[i]}`,
    alone: split('бежит|прыгает|танцует|спит|гуляет|плачет|смеётся|поёт|кружится|машет рукой'),
    together: split('бегут|прыгают|танцуют|спят|гуляют|плачут|смеются|поют|кружатся|машут рукой'),
    doing: split('преследует @|ест @|едет верхом на @|пинает @|обнимает @|дерётся с @|держит @|играет на @|носит @'),
    sets: split('в лесу|на пляже|в городе|на снегу|в пустыне|в саду|в замке|на сцене|в парке|на луне'),
    times: split('ночью|на закате|на рассвете'),
    weathers: split('под дождём|идёт снег|в тумане'),
    sentence: (s, a, p, t, w) => spaced(s, a, p, t, w),
  },
}
