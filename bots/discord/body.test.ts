import { describe, expect, test } from 'vitest'
import { bodyOf, nonceOf } from './body.ts'
import { modalOf, pressedId, withForm } from './components.ts'
import { flag, Modal, NewMessage, pressable } from './testing/fields.ts'

const checked = (body: object) => NewMessage.parse(JSON.parse(JSON.stringify(body)))

describe('a message for Discord', () => {
  test('pings nobody, ever', () => {
    expect(bodyOf({ text: '@everyone <@1>' }).allowed_mentions).toEqual({ parse: [], replied_user: false })
  })

  test('is content up to 2000 characters, and a text component beyond', () => {
    expect(checked(bodyOf({ text: 'x'.repeat(2000) })).content).toHaveLength(2000)
    const long = checked(bodyOf({ text: '*'.repeat(2000), buttons: [{ id: 'say:help', label: 'Help' }] }))
    expect(long.flags).toBe(flag.componentsV2)
    expect(long.content).toBeUndefined()
    expect(long.components?.map(({ type }) => type)).toEqual([10, 1])
  })

  test('draws the bar only while it works', () => {
    expect(bodyOf({ text: 'a', progress: 0.34, mood: 'working' }).content).toBe('a\n▰▰▰▱▱▱▱▱▱▱')
    expect(bodyOf({ text: 'a', progress: 1, mood: 'done' }).content).toBe('a')
  })

  test('a few choices are buttons, many of a kind are a menu', () => {
    const choices = Array.from({ length: 7 }, (_, n) => ({ id: `cancel:${n}`, label: `Cancel #${n}` }))
    const other = { id: 'say:help', label: 'Help' }
    const few = checked(bodyOf({ text: 'a', buttons: [...choices.slice(0, 5), other] }))
    expect(pressable(few.components ?? []).every(({ menu }) => !menu)).toBe(true)
    const many = checked(bodyOf({ text: 'a', buttons: [...choices, other] }))
    expect(pressable(many.components ?? []).map(({ menu }) => menu)).toEqual([...choices.map(() => true), false])
  })

  test('addresses nobody else could open stand in the text', () => {
    const link = (url: string) => checked(bodyOf({ text: 'a', buttons: [{ id: 'open:1', label: 'Open', url }] }))
    expect(link('http://localhost:8080/m/x_y').content).toBe('a\nOpen: http://localhost:8080/m/x_y')
    expect(link('https://clips.example/m/x').content).toBe('a')
    expect(link(`https://clips.example/${'x'.repeat(600)}`).components).toEqual([])
  })

  test('25 buttons of all kinds fit', () => {
    const buttons = Array.from({ length: 25 }, (_, n) => ({ id: `verb${n}:1`, label: `${n}` }))
    expect(pressable(checked(bodyOf({ text: 'a', buttons })).components ?? [])).toHaveLength(25)
  })

  test('one key gives one nonce', () => {
    expect(nonceOf('1', 'clip:a')).toBe(nonceOf('1', 'clip:a'))
    expect(nonceOf('1', 'clip:a')).not.toBe(nonceOf('2', 'clip:a'))
    expect(nonceOf('1', 'clip:a')).toHaveLength(25)
  })
})

test('a window asks for words, whatever they were', () => {
  const form = { label: 'x'.repeat(200), value: '猫'.repeat(5000) }
  const window = Modal.parse(modalOf(withForm(`change:${'c'.repeat(57)}`), form, 'y'.repeat(90)))
  expect(pressedId(window.custom_id)).toEqual({ id: `change:${'c'.repeat(57)}`, form: true })
  expect(window.components[0]?.component.value).toHaveLength(4000)
})
