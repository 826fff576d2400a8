import { describe, expect, it } from 'vitest'
import { redact } from './log.ts'

describe('redact', () => {
  it('hides bot tokens and passwords in free text', () => {
    const text =
      'GET https://api.telegram.org/bot123456789:AAF-abcdefghijklmnopqrstuvwxyz012345/getMe redis://user:pass@host'
    expect(redact(text)).not.toContain('AAF-')
    expect(redact(text)).not.toContain('pass@')
    expect(redact(text)).toContain('host')
  })
})
