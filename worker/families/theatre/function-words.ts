import type { Language } from './lexicon.ts'

/**
 * What a word without a picture does in a sentence.
 * nobody: says that no people are there ("an empty beach"); subject/object/place/to/with are case marks (Japanese and Korean particles); `skip` has no meaning on the stage.
 */
export type Part =
  | 'of'
  | 'at'
  | 'is'
  | 'article'
  | 'and'
  | 'not'
  | 'nobody'
  | 'next'
  | 'pronoun'
  | 'by'
  | 'let'
  | 'background'
  | 'subject'
  | 'object'
  | 'place'
  | 'to'
  | 'with'
  | 'skip'

type Table = Partial<Record<Part, string>>

/** Words per part, separated by bars. Chinese serves both scripts. */
const spoken: Record<Exclude<Language, 'zh-TW'> | 'zh-TW', Table> = {
  en: {
    article: 'a|an|the|this|these|those|some|any|one of|another|each|every|his|her|its|their|my|your|our',
    at: 'in|at|into|inside|within|across|over|through|around|along|throughout|against|upon|to|toward|towards|from|for|via',
    is: 'is|are|was|were|be|being|been|am|s',
    of: 'of',
    and: 'and|plus|&|as well as|together with|along with',
    not: 'no|not|without|never|none|non|dont|avoid|except|t',
    nobody: 'empty|deserted|uninhabited|desolate',
    next: 'then|afterwards|afterward|after that|next|finally|later|and then|before|while|meanwhile',
    pronoun:
      'it|he|she|they|them|him|that|which|who|whose|we|i|you|itself|themselves|each other|one another|someone|everyone',
    by: 'by',
    background: 'background|backdrop|setting|in the background',
    skip: 'as|off|out|up|down|away|again|also|very|really|so|too|just|only|when|where|there|here|than|but|or|if|has|have|had|having|do|does|did|can|could|will|would|should|may|might|must|make|makes|making|made|get|gets|getting|show|shows|showing|me|us|please|create|generate|video|clip|scene|shot|image|picture|photo|animation|footage|camera|its own|own|about|like|style|other|both|all|lot|lots|some|few|kind|type|way|something|anything|now|still|ever|back|side|middle|center|centre|front|top|bottom|left|right|together|during|until|because|s|d|ll|re|ve|m|second|seconds|minute|minutes|sec|fps|p|k|hd|x|full|body|time|moment|begin|begins|start|starts|starting|go|goes|going|come|comes|coming|let|lets|view|wide|bit|little bit|past|onto|pls|plz|please|thx|thanks|vid|vids|gif|lol|lmao|omg|haha|hahaha|xd|want|need|give|super|lots|busy|water',
  },
  'zh-CN': {
    of: '的|之',
    at: '在|于|到|向|往|朝|穿越|穿过|经过|沿着|进|进入|来到|走进|从',
    is: '是|为|成为|变成',
    and: '和|与|及|以及|还有|跟|同|并且|并|而且|加上|、',
    not: '不|没|没有|无|别|不要|不能|不会|避免|禁止|去掉|毫无',
    nobody: '空无一人|空荡荡|无人的|空荡',
    next: '然后|接着|随后|之后|后来|最后|再|于是|先',
    pronoun: '它|他|她|它们|他们|她们|我|你|我们|你们|大家|自己|其',
    article:
      '一|只|个|位|名|条|匹|头|辆|架|艘|朵|棵|颗|座|栋|幅|张|片|件|双|副|把|本|台|部|枚|根|支|块|份|株|群|某|这|那|这个|那个|这只|那只|一只|一个|一位|一名|一条|一匹|一头|一辆|一架|一艘|一朵|一棵|一颗|一座|一栋|一幅|一张|一片|一件|一双|一副|一把|一本|一台|一部|一枚|一根|一支|一块|一份|一些|有些',
    by: '被|让|遭',
    let: '把|将',
    background: '背景|背景是|背景为|以|场景|场景是',
    with: '',
    skip: '着|了|过|地|得|正|正在|里|中|内|外|间|们|都|也|就|才|又|很|非常|十分|特别|最|更|太|真|有|会|能|可以|想|要|去|来|起|起来|下|上去|下来|一起|一边|边|其中|时|时候|用|进行|做|使用|通过|突然|慢慢地|给|对|所|等|等等|呢|吗|啊|吧|呀|哦|请|生成|视频|画面|镜头|一段|一下|身上|身边|身穿|表情|样子|脸上|手里|手中|嘴里|头上|不停|不断|地方|这里|那里|并排|以|之中|当中|仿佛|好像|像|般|一样|似的|拟人化|拟人|秒|分钟|比例|风格|充满|拥有|具有|显得|看起来|位于|处于|出来|过来|过去|起伏|共|总共|一共|幸福地|欢快|地在|年|月|日|点|哈哈|哈哈哈|拜托|求',
  },
  'zh-TW': {
    at: '於|進|進入|穿過|經過|沿著|來到|走進|從',
    is: '為|成為|變成',
    and: '與|還有|並且|並|而且',
    not: '沒|沒有|無|別|禁止',
    nobody: '空無一人|空蕩蕩|無人的|空蕩',
    next: '然後|接著|隨後|之後|後來|最後',
    pronoun: '牠|它們|牠們|他們|她們|我們|你們',
    article: '隻|個|條|頭|輛|雙|這|這個|這隻|那隻|一隻|一個|一條|一頭|一輛|一雙|棟|顆|張|幾',
    by: '讓',
    let: '將',
    background: '背景|場景',
    skip: '著|過|裡|裏|們|會|來|時|時候|對|給|請|影片|畫面|鏡頭|臉上|擬人化|秒|風格|點',
  },
  ja: {
    of: 'の',
    subject: 'が|は|も',
    object: 'を',
    place: 'に|で|へ|にて',
    with: 'と',
    and: 'や|そして|または|及び|、',
    nobody: '誰もいない|無人の|人のいない',
    next: 'それから|その後|次に|最後に|てから',
    not: 'ない|なし|無し|なしで|ません',
    pronoun: 'それ|彼|彼女|これ',
    article: '匹|頭|羽|人|つ|個|台|本|枚|一匹の|一人の|一匹|ある',
    is: 'です|だ|である|だった',
    background: '背景',
    skip: 'いる|います|いた|ている|ています|して|する|します|した|しながら|ながら|こと|もの|ため|よう|ように|とても|すごく|から|まで|より|など|って|たち|達|さん|ちゃん|くん|中|中で|中に|お|ご|その|この|あの|動画|映像|シーン|カメラ|ください|しています|させる|な|ね|よ|し|て|た|る|う|い|く|ば|たり|たら|られる|れる|秒',
  },
  ko: {
    of: '의',
    and: '그리고|및|또한',
    nobody: '텅|텅빈|빈|무인|인적',
    next: '그런다음|그다음|그후|다음에|이어서|나서|후에',
    not: '없이|없는|안|말고',
    pronoun: '그것|그|그녀|이것|그들',
    article: '한|마리|명|개|대|한마리|어떤|이|저|마리의|명의',
    background: '배경|배경은|배경으로',
    place: '에서|에|으로',
    with: '함께|같이',
    is: '있다|있는|이다|입니다|있습니다|인',
    skip: '매우|아주|너무|정말|모두|그냥|더|가장|하는|한다|하며|하고|하면서|있고|것|수|때|동영상|영상|장면|카메라|만들어줘|초|되는|된|춰요|춥니다|추는|춘다|제발|부탁',
  },
  es: {
    article: 'un|una|unos|unas|el|la|los|las|lo|al|su|sus|mi|este|esta|ese|esa|cada',
    at: 'en|por|sobre|hacia|a|dentro|desde|para|entre|a través|durante|al|junto',
    is: 'es|está|están|son|ser|estar|siendo|era',
    of: 'de|del',
    and: 'y|e|además|junto con',
    not: 'no|sin|nunca|ni',
    nobody: 'vacío|vacía|vacíos|vacías|solitaria',
    next: 'luego|después|entonces|finalmente|más tarde|mientras',
    pronoun: 'que|él|ella|ellos|ellas|lo|le|se|quien|quienes|cual',
    with: 'con',
    background: 'fondo|de fondo|al fondo',
    skip: 'muy|más|como|cuando|donde|también|tan|todo|todos|toda|todas|hay|tiene|video|vídeo|escena|imagen|cámara|otro|otra|sí|ya|o|pero|segundos|mucho',
  },
  fr: {
    article: 'un|une|des|le|la|les|l|ce|cette|ces|son|sa|ses|leur|leurs|mon|ma|mes|du|au|aux|chaque|quelques',
    at: 'dans|en|à|sur|par|vers|chez|dedans|à travers|parmi|pour|durant|au milieu',
    is: 'est|sont|être|étant|était',
    of: 'de|d',
    and: 'et|puis|ainsi que',
    not: 'pas|sans|ne|n|jamais|non|ni|aucun|aucune',
    nobody: 'vide|vides|déserte|désertes',
    next: 'ensuite|puis|après|enfin|et puis|pendant|tandis',
    pronoun: 'qui|que|qu|il|elle|ils|elles|on|se|s|lui|dont|c|j|je',
    with: 'avec',
    background: 'fond|arrière plan|en fond|en arrière plan',
    skip: 'très|plus|comme|quand|où|aussi|tout|tous|toute|toutes|y|a|ont|vidéo|scène|image|caméra|autre|ou|mais|train|en train|secondes|beaucoup|m|t',
  },
  de: {
    article:
      'ein|eine|einen|einem|einer|eines|der|die|das|den|dem|des|dieser|diese|dieses|sein|seine|seinen|seinem|ihr|ihre|ihren|mein|jede|jeder|einige',
    at: 'in|im|ins|am|an|auf|über|durch|bei|beim|zum|zur|nach|aus|vom|von|entlang|für|um',
    is: 'ist|sind|war|sein|wird|werden',
    and: 'und|sowie',
    not: 'kein|keine|keinen|ohne|nicht|nie',
    nobody:
      'leer|leere|leerer|leeren|leerem|leeres|menschenleer|menschenleere|menschenleerer|menschenleeren|verlassene|verlassener|verlassenen',
    next: 'dann|danach|später|schließlich|anschließend|während',
    pronoun: 'es|er|sie|sich|welche|welcher|welches|man|ihm|ihn',
    with: 'mit',
    background: 'hintergrund|im hintergrund',
    skip: 'sehr|mehr|als|wie|wenn|wo|auch|so|zu|alle|alles|hat|haben|video|szene|bild|kamera|andere|anderen|oder|aber|sekunden|viel|hinterher|herum|vorbei|ab|da|doch|gerade|will|möchte|möchten|wollen|kann|können|muss|soll|darf|bitte',
  },
  pt: {
    article: 'um|uma|uns|umas|o|os|as|a|seu|sua|seus|suas|meu|este|esta|esse|essa|cada|ao',
    at: 'em|no|na|nos|nas|num|numa|por|pelo|pela|pelos|pelas|para|até|dentro|sobre|através|à|entre',
    is: 'é|são|está|estão|ser|estar|sendo|era',
    of: 'de|do|da|dos|das',
    and: 'e|além de',
    not: 'não|sem|nunca|nem',
    nobody: 'vazio|vazia|vazios|vazias|deserta',
    next: 'depois|então|finalmente|em seguida|logo|enquanto',
    pronoun: 'que|ele|ela|eles|elas|se|quem|qual|lhe',
    with: 'com',
    background: 'fundo|ao fundo|no fundo',
    skip: 'muito|mais|como|quando|onde|também|tão|todo|todos|toda|todas|há|tem|vídeo|video|cena|imagem|câmera|câmara|outro|outra|ou|mas|segundos|já',
  },
  ru: {
    at: 'в|во|на|по|через|около|над|сквозь|к|до|из|от|вокруг|у|для|среди|вдоль',
    is: 'есть|был|была|было|были|это|является',
    and: 'и|а также|да|плюс',
    not: 'не|без|нет|никогда|ни',
    nobody:
      'пустой|пустая|пустое|пустом|пустую|пустынный|пустынная|пустынном|безлюдный|безлюдная|безлюдное|безлюдном|безлюдную',
    next: 'потом|затем|после|наконец|далее|пока',
    pronoun:
      'он|она|оно|они|который|которая|которое|которые|что|его|её|ее|их|себя|друг друга|кто|ним|ней|которого|которую|которых|которой|которым|ею|им|ими',
    with: 'с|со|вместе с',
    by: '',
    background: 'фон|фоне|на фоне|заднем плане',
    skip: 'очень|как|когда|где|тоже|так|все|весь|вся|уже|ещё|еще|видео|сцена|кадр|камера|или|но|а|за|секунд|свой|свою|своем|своём|самый',
  },
}

const byLanguage = new Map<Language, ReadonlyMap<string, Part>>(
  Object.entries(spoken).map(([language, table]) => [language as Language, index(table)]),
)

function index(table: Table): Map<string, Part> {
  const parts = new Map<string, Part>()
  for (const [part, words] of Object.entries(table)) {
    for (const word of words.split('|')) if (word && !parts.has(word)) parts.set(word, part as Part)
  }
  return parts
}

/** Longest function word, in characters, of the scripts written without spaces. */
export const longestParticle = 5

/** The part a word plays in a language; Chinese of either script knows both. */
export function partOf(word: string, language: Language): Part | undefined {
  const found = byLanguage.get(language)?.get(word)
  if (found || !language.startsWith('zh')) return found
  return byLanguage.get(language === 'zh-CN' ? 'zh-TW' : 'zh-CN')?.get(word)
}
