import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import defaults from '../core/catalogue.json' with { type: 'json' }
import { jobsOf } from '../core/jobs.ts'
import { balance } from '../core/wallet.ts'
import en from '../locales/en.json' with { type: 'json' }
import zh from '../locales/zh-CN.json' with { type: 'json' }
import { startWorker } from './scenarios/testing/real-worker.ts'
import { type House, openHouse } from './testing/house.ts'

/** A Wan model whose weights are spoilt, on the real worker: what the member reads, and that the credits come back. */

const tiny = fileURLToPath(new URL('../worker/families/wan/testing/packages/t2v', import.meta.url))
const model = 'wan2.1-t2v-1.3b'
let house: House
let folder: string
let worker: { stop(): Promise<void> }

/** The tiny package under a model's name, with NaN among the weights of one component; whole by its hashes, so that it is loaded. */
async function spoiltPackage(component: string): Promise<void> {
  const path = join(folder, 'models', model)
  await cp(tiny, path, { recursive: true })
  const file = `${component}.onnx.data`
  const weights = await readFile(join(path, file))
  weights.fill(0xff, 0, 4096)
  await writeFile(join(path, file), weights)
  const json = JSON.parse(await readFile(join(path, 'model.json'), 'utf8'))
  json.id = model
  json.files[file].sha256 = createHash('sha256').update(weights).digest('hex')
  await writeFile(join(path, 'model.json'), JSON.stringify(json))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-nan-'))
  house = await openHouse()
})
afterAll(async () => {
  await worker?.stop()
  await house?.close()
  await rm(folder, { recursive: true, force: true })
})

async function serve(component: string): Promise<void> {
  await worker?.stop()
  await rm(join(folder, 'models'), { recursive: true, force: true })
  await spoiltPackage(component)
  const { standard } = defaults.tiers
  const small = { ...defaults, tiers: { ...defaults.tiers, standard: { ...standard, shortSide: 64 } } }
  await writeFile(join(folder, 'catalogue.json'), JSON.stringify(small))
  worker = await startWorker({
    ...{ REDIS_URL: house.redis.url, DATA_DIR: folder, CATALOGUE: join(folder, 'catalogue.json') },
    ...{ MODELS_DIR: join(folder, 'models'), MODELS: model, DEVICE: 'cpu', THREADS: '1' },
  })
}

test.each(['text_encoder', 'transformer', 'vae_decoder'])(
  'NaN in the %s: one sentence, credits back',
  async component => {
    await serve(component)
    const told = async (by: string, locale: string, text: string, sentence: string) => {
      const member = `fake:${by}`
      const before = (await balance(house.core, member)).available
      const room = `${component}-${by}`
      await house.fake.say({ by, locale, room, text })
      const { message } = await house.fake.until(
        shown => shown.at.channel === room && shown.message.text.includes(sentence),
      )
      expect(message.mood).toBe('problem')
      expect(message.text).not.toMatch(/failure\.|undefined/)
      await house.until(async () => (await jobsOf(house.core, member, 1))[0]?.state === 'told')
      const [job] = await jobsOf(house.core, member, 1)
      expect(job).toMatchObject({ failure: { code: 'failure.not-a-number' } })
      expect(job?.price).toBeGreaterThan(0)
      // The free credits of the day were given with the first request.
      expect(await balance(house.core, member)).toEqual({ available: before || 66, held: 0 })
    }
    await told('ann', 'en', `a cat --model ${model} --ar 1:1 --seconds 3`, en['failure.not-a-number'])
    await told('li', 'zh-CN', `一只猫 --model ${model} --ar 1:1 --seconds 3`, zh['failure.not-a-number'])
    expect(house.fake.broken).toEqual([])
    await house.balanced()
  },
)
