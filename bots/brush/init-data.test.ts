import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readInitData } from './init-data.ts'
import { signedInitData } from './testing/init-data.ts'

const token = '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11'
const now = 1_800_000_000_000
const by = (fields: Record<string, string> = {}) =>
  signedInitData(token, { auth_date: String(now / 1000 - 5), user: '{"id":42,"first_name":"Ann & Bob"}', ...fields })

describe('what Telegram says of who opened a page', () => {
  test('is read where Telegram said it', () => {
    expect(readInitData(token, by(), now)).toEqual({ user: 42 })
    const more = by({ start_param: 'abc', query_id: 'AAE', signature: 'xyz' })
    expect(readInitData(token, more, now)).toEqual({ user: 42, start: 'abc' })
  })

  test.each([
    ['nothing', ''],
    ['no hash', by().replace(/&?hash=\w+/, '')],
    ['an empty hash', by().replace(/hash=\w+/, 'hash=')],
    ['a hash of other letters', by().replace(/hash=\w+/, `hash=${'é'.repeat(64)}`)],
    ['another person', by().replace('42', '43')],
    ['another bot', signedInitData(`${token}x`, { auth_date: String(now / 1000), user: '{"id":42}' })],
    ['a field more', `${by()}&start_param=x`],
    ['a field twice', `${by()}&user=${encodeURIComponent('{"id":43}')}`],
    ['yesterday', by({ auth_date: String(now / 1000 - 25 * 3600) })],
    ['tomorrow', by({ auth_date: String(now / 1000 + 3600) })],
    ['no time', by({ auth_date: 'x' })],
    ['nobody', by({ user: '{"id":"42"}' })],
    ['no JSON', by({ user: '{' })],
    ['too much', `${by()}&a=${'x'.repeat(5000)}`],
  ])('is not believed: %s', (_, forged) => {
    expect(readInitData(token, forged, now)).toBeUndefined()
  })

  test('is checked as the platform’s documents say', () => {
    // HMAC_SHA256(data_check_string, HMAC_SHA256(token, "WebAppData")), in hexadecimal.
    const check = `auth_date=${now / 1000}\nuser={"id":7}`
    const secret = createHmac('sha256', 'WebAppData').update(token).digest()
    const hash = createHmac('sha256', secret).update(check).digest('hex')
    const initData = `user=%7B%22id%22%3A7%7D&auth_date=${now / 1000}&hash=${hash}`
    expect(readInitData(token, initData, now)).toEqual({ user: 7 })
  })
})
