// ../lexicon/*.json + the CLDR names of the emoji -> ../../../models/theatre/vocabulary.json. See ../lexicon/README.md.
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Converter } from 'opencc-js'
import { koreanForms, russianForms } from './forms.mjs'
import { sources } from './list.mjs'

const require = createRequire(import.meta.url)
const json = async (url) => JSON.parse(await readFile(url, 'utf8'))
const lexicon = (name) => json(new URL(`../lexicon/${name}.json`, import.meta.url))

/** Language -> the folder of emojibase-data. */
const languages = { en: 'en', 'zh-CN': 'zh', 'zh-TW': 'zh-hant', ja: 'ja', ko: 'ko', es: 'es', fr: 'fr', de: 'de', pt: 'pt', ru: 'ru' }

const concepts = await json(new URL('../concepts.json', import.meta.url))
const nouns = await json(new URL('../nouns.json', import.meta.url))
const known = new Set([
  ...nouns.map((noun) => `noun:${noun.id}`),
  ...concepts.verbs.map((verb) => `verb:${verb.id}`),
  ...[
    ['relation', 'relations'],
    ['set', 'sets'],
    ['time', 'times'],
    ['weather', 'weathers'],
    ['camera', 'cameras'],
    ['mood', 'moods'],
    ['count', 'counts'],
    ['colour', 'colours'],
    ['size', 'sizes'],
    ['speed', 'speeds'],
  ].flatMap(([kind, list]) => concepts[list].map((id) => `${kind}:${id}`)),
  ...concepts.grammar.ids.map((id) => `grammar:${id}`),
])

/** The parser's folding (worker/families/theatre/lexicon.ts), and what its lexer does to marks inside words: d'eau -> d eau. */
const normalise = (text) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’ʼ`´'.\-‐‑‒–_!]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

const slug = (text) =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[’'.]|\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** Emoji whose CLDR name is not the name of the picture. */
const renamed = {
  'black bird': 'blackbird',
  phoenix: 'phoenix-bird',
  'enraged face': 'pouting-face',
  'keycap: *': undefined,
  mage: 'person-mage',
  piñata: 'piata',
}
/** Nouns whose CLDR names would mislead: they are other characters here, or only parts. */
const unnamed = new Set([
  'knight',
  'pirate',
  'unicorn',
  'skeleton',
  'cat-upright',
  'dog-upright',
  'rabbit-upright',
  'mouse-upright',
  'monkey-upright',
  'pig-upright',
  'cow-upright',
  'tiger-upright',
  'horse-upright',
  'high-voltage',
  'dizzy',
  'dashing-away',
  'anger-symbol',
  'hundred-points',
  'person',
  'speech-balloon',
  'thought-balloon',
])
/** And two whose own emoji is not the picture we use. */
const named = { unicorn: 'unicorn', necktie: 'suit' }

const nounsOfPicture = new Map(Object.entries(named).map(([picture, noun]) => [picture, [noun]]))
for (const { id } of nouns) {
  if (unnamed.has(id)) continue
  const picture = sources[id] ?? id
  nounsOfPicture.set(picture, [...(nounsOfPicture.get(picture) ?? []), id])
}
const english = require('emojibase-data/en/data.json')
const nounOfCode = new Map()
for (const { label, hexcode } of english) {
  const picture = renamed[label.toLowerCase()] ?? slug(label)
  const found = nounsOfPicture.get(picture)
  if (found) nounOfCode.set(hexcode, found[0])
}
const nameless = [...nounsOfPicture].filter(([, ids]) => ![...nounOfCode.values()].includes(ids[0])).map(([picture]) => picture)

const { words: blockedWords, nouns: blockedNouns } = await lexicon('blocked')

/** A word and the regular forms of it that the parser cannot undo by its endings. */
function withForms(text, key, language) {
  if (language === 'ru' && /^(?:noun|set)/.test(key) && /(?<=^|[^ ])л[аяь]$/u.test(text) && !text.includes(' '))
    return [text, ...russianForms(text)]
  if (language.startsWith('zh') && /^set:/.test(key) && !/[上里中下边裡邊]$/u.test(text))
    return [text, ...['上', '里', '中', '上空'].map((place) => text + place)]
  if (language === 'ko' && key.includes('verb:') && text.endsWith('다')) return [text, ...koreanForms(text)]
  return [text]
}

/** What a word means by hand: word -> list of meanings (each a list of concepts). */
function handwritten(entries, language, convert = (word) => [word]) {
  const meanings = new Map()
  for (const [key, value] of Object.entries(entries)) {
    const alternatives = key.split('|')
    for (const meaning of alternatives)
      for (const concept of meaning.split(' ')) if (!known.has(concept)) throw new Error(`unknown concept ${concept}`)
    for (const text of value.split('|').flatMap((word) => withForms(word, key, language)))
      for (const word of convert(text).map(normalise))
        for (const meaning of alternatives) {
          const list = meanings.get(word) ?? []
          if (!list.includes(meaning)) meanings.set(word, [...list, meaning])
        }
  }
  return meanings
}

/** Plurals that the parser undoes by itself, and must: it then knows that they are several. */
const singulars = {
  en: [[/(?<=[^s])s$/, '']],
  es: [
    [/s$/, ''],
    [/es$/, ''],
    [/ces$/, 'z'],
    [/ones$/, 'ón'],
    [/ines$/, 'ín'],
    [/anes$/, 'án'],
  ],
  pt: [
    [/s$/, ''],
    [/es$/, ''],
    [/ões$/, 'ão'],
    [/ães$/, 'ão'],
  ],
  fr: [
    [/[sx]$/, ''],
    [/aux$/, 'al'],
  ],
}

/** Takes out of a language's words those plurals whose singular means the same. */
function withoutPlurals(meanings, language) {
  for (const [word, list] of [...meanings]) {
    if (!list.every((meaning) => /^noun:[^ ]+$/.test(meaning))) continue
    const single = (singulars[language] ?? []).some(
      ([ending, rest]) => ending.test(word) && meanings.get(word.replace(ending, rest))?.join() === list.join(),
    )
    if (single) meanings.delete(word)
  }
}

/** CLDR: every label, and the keywords that hold the label; blocked.json takes back what misleads. */
function addNames(meanings, language, folder) {
  const blocked = new Set([...(blockedWords[language] ?? []), ...(blockedWords['*'] ?? [])].map(normalise))
  const candidates = new Map()
  const offer = (word, noun, score) => {
    if (!word || /[|+,，、()（）/0-9]/.test(word) || blocked.has(word) || meanings.has(word)) return
    if (/^[\p{Script=Latin}\p{Script=Cyrillic} ']+$/u.test(word) && word.replace(/ /g, '').length < 3) return
    const best = candidates.get(word)
    if (!best || best.score < score) candidates.set(word, { noun, score })
  }
  const entries = require(`emojibase-data/${folder}/data.json`)
  const labels = new Set(entries.map((entry) => normalise(entry.label)))
  for (const { label, hexcode, tags = [] } of entries) {
    const noun = nounOfCode.get(hexcode)
    if (!noun) continue
    const name = normalise(label)
    if (!blockedNouns.includes(noun)) offer(name, noun, 10)
    for (const tag of tags.map(normalise)) {
      if (labels.has(tag)) continue
      const alike = name.length > 1 && tag.includes(name)
      if (alike) offer(tag, noun, 5)
    }
  }
  for (const [word, { noun }] of candidates) meanings.set(word, [`noun:${noun}`])
}

/** A phrase wins over single words; what is left are alternatives. */
function written(list) {
  const phrase = list.find((meaning) => meaning.includes(' '))
  return phrase ? phrase.replaceAll(' ', '+') : list.join('|')
}

/** Words by meaning, both in order: half the size of meanings by word. */
function byMeaning(meanings) {
  const lists = new Map()
  for (const [word, list] of [...meanings].sort(([a], [b]) => (a < b ? -1 : 1)))
    lists.set(written(list), [...(lists.get(written(list)) ?? []), word])
  return Object.fromEntries([...lists].sort(([a], [b]) => (a < b ? -1 : 1)).map(([meaning, list]) => [meaning, list.join('|')]))
}

/** Emoji without their skin: those meant by hand, then the pictures of the nouns themselves. */
function emojiMeanings(byHand) {
  const bare = (text) => text.replace(/\uFE0F|\p{EMod}/gu, '')
  const meanings = new Map()
  for (const [key, value] of Object.entries(byHand)) {
    for (const meaning of key.split('|').flatMap((one) => one.split(' '))) if (!known.has(meaning)) throw new Error(`unknown concept ${meaning}`)
    for (const emoji of value.split('|').map(bare)) meanings.set(emoji, [key])
  }
  for (const { emoji, hexcode } of english) {
    const noun = nounOfCode.get(hexcode)
    if (noun && !meanings.has(bare(emoji))) meanings.set(bare(emoji), [`noun:${noun}`])
  }
  return meanings
}

const words = {}
const simplified = await lexicon('zh-CN')
const toTraditional = [Converter({ from: 'cn', to: 'tw' }), Converter({ from: 'cn', to: 'twp' })]
for (const [language, folder] of Object.entries(languages)) {
  let meanings
  if (language === 'zh-TW') {
    meanings = handwritten(await lexicon('zh-TW'), language)
    for (const [word, list] of handwritten(simplified, language, (text) => [...new Set(toTraditional.map((convert) => convert(text)))]))
      if (!meanings.has(word)) meanings.set(word, list)
  } else meanings = handwritten(await lexicon(language), language)
  const byHand = meanings.size
  addNames(meanings, language, folder)
  withoutPlurals(meanings, language)
  words[language] = byMeaning(meanings)
  console.log(`${language}: ${byHand} by hand, ${meanings.size - byHand} from CLDR`)
}
if (nameless.length) console.log(`no CLDR name: ${nameless.join(' ')}`)
const emoji = byMeaning(emojiMeanings(await lexicon('emoji')))
const text = `{"version":1,"languages":${JSON.stringify(Object.keys(languages))},"words":{\n${Object.entries(words)
  .map(([language, table]) => `${JSON.stringify(language)}:${JSON.stringify(table)}`)
  .join(',\n')}\n},"emoji":${JSON.stringify(emoji)}}\n`
await writeFile(new URL('../../../models/theatre/vocabulary.json', import.meta.url), text)
console.log(`${(Buffer.byteLength(text) / 1e6).toFixed(2)} MB`)
