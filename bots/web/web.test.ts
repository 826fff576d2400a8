import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rangeOf } from './media.ts'
import { RoomName } from './message.ts'
import { clipPage, pageFile, roomPage, textsOf } from './page.ts'
import { earlier, eventId } from './rooms.ts'
import { cleanName, cookieOf, readSession, writeSession } from './session.ts'

test('a range never reaches outside of what there is', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(5000), (header, size) => {
      const range = rangeOf(`bytes=${header}`, size)
      if (typeof range === 'string') return
      expect(range.start).toBeGreaterThanOrEqual(0)
      expect(range.end).toBeLessThan(size)
      expect(range.start).toBeLessThanOrEqual(range.end)
    }),
  )
  expect(rangeOf('bytes=-5', 3)).toEqual({ start: 0, end: 2 })
  expect(rangeOf('bytes=0-0', 3)).toEqual({ start: 0, end: 0 })
  expect(rangeOf('bytes=-0', 3)).toBe('unsatisfiable')
  expect(rangeOf('bytes=0-', 0)).toBe('unsatisfiable')
  expect(rangeOf('bytes=0-1,2-3', 9)).toBe('none')
})

test('any name becomes one that can be shown, and stays it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), name => {
      const cleaned = cleanName(name)
      expect(cleaned).toBe(cleanName(cleaned))
      expect(cleaned).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(cleaned.length).toBeLessThanOrEqual(48)
    }),
  )
  expect(cleanName('  Mina \u202e\n Müller ')).toBe('Mina Müller')
})

test('a session is read back as it was written, and with no other secret', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 }), given => {
      const name = cleanName(given)
      if (name === '') return
      const value = writeSession('one secret', { member: 'web:abcdefghjk', name })
      expect(readSession('one secret', value)).toEqual({ member: 'web:abcdefghjk', name })
      expect(readSession('other secret', value)).toBeUndefined()
      expect(cookieOf(`a=b; threadreel=${value}; c=d`, 'threadreel')).toBe(value)
    }),
  )
})

test('events are ordered by both of their numbers', () => {
  expect(earlier('5-1', '5-2')).toBe(true)
  expect(earlier('5-2', '5-1')).toBe(false)
  expect(earlier('9-0', '10-0')).toBe(true)
  expect(earlier('5-1', '5-1')).toBe(false)
  expect(eventId('5-1')).toBe('5-1')
  for (const odd of ['', '5', '-', '5-1 +', '$', undefined, ['5-1']]) expect(eventId(odd)).toBeUndefined()
})

test('a room is named in any script, without what means something in an address', () => {
  for (const name of ['lobby', '猫片', 'Été-2', 'कमरा']) expect(RoomName.safeParse(name).success).toBe(true)
  for (const name of ['', '-a', 'a b', 'a/b', '..', 'a{b}', '<b>', 'x'.repeat(41), 'a\u202eb'])
    expect(RoomName.safeParse(name).success).toBe(false)
  expect(RoomName.parse('LOBBY')).toBe('lobby')
})

test('whatever stands in a room, the page stays one page', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('</script>', '<!--', '$&', '{{x}}', '\u2028'), (words, sign) => {
      const text = words + sign + words
      const page = roomPage({ language: 'en', room: 'lobby', state: { text } })
      const [, state = ''] = /id="state">(.*?)<\/script>/s.exec(page) ?? []
      expect(JSON.parse(state)).toEqual({ text })
    }),
  )
})

test('what somebody wrote is not filled in a second time', () => {
  const page = clipPage({
    language: 'en',
    title: 'a {{about}} and a {{{player}}}',
    about: 'five seconds',
    ...{ src: '/media/a', poster: '/media/b', fullSrc: 'http://x/media/a', fullPoster: 'http://x/media/b' },
    ...{ kind: 'image', width: 320, height: 180 },
  })
  expect(page).toContain('<strong>a {{about}} and a {{{player}}}</strong>')
  expect(page).toContain('alt="a {{about}} and a {{{player}}}"')
  expect(page.match(/<img /g)).toHaveLength(1)
})

test('the page is small, and only its own files are given out', () => {
  const names = [
    'app.js',
    'dom.js',
    'net.js',
    'thread.js',
    'player.js',
    'composer.js',
    'menus.js',
    'theme.js',
    'style.css',
  ]
  const bytes = names.reduce((sum, name) => sum + (pageFile(name)?.body.byteLength ?? Number.NaN), 0)
  expect(bytes).toBeLessThan(60_000)
  for (const name of ['room.html', '../page.ts', 'nothing.js', '..%2fpage.ts', 'a.js\u0000'])
    expect(pageFile(name)).toBeUndefined()
})

test('every text the page asks for is there in both languages', () => {
  for (const language of ['en', 'zh-CN'] as const)
    for (const [key, words] of Object.entries(textsOf(language))) expect([key, words]).not.toEqual([key, `web.${key}`])
  const asked = ['app', 'composer', 'menus', 'net', 'player', 'thread'].flatMap(name => {
    const source = String(pageFile(`${name}.js`)?.body)
    return [...source.matchAll(/\btext\(\s*'([\w-]+)'/g)].map(([, key = '']) => key)
  })
  expect(asked.length).toBeGreaterThan(20)
  for (const key of asked) expect(Object.keys(textsOf('en'))).toContain(key)
})
