import type { Language } from './lexicon.ts'

/** Plurals that no ending tells. */
const irregular: Partial<Record<Language, ReadonlySet<string>>> = {
  en: new Set(['children', 'people', 'men', 'women', 'mice', 'geese', 'kids', 'cattle', 'wolves', 'oxen', 'crowd']),
  de: new Set(['leute', 'menschen', 'kinder']),
  ru: new Set(['дети', 'люди', 'ребята', 'детишки', 'малыши']),
}

/** German words before a singular, whatever its ending; datives and genitives of things that end like plurals. */
const germanOne =
  /^(?:ein(?:e[nmrs]?)?|kein(?:e[nmrs]?)?|dem|des|das|(?:mein|dein|sein|ihr|unser|jed|dies)e[nmrs]?|jede[nmrs]?|i[mn]s?|am|beim|vom|zum|zur|ans|ins)$/

/** German prepositions before a dative plural. */
const germanDative = /^(?:mit|von|bei|zu|nach|aus|seit|auf|in|über|unter|vor|hinter|neben|zwischen|an)$/

/** What says that a German noun without an ending of its own is several: its verb. */
const germanMany = /^(?:sind|(?!ein|kein|mein|dein|sein|ihren)[a-zäöüß]{2,}en)$/
const germanSame = /(?:er|el|en|chen|lein)$/

/** Russian prepositions before a genitive, dative or locative singular that ends like a plural. */
const russianOne =
  /^(?:без|у|из|от|до|для|около|вокруг|после|возле|напротив|мимо|против|ради|из|на|в|во|по|о|об|при|к|ко)$/

/**
 * True when a word says several: `form` is the dictionary form it was found by (itself, if it is listed so), `before` the one or two
 * words before it, `after` the one behind it. German and Russian endings are shared by cases: the words before decide.
 */
export function isPlural(
  word: string,
  form: string,
  language: Language,
  before: readonly string[] = [],
  after = '',
): boolean {
  if (irregular[language]?.has(word)) return true
  const [further = '', last = ''] = before.length > 1 ? before : ['', ...before]
  if (word === form)
    return language === 'de' && germanSame.test(word) && /^(?:die)?$/.test(last) && germanMany.test(after)
  switch (language) {
    case 'en':
      return word.endsWith('s') || (word.endsWith('men') && form.endsWith('man'))
    case 'es':
    case 'pt':
    case 'fr':
      return /[sx]$/.test(word) && !/[sx]$/.test(form)
    case 'de':
      if (germanOne.test(last) || !(plain(word) === form || (/(?:e|n|er|s)$/.test(word) && grows(form, word))))
        return false
      // "den Bären" is one where it is whom the verb hits, several after "mit".
      return last !== 'den' || germanDative.test(further)
    case 'ru':
      if (/(?:ами|ями|ах|ях|[оеё]в)$/.test(word)) return true
      return /(?:[ыи]|ята|ата)$/.test(word) && !russianOne.test(last)
    case 'ko':
      return word.slice(form.length).startsWith('들')
    default:
      return false
  }
}

const plain = (text: string) => text.replace(/[äöü]/g, vowel => ({ ä: 'a', ö: 'o', ü: 'u' })[vowel] ?? vowel)

/** A German plural is its singular and more, or changes its vowel. */
const grows = (form: string, word: string): boolean => plain(word).startsWith(plain(form).replace(/e$/, ''))
