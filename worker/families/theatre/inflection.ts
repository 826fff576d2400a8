import type { Language } from './lexicon.ts'

/** A rewriting of a word's end; the rest must keep `least` characters. */
type Rule = readonly [ending: string, replacement: string, least?: number]

/** Spanish and Portuguese participles in both genders and numbers. */
const participles = (...kinds: readonly (readonly [ending: string, infinitive: string])[]): Rule[] =>
  kinds.flatMap(([ending, infinitive]) => ['o', 'a', 'os', 'as'].map((gender): Rule => [ending + gender, infinitive]))

/** Ways back from an inflected form to what a dictionary lists, likeliest first. Rough on purpose: a form counts only if the vocabulary has it. */
const rules: Partial<Record<Language, readonly Rule[]>> = {
  en: [
    ['ies', 'y'],
    ['ves', 'f'],
    ['ches', 'ch'],
    ['shes', 'sh'],
    ['xes', 'x'],
    ['sses', 'ss'],
    ['s', '', 3],
    ['es', '', 2],
    ['men', 'man'],
    ['ying', 'ie', 1],
    ['ing', '', 3],
    ['ing', 'e', 2],
    ['ied', 'y'],
    ['ed', '', 3],
    ['ed', 'e', 2],
    ['en', '', 3],
    ['ily', 'y'],
    ['ly', '', 3],
    ['y', '', 3],
  ],
  es: [
    ['es', '', 3],
    ['s', '', 3],
    ['ces', 'z'],
    ['as', 'o'],
    ['a', 'o', 3],
    ['ando', 'ar'],
    ['iendo', 'er'],
    ['iendo', 'ir'],
    ['yendo', 'er'],
    ['yendo', 'ir'],
    ['a', 'ar'],
    ['e', 'er'],
    ['e', 'ir'],
    ['an', 'ar'],
    ['en', 'er'],
    ['en', 'ir'],
    ['ó', 'ar'],
    ...participles(['ad', 'ar'], ['id', 'er'], ['id', 'ir']),
    ['itos', 'o'],
    ['itas', 'a'],
    ['ito', 'o'],
    ['ita', 'a'],
  ],
  pt: [
    ['ões', 'ão', 1],
    ['ães', 'ão', 1],
    ['s', '', 3],
    ['es', '', 3],
    ['as', 'o'],
    ['a', 'o', 3],
    ['ando', 'ar'],
    ['endo', 'er'],
    ['indo', 'ir'],
    ['a', 'ar'],
    ['e', 'er'],
    ['e', 'ir'],
    ['am', 'ar'],
    ['em', 'er'],
    ['em', 'ir'],
    ...participles(['ad', 'ar'], ['id', 'er'], ['id', 'ir']),
    ['inho', 'o'],
    ['inha', 'a'],
  ],
  fr: [
    ['s', '', 3],
    ['x', '', 3],
    ['aux', 'al'],
    ['es', '', 3],
    ['e', '', 3],
    ['e', 'er'],
    ['es', 'er'],
    ['ent', 'er'],
    ['ant', 'er'],
    ['ge', 'ger'],
    ['geant', 'ger'],
    ['ant', 'ir'],
    ['it', 'ir'],
    ['issent', 'ir'],
    ...['é', 'ée', 'és', 'ées'].map((ending): Rule => [ending, 'er']),
    ...['i', 'ie', 'is', 'ies'].flatMap((ending): Rule[] => [
      [ending, 'ir'],
      [ending, 're'],
    ]),
    ...['u', 'ue', 'us', 'ues'].map((ending): Rule => [ending, 're']),
  ],
  de: [
    ['en', '', 3],
    ['n', '', 3],
    ['e', '', 3],
    ['er', '', 3],
    ['es', '', 3],
    ['em', '', 3],
    ['s', '', 3],
    ['t', 'en', 2],
    ['et', 'en', 2],
    ['end', 'en'],
    ['ende', 'en'],
    ['ender', 'en'],
    ['chen', '', 3],
    ['lein', '', 3],
  ],
}

const umlauts: Record<string, string> = { ä: 'a', ö: 'o', ü: 'u' }

/** Forms of a word to look up when the word itself is not in the vocabulary. */
export function variants(word: string, language: Language): string[] {
  const found: string[] = []
  const add = (form: string) => {
    if (form !== word && form.length > 1 && !found.includes(form)) found.push(form)
  }
  for (const [ending, replacement, least = 2] of rules[language] ?? []) {
    if (!word.endsWith(ending) || word.length - ending.length < least) continue
    const stem = word.slice(0, word.length - ending.length)
    add(stem + replacement)
    const last = stem.at(-1)
    if (language === 'en' && replacement === '' && last && last === stem.at(-2)) add(stem.slice(0, -1))
  }
  // gejagt: jagen
  const stem = language === 'de' ? /^ge(.{2,}?)(?:e?t|en)$/.exec(word)?.[1] : undefined
  if (stem) for (const form of [`${stem}en`, `${stem}n`]) add(form)
  if (language === 'de')
    for (const form of [word, ...found]) add(form.replace(/[äöü](?=[^äöü]*$)/u, v => umlauts[v] ?? v))
  return found
}

const sufferedForms: Partial<Record<Language, RegExp>> = {
  es: /(?:[ai]d|(?:ch|t|s))[oa]s?$/,
  pt: /(?:[ai]d|(?:t|s))[oa]s?$/,
  fr: /(?:é|i|u|t|s)e?s?$/,
  de: /(?:t|en)$/,
  ru: /(?:[еи]м|нн|т)(?:ый|ая|ое|ые|ого|ой|ую|ому|ым|ых|ыми)$/,
}

/** True for a verb's form that may say what its subject suffers: a past participle; the words around it decide. */
export const suffered = (word: string, language: Language): boolean => sufferedForms[language]?.test(word) ?? false

const russianEndings =
  /(?:уемый|уемая|уемое|уемые|уемого|уемой|уемую|уемых|уемым|уемыми|аемый|аемая|аемое|аемые|аемого|аемой|аемую|аемых|аемым|аемыми|иями|ями|ами|ого|его|ому|ему|ыми|ими|ует|уют|ают|яют|ает|яет|ешь|ишь|ющая|ющий|ющее|ющие|ющую|ющей|ющего|ущая|ущий|ящая|ящий|ались|ился|илась|илось|ились|ать|ять|еть|ить|уть|оть|ла|ло|ли|ый|ий|ой|ая|яя|ое|ее|ые|ие|ую|юю|ей|ов|ев|ом|ем|ём|ам|ям|ах|ях|ых|их|ет|ёт|ит|ут|ют|ат|ят|ия|ию|ии|ью|ья|ье|ти|чь|а|я|о|е|ё|и|ы|у|ю|й|ь|л)$/

/** What is left of a Russian word without its ending, at least three letters; good enough to compare forms of one word. */
export function russianStem(word: string): string {
  let stem = word.replace(/ё/g, 'е').replace(/(?:ся|сь)$/, '')
  for (let i = 0; i < 2; i++) {
    const shorter = stem.replace(russianEndings, '')
    if (shorter.length < 3 || shorter === stem) break
    stem = shorter
    if (i === 0 && !/(?:[иеаяую]|ющ|ущ|ящ)$/.test(stem)) break
  }
  return stem
}

const koreanParticles =
  /(?:으로부터|에게서|에서는|으로|에서|에게|한테|께서|까지|부터|이랑|처럼|보다|들이|들은|들을|들의|들과|들|하고|와|과|랑|은|는|이|가|을|를|의|에|도|만|로)$/

/** A Korean word without its particles, longest particle first; the word itself is not among the answers. */
export function koreanStems(word: string): { stem: string; particle: string }[] {
  const stems: { stem: string; particle: string }[] = []
  let rest = word
  for (let i = 0; i < 2; i++) {
    const particle = koreanParticles.exec(rest)?.[0]
    if (!particle || particle.length >= rest.length) break
    rest = rest.slice(0, rest.length - particle.length)
    stems.push({ stem: rest, particle })
  }
  return stems
}

/** Case a Korean particle marks. */
export function koreanCase(particle: string): 'subject' | 'object' | 'place' | 'to' | 'with' | 'of' | undefined {
  if (/^들?(?:은|는|이|가|도|께서)$/.test(particle)) return 'subject'
  if (/^들?(?:을|를)$/.test(particle)) return 'object'
  if (/^들?(?:에게서?|한테)$/.test(particle)) return 'to'
  if (/^(?:에서는?|에|으?로|까지)$/.test(particle)) return 'place'
  if (/^들?(?:와|과|이?랑|하고)$/.test(particle)) return 'with'
  return particle.endsWith('의') ? 'of' : undefined
}

/** Letters of a Korean word; conjugated forms begin with the letters of their stem. */
export const koreanLetters = (word: string): string => word.normalize('NFD')

/** Korean stems of what is suffered and of what is done. */
const koreanPassives: readonly (readonly [suffered: string, done: string])[] = [
  ['쫓기', '쫓'],
  ['쫓겨', '쫓'],
  ['안기', '안'],
  ['안겨', '안'],
  ['먹히', '먹'],
  ['먹혀', '먹'],
  ['밀리', '밀'],
  ['밀려', '밀'],
  ['끌리', '끌'],
  ['끌려', '끌'],
  ['잡히', '잡'],
  ['잡혀', '잡'],
]

/** The active verb of a Korean passive (쫓기는 쥐: 쫓는); undefined for other words. */
export function koreanActive(word: string): string | undefined {
  const letters = koreanLetters(word)
  const pair = koreanPassives.find(([form]) => letters.startsWith(koreanLetters(form)))
  return pair && `${pair[1]}는`
}

const shortStemEndings = new RegExp(
  `^(?:${['은', '는', 'ㄴ', '고', '며', '면서', '아', '어', '려고', '자', '지']
    .map(ending => (ending === 'ㄴ' ? '\\u11ab' : koreanLetters(ending)))
    .join('|')}|\\u11ab\u1103\u1161|\\u11b8|\\u11bb|\\u11af).*$`,
  'u',
)

/** True when letters left over after a stem of one open syllable (자다, 타다) can be a verb's ending. */
export const endsShortStem = (rest: string): boolean => rest === '' || shortStemEndings.test(rest)

/** Endings that may follow the stem of a Japanese verb. */
export const japaneseEndings =
  /^(?:っ|い|ん|し|り|き|み|び|ち|ぎ|に)?(?:て|で)?(?:る|う|く|ぐ|す|つ|ぬ|ぶ|む|れ|け|ら|か|わ|が|ま|さ|せ|え|た|だ|て|で|い)?(?:いる|います|いた|いて|おり|いく|くる|ます|ました|まして|ない|たい|ながら|られ|られる|れる|せる)?(?:る|た|て|の)?/

const japanesePassives =
  /^[らわまかさたばがな]れ(?:ながら|ました|ます|ない|て|た|る)?(?:いる|います|いた|いて)?(?:る|た|て|の)?/u

/** What follows the stem of a Japanese verb that its subject suffers (追|われている); undefined for other forms. */
export const japanesePassive = (stem: string, rest: string): string | undefined =>
  /[てで]$/u.test(stem) ? undefined : japanesePassives.exec(rest)?.[0]
