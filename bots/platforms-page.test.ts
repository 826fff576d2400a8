import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { platformsPage } from './platforms-page.ts'
import { platformColumns } from './registry.ts'

test('PLATFORMS.md says what the adapters say of themselves (npm run platforms writes it anew)', () => {
  const page = readFileSync(new URL('./PLATFORMS.md', import.meta.url), 'utf8')
  expect(page).toBe(platformsPage(platformColumns()))
})
