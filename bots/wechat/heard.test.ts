import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutMention, quotedId, readQuote, takesPictures } from './heard.ts'

test('only the mention of the bot is cut, wherever it stands and whatever blank follows', () => {
  for (const text of ['@影子\u2005一只猫', '@影子 一只猫', '一只猫@影子', '一只猫 @影子\u2005', '@影子\n一只猫'])
    expect(cutMention(text, ['影子'])).toBe('一只猫')
  expect(cutMention('@影子，一只猫', ['影子'])).toBe('，一只猫')
  expect(cutMention('@影子\u2005画 @小红\u2005 跳舞', ['影子'])).toBe('画 @小红\u2005 跳舞')
  expect(cutMention('@影子戏\u2005一只猫', ['影子'])).toBe('@影子戏\u2005一只猫')
  expect(cutMention('@影子 of night\u2005a cat', ['影子', '影子 of night'])).toBe('a cat')
  expect(cutMention('mail a@b.c', [])).toBe('mail a@b.c')
})

test('any name can be cut, signs and all', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.constantFrom('\u2005', ' '),
      (name, blank) => {
        fc.pre(name.trim() === name && !/\s/.test(name))
        expect(cutMention(`@${name}${blank}一只猫`, [name])).toBe('一只猫')
      },
    ),
  )
})

test('a quotation is told from what is said about it', () => {
  const dashes = '- - - - - - - - - - - - - - -'
  expect(readQuote(`「影子：#12 好了：5 秒 · 16:9\n还剩 46 灵感值。」\n${dashes}\n晚上`)).toEqual({
    by: '影子',
    quoted: '#12 好了：5 秒 · 16:9\n还剩 46 灵感值。',
    text: '晚上',
  })
  for (const shown of ['视频', '[视频]', '[图片]', '', 'Video'])
    expect(readQuote(`「影子：${shown}」\n${dashes}\n晚上`)?.quoted).toBe('')
  expect(readQuote(`「a：b」\n${dashes}\n「c：d」说`)).toEqual({ by: 'a', quoted: 'b', text: '「c：d」说' })
  for (const plain of [
    '「影子：好」',
    '「影子」\n晚上',
    `影子：好\n${dashes}\n晚上`,
    '一只猫',
    '「旁白：夜」\n一只猫走过',
  ])
    expect(readQuote(plain)).toBeUndefined()
})

test('whatever is quoted and said comes apart again', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 80 }).map(text => text.trim())
  fc.assert(
    fc.property(words, words, (quoted, said) => {
      fc.pre(!quoted.includes('」') && !/^\s*[-–—]/u.test(said))
      const read = readQuote(`「影子：${quoted}」\n- - - - - - - - - - - - - - -\n${said}`)
      expect(read?.by).toBe('影子')
      expect(read?.text).toBe(said)
    }),
  )
})

test('the id of a quoted message is read from its XML', () => {
  expect(quotedId('<msg><refermsg><type>1</type><svrid>4543834762376428439</svrid></refermsg></msg>')).toBe(
    '4543834762376428439',
  )
  expect(quotedId('<svrid>4543834762376428439</svrid>')).toBeUndefined()
  expect(quotedId('')).toBeUndefined()
})

test('pictures belong to requests for a video and to nothing else', () => {
  for (const text of ['动起来', '视频 跑起来', '/video it runs', '运动笔刷', '运动笔刷 小猫 C4>G2', '镜头 它跑起来'])
    expect(takesPictures(text, false)).toBe(true)
  for (const text of ['让它跑起来', 'it runs']) {
    expect(takesPictures(text, true)).toBe(true)
    expect(takesPictures(text, false)).toBe(false)
  }
  for (const text of ['余额', '谢谢', '1', '画图 一座城堡', '取消', '帮助', '', ' '])
    expect(takesPictures(text, true)).toBe(false)
})
