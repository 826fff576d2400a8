import { expect, test } from 'vitest'
import { courtesyOf } from './courtesy.ts'

test.each([
  'thanks',
  'Thank you so much!!',
  'haha 😂',
  'haha, thanks! 😂',
  'hahahah',
  'wow…',
  'Nice!',
  '谢谢',
  '谢谢你～',
  '哈哈哈',
  '好的',
])('%s is thanks', text => expect(courtesyOf(text)).toBe('thanks'))
test.each(['hi', 'Hello!', 'hi, nice!', '你好', '在吗？'])('%s is a greeting', text =>
  expect(courtesyOf(text)).toBe('greeting'),
)
test.each([
  'a nice cat',
  'thanksgiving',
  'hello kitty',
  '好的一天',
  '你好世界',
  'wow such doge',
  '😂',
  '',
  'ok computer',
])('%s is something to make', text => expect(courtesyOf(text)).toBeUndefined())
