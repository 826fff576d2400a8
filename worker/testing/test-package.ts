import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelPackage, sealPackage } from '../packages.ts'

/** Family name -> module, for children that shall know the testcard. */
export const testFamilies = { testcard: new URL('./testcard.ts', import.meta.url).href }

/** Writes a sealed package of the testcard family (or another) into a folder of models. */
export async function makePackage(
  models: string,
  id = 'testcard',
  more: Record<string, unknown> = {},
): Promise<ModelPackage> {
  const folder = join(models, id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'bars.bin'), Buffer.alloc(64, 7))
  const model = {
    format: 1,
    id,
    family: 'testcard',
    variant: 'bars',
    tasks: ['text-to-video', 'image-to-video', 'extend', 'text-to-image'],
    tiers: ['standard', 'high'],
    components: { bars: { file: 'bars.bin', dtype: 'int8' } },
    sizes: { multiple: 2, leastSide: 16, mostSide: 4096 },
    frames: { fps: [24, 30], most: 4320 },
    licence: { name: 'MIT' },
    source: { name: 'threadreel', revision: 'test' },
    ...more,
  }
  await writeFile(join(folder, 'model.json'), JSON.stringify(model))
  return sealPackage(folder)
}
