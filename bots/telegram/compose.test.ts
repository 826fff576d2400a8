import { describe, expect, test } from 'vitest'
import { addressOf, compose, invoiceOf, linkable } from './compose.ts'

const place = { platform: 'telegram', channel: '-1005', private: false }

describe('what Telegram is told', () => {
  test('words as they are, without markup of ours', () => {
    expect(compose({ text: '<b>*_猫_*</b>' })).toEqual({ text: '<b>*_猫_*</b>' })
  })

  test('buttons in rows a phone can show', () => {
    const ids = ['again', 'change', 'extend', 'link', 'delete']
    const row = (...labels: string[]) =>
      compose({
        text: 'x',
        buttons: labels.map((label, n) => ({ id: ids[n] ?? 'x', label })),
      }).reply_markup?.inline_keyboard.map(buttons => buttons.map(({ text }) => text))
    expect(row('Again', 'Change', '+5 s', 'Share link', 'Delete')).toEqual([
      ['Again', 'Change', '+5 s'],
      ['Share link', 'Delete'],
    ])
    expect(row('再来一次', '修改', '续 5 秒', '分享链接')).toEqual([['再来一次', '修改', '续 5 秒'], ['分享链接']])
    expect(row('a label so long that it needs a row of its own', 'b')).toHaveLength(2)
  })

  test('an address nobody else can reach stands in the words, because Telegram refuses it on a button', () => {
    const open = (url: string) => compose({ text: 'too large', buttons: [{ id: 'open:x', label: 'Open', url }] })
    expect(open('https://clips.example.org/c/1').reply_markup?.inline_keyboard).toEqual([
      [{ text: 'Open', url: 'https://clips.example.org/c/1' }],
    ])
    expect(open('http://localhost:8080/c/1')).toEqual({ text: 'too large\nOpen: http://localhost:8080/c/1' })
    expect(linkable('http://192.168.0.4/x')).toBe(false)
  })

  test('a bar while it is made, if there is room for it', () => {
    expect(compose({ text: '#3', mood: 'working', progress: 0.42 }).text).toBe('#3\n▰▰▰▰▱▱▱▱▱▱')
    expect(compose({ text: '#3', mood: 'working', progress: 0 }).text).toBe('#3')
    expect(compose({ text: '#3', progress: 1 }).text).toBe('#3')
    const long = 'x'.repeat(4096)
    expect(compose({ text: long, mood: 'working', progress: 0.5 }).text).toBe(long)
  })

  test('chat, topic and what is answered', () => {
    expect(addressOf({ ...place, thread: '77', message: '8' })).toEqual({
      chat_id: -1005,
      message_thread_id: 77,
      reply_parameters: { message_id: 8, allow_sending_without_reply: true },
    })
    expect(addressOf(place)).toEqual({ chat_id: -1005 })
  })

  test('an invoice in Stars: one price, no provider, the pack as its payload', () => {
    const invoice = invoiceOf({ pack: 'small', title: 't'.repeat(40), description: 'd', price: 75 })
    expect(invoice).toEqual({
      title: 't'.repeat(32),
      description: 'd',
      payload: 'small',
      provider_token: '',
      currency: 'XTR',
      prices: [{ label: 't'.repeat(32), amount: 75 }],
    })
  })
})
