import { describe, expect, test } from 'vitest'
import { allCommands } from '../commands.ts'
import { givenOf, lineOf } from './read-slash.ts'
import { same } from './register.ts'
import { discordCommands } from './slash.ts'
import { Commands } from './testing/commands.ts'

describe('commands for Discord', () => {
  test.each(['server', 'everywhere'] as const)('are as Discord takes them (%s)', scope => {
    const made = discordCommands(scope)
    expect(Commands.parse(JSON.parse(JSON.stringify(made)))).toEqual(made)
    const members = allCommands.filter(([, { who }]) => who === 'member').map(([name]) => name)
    expect(made.map(({ name }) => name)).toEqual(expect.arrayContaining(members))
    expect(made.some(({ name }) => name === 'grant')).toBe(scope === 'server')
  })

  test('speak Chinese to both kinds of Chinese clients', () => {
    const video = discordCommands('everywhere').find(({ name }) => name === 'video')
    expect(video?.name_localizations).toEqual({ 'zh-CN': '视频', 'zh-TW': '视频' })
    expect(JSON.stringify(video)).toContain('"ratio","name_localizations":{"zh-CN":"比例"')
  })

  test('are registered again only if something changed', () => {
    const made = discordCommands('everywhere')
    const back = JSON.parse(JSON.stringify(made)).map((one: object, at: number) => ({
      ...{ id: String(at), version: '1', application_id: '2', nsfw: false, dm_permission: true },
      ...{ default_member_permissions: null, options: [], description: '', description_localizations: null },
      ...one,
    }))
    expect(same(back.toReversed(), made)).toBe(true)
    expect(same(back.slice(1), made)).toBe(false)
    back[0].description = 'something else'
    expect(same(back, made)).toBe(false)
    expect(same([], [])).toBe(true)
  })
})

describe('a filled-in command', () => {
  const line = (name: Parameters<typeof lineOf>[0], values: Record<string, string | number>): string =>
    lineOf(name, givenOf(Object.entries(values).map(([key, value]) => ({ name: key, type: 3, value: String(value) }))))

  test('is the line somebody would have typed', () => {
    expect(line('video', { words: 'a cat --no rain', ratio: '9:16', seconds: 10 })).toBe(
      '/video a cat --no rain --ar 9:16 --seconds 10',
    )
    expect(line('video', {})).toBe('/video')
    expect(line('again', { number: '12' })).toBe('/again 12')
    expect(line('grant', { member: '123', credits: 5, reason: 'kind' })).toBe('/grant discord:123 5 kind')
  })

  test('keeps what is read by its order', () => {
    expect(line('codes', { credits: 10, uses: 3 })).toBe('/codes 10 1 3')
    expect(line('codes', { credits: 10 })).toBe('/codes 10')
  })
})
