import { expect, test } from 'vitest'
import { allCommands } from '../commands.ts'
import { menus } from './menu.ts'
import { fields } from './testing/fields.ts'

const all = menus(['telegram:77', 'web:k3v9'])
const find = (type: string, language?: string) =>
  all.find(menu => menu.scope.type === type && menu.language_code === language)?.commands ?? []
const names = (type: string, language?: string): string[] => find(type, language).map(({ command }) => command)

test('every member command is in the private menu, in each language, as Telegram allows it to be written', () => {
  const members = allCommands.filter(([, { who }]) => who === 'member').map(([, { en }]) => en[0])
  expect(names('all_private_chats')).toEqual(members)
  expect(names('all_private_chats', 'zh')).toEqual(members)
  expect(find('all_private_chats', 'zh')[0]?.description).toMatch(/\p{Script=Han}/u)
  for (const menu of all) expect(fields.setMyCommands.safeParse(menu)).toMatchObject({ success: true })
})

test('what is about one’s own account is not in the menu of groups, what only the operator may do only in theirs', () => {
  expect(names('all_group_chats')).toContain('video')
  expect(names('all_group_chats')).not.toContain('export')
  expect(names('all_private_chats')).not.toContain('grant')
  expect(names('chat')).toContain('grant')
  expect(all.filter(({ scope }) => 'chat_id' in scope).map(({ scope }) => scope)).toEqual([
    { type: 'chat', chat_id: 77 },
    { type: 'chat', chat_id: 77 },
  ])
})
