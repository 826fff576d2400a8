import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { modelSchema } from './model-schema.ts'

it('worker/model.schema.json is what the code says (npm run models -- schema)', async () => {
  expect(await readFile(new URL('./model.schema.json', import.meta.url), 'utf8')).toBe(modelSchema())
})
