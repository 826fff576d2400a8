import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { entitled, loadRoleRules, type RoleRules } from './roles.ts'

const base = { openJobs: 3, dailyCredits: 66 }
const rules: RoleRules = {
  everyone: { tiers: ['standard'], openJobs: 1, dailyCredits: 20 },
  '111': { tiers: ['standard', 'high'], openJobs: 5 },
  '222': { tiers: ['master'], dailyCredits: 200 },
  '333': {},
}

test.each([
  ['nobody’s rules', {}, ['111'], base],
  ['no role', rules, [], { tiers: new Set(['standard']), openJobs: 1, dailyCredits: 20 }],
  ['a role nobody ruled', rules, ['999'], { tiers: new Set(['standard']), openJobs: 1, dailyCredits: 20 }],
  ['one role', rules, ['111'], { tiers: new Set(['standard', 'high']), openJobs: 5, dailyCredits: 66 }],
  ['two roles', rules, ['111', '222'], { openJobs: 5, dailyCredits: 200 }],
  ['a role that may everything', rules, ['333'], base],
  ['no role where nothing is said of everyone', { '111': { openJobs: 9 } }, [], base],
])('%s', (_, given, roles, should) => expect(entitled(given, roles, base)).toEqual(should))

test('a wrong file is refused by the name of the setting and of the field', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'threadreel-')), 'roles.json')
  writeFileSync(file, JSON.stringify({ '111': { tiers: ['golden'] } }))
  expect(() => loadRoleRules(file)).toThrow(/ROLE_RULES.*111\.tiers\.0/s)
  writeFileSync(file, JSON.stringify(rules))
  expect(loadRoleRules(file)).toEqual(rules)
  expect(loadRoleRules()).toEqual({})
})
