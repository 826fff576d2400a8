import { describe, expect, it } from 'vitest'
import en from '../locales/en.json' with { type: 'json' }
import zhCN from '../locales/zh-CN.json' with { type: 'json' }
import { pickLanguage, sentence, t } from './i18n.ts'

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(m => m[1]).sort()

describe('languages', () => {
  it('picks the nearest one we speak', () => {
    expect(pickLanguage('zh-Hans-CN')).toBe('zh-CN')
    expect(pickLanguage('zh_TW')).toBe('zh-CN')
    expect(pickLanguage('fr-FR', 'zh')).toBe('zh-CN')
    expect(pickLanguage(undefined)).toBe('en')
  })

  it('says the values of a sentence as they are', () => {
    expect(t('en', 'refusal.too-long', { model: '<b>$t(x)</b>', seconds: 30 })).toContain('<b>$t(x)</b>')
  })

  it('has an answer for a code it does not know', () => {
    expect(sentence('en', { code: 'failure.from-the-future', params: {} })).toBe(t('en', 'failure.internal'))
  })

  it('uses the same values in every language', () => {
    const chinese: Record<string, string> = zhCN
    for (const [key, text] of Object.entries(en)) {
      const other = chinese[key] ?? (key.endsWith('_one') ? chinese[key.replace(/_one$/, '_other')] : undefined)
      expect(other, key).toBeTypeOf('string')
      if (!key.endsWith('_one')) expect(holes(other ?? ''), key).toEqual(holes(text))
    }
    expect(Object.keys(chinese).filter(key => !(key in en))).toEqual([])
  })
})
