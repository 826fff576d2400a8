import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf, numberOfCode } from './family.ts'

test('a code stands for one number, however it is typed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000_000 }), number => {
      const code = codeOf(number)
      expect(code).toMatch(/^K[2-9A-HJ-NP-Z]{3,6}$/)
      expect(numberOfCode(` ${code.toLowerCase()} `)).toBe(number)
    }),
  )
})

test('short codes of short numbers, all different, neighbours not alike', () => {
  const codes = Array.from({ length: 32_768 }, (_, number) => codeOf(number))
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes.every(code => code.length === 4)).toBe(true)
  expect(codes[12]?.at(1)).not.toBe(codes[13]?.at(1))
})

test('what is no code is none', () => {
  for (const text of ['', 'K', 'K0O1', 'K7', 'hello', '12', 'K'.repeat(30)]) expect(numberOfCode(text)).toBeUndefined()
})
