import { expect, it } from 'vitest'
import { loadCatalogue } from '../core/catalogue.ts'
import { builtInModels, findPackages } from './packages.ts'
import { familyNames } from './pipelines/index.ts'

it('the models that ship are whole (npm run models -- seal worker/models/<id>), small, and what the catalogue offers', async () => {
  const { packages, problems } = await findPackages([builtInModels])
  expect(problems).toEqual([])
  for (const { id, family, model } of packages) {
    expect(familyNames()).toContain(family)
    const bytes = Object.values(model.files).reduce((sum, file) => sum + file.bytes, 0)
    expect(bytes).toBeLessThanOrEqual(12 * 1024 * 1024)
    const offered = loadCatalogue().models[id]
    expect(model.tasks).toEqual(expect.arrayContaining(offered?.tasks ?? ['in the catalogue']))
    expect(model.tiers).toEqual(expect.arrayContaining(offered?.tiers ?? []))
  }
  expect(packages.map(({ id }) => id)).toContain(loadCatalogue().defaults.model)
})
