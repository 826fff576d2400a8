import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plain, unmarked } from './plain.ts'
import { rendered } from './testing/shown.ts'

describe('plain text', () => {
  test('is shown as it was written', () => {
    for (const text of [
      '#12 is ready: 5 s, 16:9.',
      '<b>*_猫_*</b>',
      'a\n# b\n- c\n-# d\n> e',
      '[x](y) ||z|| `c` ~~d~~ \\',
    ])
      expect(rendered(plain(text))).toBe(text)
    expect(plain('#12 is ready')).toBe('#12 is ready')
    expect(plain('/video <words>')).toBe('/video <words>')
  })

  test('mentions nobody and links as it is', () => {
    expect(plain('<@123> <@&4> <#5> </video:6> <:a:7> <t:8>')).not.toMatch(/(?<!\\)<[@#/:t]/)
    const address = 'http://localhost:8080/m/clips/a_b_c.mp4?s=_x_*y*'
    expect(plain(`See ${address}, *now*`)).toBe(`See ${address}, \\*now\\*`)
  })

  test('stays what it is, whatever it is, and at most doubles', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\\*_~`|[\]<>#+\-a: \n猫]*$/), text => {
        const made = plain(text)
        expect(rendered(made)).toBe(text)
        expect(made.length).toBeLessThanOrEqual(2 * text.length)
        expect(made.replaceAll(/\\[^a]/g, 'x')).not.toMatch(/[\\*_~`|[\]]|^\s*>/m)
      }),
    )
  })
})

test('what people write loses our mention and Discord notation, not their words', () => {
  const names = new Map([['9', 'Ann']])
  expect(unmarked('<@1> a cat   for <@!9> <a:party_cat:44>', '1', names)).toBe('a cat for Ann party cat')
  expect(unmarked('<@!1>\na cat\nand a dog', '1', names)).toBe('a cat\nand a dog')
})
