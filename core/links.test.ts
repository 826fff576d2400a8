import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signLink, signPage, verifyLink, verifyPage } from './links.ts'

const secret = 'a secret of the house'
const key = 'clips/abcdef-123_456.mp4'
const now = 1_790_000_000_000

describe('signed links', () => {
  it('open what they were made for until they end', () => {
    const link = signLink(secret, key, now + 60_000)
    expect(link).toMatch(/^\/media\/clips\/abcdef-123_456\.mp4\?e=1790000060&s=/)
    expect(verifyLink(secret, link, now)).toBe(key)
    expect(verifyLink(secret, link, now + 60_000)).toBe(key)
    expect(verifyLink(secret, link, now + 60_001)).toBeUndefined()
  })

  it('open nothing with another secret, key or end', () => {
    const link = signLink(secret, key, now)
    expect(verifyLink('another secret', link, now)).toBeUndefined()
    expect(verifyLink(secret, link.replace('abcdef', 'abcdeg'), now)).toBeUndefined()
    expect(verifyLink(secret, link.replace('e=1790000000', 'e=1790000001'), now)).toBeUndefined()
    expect(verifyLink(secret, `${link}&x=1`, now)).toBeUndefined()
    expect(verifyLink(secret, link.replace('/media/clips', '/media/clips/../clips'), now)).toBeUndefined()
  })

  it('open nothing after any one character was changed', () => {
    const link = signLink(secret, key, now)
    fc.assert(
      fc.property(fc.nat(link.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, letter) => {
        fc.pre(link[at] !== letter)
        expect(verifyLink(secret, link.slice(0, at) + letter + link.slice(at + 1), now)).toBeUndefined()
      }),
      { numRuns: 3000 },
    )
  })

  it('are not made for things that are no key', () => {
    expect(() => signLink(secret, '../secret', now)).toThrow()
  })
})

describe('signed pages for the operator', () => {
  it('open for as long as they say, and only with this secret, name and end', () => {
    const link = signPage(secret, 'wechat', now + 60_000)
    expect(verifyPage(secret, link, now)).toBe('wechat')
    expect(verifyPage(secret, link, now + 60_001)).toBeUndefined()
    expect(verifyPage('another secret', link, now)).toBeUndefined()
    expect(verifyPage(secret, link.replace('wechat', 'wechaT'), now)).toBeUndefined()
    expect(verifyPage(secret, link.replace('wechat', 'others'), now)).toBeUndefined()
    expect(verifyPage(secret, link.replace(/e=\d/, 'e=9'), now)).toBeUndefined()
  })

  it('are no links to media, nor the other way round', () => {
    const page = signPage(secret, 'wechat', now)
    expect(verifyLink(secret, page, now)).toBeUndefined()
    expect(verifyPage(secret, signLink(secret, key, now), now)).toBeUndefined()
  })
})
