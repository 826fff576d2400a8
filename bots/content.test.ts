import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLog } from '../core/log.ts'
import { type Content, openContent, readWordList } from './content.ts'

const list = readWordList(`# what nobody may ask for
ass
Blue Whale
裸体
ＢＡＤ
/nudes?/
/(?<!美)国旗/i
`)

describe('a word list', () => {
  test.each([
    ['an ass on a hill', 'ass'],
    ['An ASS!', 'ass'],
    ['the blue   whale', 'blue whale'],
    ['一个裸体的人', '裸体'],
    ['一个裸 体的人', '裸体'],
    ['画ass图', 'ass'],
    ['two Nudes', 'nudes'],
    ['b\u200bad', 'bad'],
    ['ｂａｄ dog', 'bad'],
    ['飘扬的国旗', '国旗'],
  ])('finds in %s', (prompt, word) => expect(list(prompt)?.toLowerCase()).toBe(word))

  test.each(['grass', 'a classy badger', '裸露的岩体', '美国旗', 'a whale, blue', ''])('finds nothing in %s', prompt =>
    expect(list(prompt)).toBeUndefined(),
  )

  test('of no lines forbids nothing; a wrong expression is named by its line', () => {
    expect(readWordList('\n# nothing\n')('anything')).toBeUndefined()
    expect(() => readWordList('word\n/(/')).toThrow(/^line 2: /)
  })

  test('with signs in its words means the signs', () => {
    const signs = readWordList('a.c\n[x]\nc++\nn-word')
    expect(signs('abc x')).toBeUndefined()
    expect(signs('see a.c')).toBe('a.c')
    expect(signs('c++ code')).toBe('c++')
    expect(signs('the n-word')).toBe('n-word')
  })
})

describe('list files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'threadreel-words-'))
  const file = join(folder, 'words.txt')
  const open = (words: string): Content => {
    writeFileSync(file, words)
    return openContent({ blocked: file }, openLog('silent', 'test'), 0)
  }

  test('are read again when they change; a wrong change leaves the list as it was', () => {
    const { find } = open('cat')
    expect(find('blocked', 'a cat')).toBe('cat')
    expect(find('adult', 'a cat')).toBeUndefined()
    writeFileSync(file, 'dog\nbird')
    expect(find('blocked', 'a dog')).toBe('dog')
    expect(find('blocked', 'a cat')).toBeUndefined()
    writeFileSync(file, 'dog\n/(/')
    expect(find('blocked', 'a bird')).toBe('bird')
    rmSync(file)
    expect(find('blocked', 'a bird')).toBe('bird')
    writeFileSync(file, 'whale')
    expect(find('blocked', 'a whale')).toBe('whale')
  })

  test('that are wrong at the start stop it, by the name of the setting', () => {
    expect(() => openContent({ adult: join(folder, 'none.txt') }, openLog('silent', 'test'))).toThrow(/^ADULT_WORDS: /)
    expect(() => open('/(/')).toThrow(/^BLOCKED_WORDS: .*line 1/)
  })
})
