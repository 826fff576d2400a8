import i18next, { type TFunction } from 'i18next'
import en from '../locales/en.json' with { type: 'json' }
import zhCN from '../locales/zh-CN.json' with { type: 'json' }
import type { Failure } from './errors.ts'

/** Keys of every sentence the bot can say; `_one`/`_other` are plural forms of one key (i18next, CLDR plural rules). */
type Forms = keyof typeof en
export type Key = Forms extends infer F ? (F extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : F) : never

/** A locale file that lacks a key of en.json does not compile. Chinese has one plural form only. */
const languages = {
  en,
  'zh-CN': zhCN satisfies Record<Exclude<Forms, `${string}_one`>, string>,
} as const
export type Language = keyof typeof languages
export const supported = Object.keys(languages) as Language[]

const instance = i18next.createInstance()
void instance.init({
  initAsync: false,
  fallbackLng: 'en',
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
  resources: Object.fromEntries(Object.entries(languages).map(([code, words]) => [code, { translation: words }])),
})

/** The language we speak that is nearest to a platform's locale tag ("zh-Hans-CN", "en_GB", ...). */
export function pickLanguage(...wanted: (string | undefined)[]): Language {
  for (const tag of wanted) {
    const lower = tag?.toLowerCase().replaceAll('_', '-') ?? ''
    if (lower.startsWith('zh')) return 'zh-CN'
    if (lower.startsWith('en')) return 'en'
  }
  return 'en'
}

/** One sentence. `count` picks the plural form; every other parameter stands in braces: "{credits}". */
export function t(locale: string, key: Key, params: Record<string, string | number> = {}): string {
  const translate: TFunction = instance.getFixedT(pickLanguage(locale))
  return translate(key, params)
}

/** The sentence of an expected failure; an unknown code (an older or newer worker) falls back to the general one. */
export function sentence(locale: string, failure: Failure): string {
  const known = instance.exists(failure.code, { ...failure.params, lng: 'en' })
  return t(locale, (known ? failure.code : 'failure.internal') as Key, failure.params)
}
