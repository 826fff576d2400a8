import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { takePicture } from '../core/media.ts'
import type { Recipe } from '../core/request.ts'
import { openStore, type Store } from '../core/store.ts'
import type { Made, Order } from './protocol.ts'
import { ChildDied, openRenderer, type Renderer, RenderFault } from './renderer.ts'
import { makePackage, testFamilies } from './testing/test-package.ts'
import { readMp4 } from './video/boxes.ts'

let folder: string
let store: Store
let renderer: Renderer
const open = async () => {
  const model = await makePackage(join(folder, 'models'))
  return openRenderer(
    {
      packages: [{ id: model.id, family: model.family, folder: model.folder }],
      families: testFamilies,
      store: { STORE: 'local', DATA_DIR: folder },
      threads: 1,
      device: 'cpu',
      label: { producer: 'Threadreel', language: 'zh' },
    },
    { graceMs: 500 },
  )
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-render-'))
  store = await openStore({ STORE: 'local', DATA_DIR: folder })
  renderer = await open()
})
afterAll(async () => {
  await renderer.close()
  await rm(folder, { recursive: true, force: true })
})

function order(prompt: string, recipe: Partial<Recipe> = {}, more: Partial<Order> = {}): Order {
  return {
    job: 'job-1',
    recipe: {
      kind: 'video',
      prompt,
      negative: '',
      model: 'testcard',
      tier: 'standard',
      seconds: 2,
      ratio: '16:9',
      seed: 1,
      ...recipe,
    },
    width: 256,
    height: 144,
    fps: 24,
    ...more,
  }
}
const never = new AbortController().signal
const make = (prompt: string, recipe?: Partial<Recipe>, more?: Partial<Order>): Promise<Made> =>
  renderer.render(order(prompt, recipe, more), { signal: never, onProgress: () => undefined })

describe('the renderer', () => {
  it('makes a clip with poster and state in the store, and tells how far it is', async () => {
    const seen: string[] = []
    const made = await renderer.render(order('bars unheard'), {
      signal: never,
      onProgress(stage, done) {
        if (seen.at(-1) !== stage) seen.push(stage)
        expect(done).toBeLessThanOrEqual(1)
      },
    })
    expect(seen).toEqual(['preparing', 'sampling', 'rendering', 'storing'])
    expect(made).toMatchObject({
      kind: 'video',
      width: 256,
      height: 144,
      fps: 24,
      frames: 48,
      unknownWords: ['unheard'],
    })
    expect(await readMp4(store.path(made.media) ?? '')).toMatchObject({
      frames: 48,
      width: 256,
      height: 144,
      bytes: made.bytes,
    })
    expect((await sharp(await store.get(made.poster)).metadata()).format).toBe('jpeg')
    expect(made.costs.total).toBeGreaterThan(made.costs.draw)
  })

  it('continues a clip from its state', async () => {
    const first = await make('bars')
    const next = await make('bars', {}, { ...(first.state && { state: first.state }) })
    expect(new DataView(Uint8Array.from(await store.get(next.state ?? '')).buffer).getUint32(0)).toBe(96)
  })

  it('gives the first picture to the model, pixel by pixel', async () => {
    const pixels = Buffer.alloc(256 * 144 * 3, 200)
    const upload = await sharp(pixels, { raw: { width: 256, height: 144, channels: 3 } })
      .png()
      .toBuffer()
    const { key } = await takePicture(store, upload)
    const made = await make('bars', { kind: 'image', firstFrame: key })
    const { data } = await sharp(await store.get(made.media))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(made).toMatchObject({ kind: 'image', frames: 1 })
    expect(data.subarray(0, 256 * 3).equals(pixels.subarray(0, 256 * 3))).toBe(true)
    await expect(make('bars', { firstFrame: 'pictures/not-there.webp' })).rejects.toMatchObject({
      code: 'failure.media-gone',
    })
  })

  it('passes expected failures on and hides the others behind one sentence', async () => {
    await expect(make('refuse')).rejects.toMatchObject({ name: 'UserError', code: 'failure.size' })
    const fault: unknown = await make('fault').catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(RenderFault)
    expect(fault).toMatchObject({
      failure: { code: 'failure.internal' },
      message: expect.stringContaining('TypeError'),
    })
    await expect(make('memory')).rejects.toMatchObject({ failure: { code: 'failure.memory' } })
    await expect(make('short')).rejects.toThrow('47 of 48 frames came')
    await expect(make('bars', { model: 'unknown' })).rejects.toMatchObject({ code: 'refusal.model-away' })
    await expect(make('bars')).resolves.toMatchObject({ frames: 48 })
  })

  it('outlives its child: the order fails, the next one is made', async () => {
    await expect(make('crash')).rejects.toBeInstanceOf(ChildDied)
    await expect(make('bars')).resolves.toMatchObject({ frames: 48 })
  })

  it('stops within two seconds, also when the child hears nothing', async () => {
    for (const [prompt, survives] of [
      ['slow', true],
      ['hang', false],
    ] as const) {
      await make('bars')
      const before = renderer.pid
      const stop = new AbortController()
      let stopped = 0
      const rendering = renderer.render(order(prompt, { seconds: 60 }), {
        signal: stop.signal,
        onProgress: stage => {
          if (stopped || stage !== 'rendering') return
          stopped = performance.now()
          stop.abort(new Error('cancelled by a test'))
        },
      })
      await expect(rendering).rejects.toThrow('cancelled by a test')
      expect(performance.now() - stopped).toBeLessThan(2000)
      expect(renderer.pid === before).toBe(survives)
    }
    expect((await readdir(join(folder, 'media', 'clips'))).length).toBeGreaterThan(0)
    await expect(make('bars')).resolves.toMatchObject({ frames: 48 })
  })

  it('leaves no child and no files behind', async () => {
    const own = await open()
    await own.warm('testcard')
    const { pid } = own
    // It leads a group of its own, so that Ctrl-C in a terminal reaches neither it nor its ffmpeg.
    expect(() => process.kill(-(pid ?? 0), 0)).not.toThrow()
    await own.close()
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH')
    expect((await readdir(tmpdir())).filter(name => name.startsWith(`threadreel-worker-${process.pid}-`))).toHaveLength(
      1,
    )
  })
})

describe('ffmpeg', () => {
  it('never sees a word or a file of a member', async () => {
    const record = join(folder, 'arguments')
    const wrapper = join(folder, 'ffmpeg')
    await writeFile(wrapper, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${record}'\nexec ffmpeg "$@"\n`, { mode: 0o755 })
    vi.stubEnv('FFMPEG_PATH', wrapper)
    const own = await open()
    await own.warm('testcard')
    vi.unstubAllEnvs()
    const prompt = "canary text='x':textfile=/etc/passwd[out];movie=canary.mp4,$(touch canary) %{pts} -i canary"
    await own.render(order(prompt, { negative: 'canary' }), { signal: never, onProgress: () => undefined })
    await own.close()
    const seen = (await readFile(record, 'utf8')).trim().split('\n')
    expect(seen.join(' ')).not.toContain('canary')
    expect(seen.filter(word => word === '-i')).toHaveLength(1)
    expect(seen[seen.indexOf('-i') + 1]).toBe('pipe:0')
    expect(seen.find(word => word.startsWith('AIGC='))).toContain('"ProduceID":"job-1"')
    expect(seen.at(-1)).toMatch(/\/threadreel-worker-\d+-\w+\/clip-\w+\/clip\.mp4$/)
  })
})

describe('memory', () => {
  it('does not grow with the length of a clip', async () => {
    const peaks: number[] = []
    for (const seconds of [5, 20]) {
      const own = await open()
      const made = await own.render(order('bars', { seconds }, { width: 640, height: 360 }), {
        signal: never,
        onProgress: () => undefined,
      })
      expect(made.frames).toBe(seconds * 24)
      peaks.push(made.costs.peakBytes)
      await own.close()
    }
    const [short = 0, long = 0] = peaks
    expect(long / short).toBeLessThan(1.15)
  })
})
