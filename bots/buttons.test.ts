import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buttonId, memberMark, type Press, readButton } from './buttons.ts'

const pieces = ['again', 'set', 'ratio', '9', '16', 'forget', 'say', 'help', 'cancel', 'abcdef', '', '猫', '-1', 'x y']
const presses: Press[] = [
  { verb: 'again', clip: 'c'.repeat(40) },
  { verb: 'animate', clip: 'abc-DEF_123' },
  { verb: 'change', clip: 'abcdef' },
  { verb: 'cancel', job: 'j'.repeat(50) },
  { verb: 'retry', job: '12ab' },
  { verb: 'set', setting: 'ratio', value: '9:16' },
  { verb: 'set', setting: 'language', value: 'zh-CN' },
  { verb: 'forget', whose: memberMark('web:ann'), minute: 29_700_000 },
  { verb: 'say', command: 'help' },
]

test.each(presses)('$verb fits 64 bytes and reads back', press => {
  const id = buttonId(press)
  expect(Buffer.byteLength(id)).toBeLessThanOrEqual(64)
  expect(readButton(id)).toEqual(press)
})

test('anything else is no button of ours', () => {
  for (const id of ['', ':', 'again', 'again:', 'again:a b', 'constructor:x', '__proto__:x', 'say:grant', 'forget:x:y'])
    expect(readButton(id)).toBeUndefined()
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map(parts => parts.join(':')),
      ),
      id => {
        const press = readButton(id)
        if (press) expect(readButton(buttonId(press))).toEqual(press)
      },
    ),
  )
})

test('an id over 64 bytes is never made', () => {
  expect(() => buttonId({ verb: 'set', setting: 'model', value: '模'.repeat(20) })).toThrow(RangeError)
})
