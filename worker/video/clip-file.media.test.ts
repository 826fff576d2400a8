import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flatFrames, movingFrames } from '../testing/frames.ts'
import { letterHeights } from '../testing/letters.ts'
import { aigcField } from './aigc.ts'
import { readMp4 } from './boxes.ts'
import { type ClipOrder, writeClip } from './clip-file.ts'
import { type Label, labelFor } from './label.ts'

const run = promisify(execFile)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-clip-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const aigc = aigcField('001191110108MA01KP2T5U00001', 'job-42')
const width = 320
const height = 180

async function order(name: string, frames: number, more: Partial<ClipOrder> = {}): Promise<ClipOrder> {
  return {
    width,
    height,
    fps: 24,
    frames,
    video: movingFrames(width, height, frames),
    label: await labelFor(width, height, 'zh'),
    aigc,
    file: join(folder, name),
    signal: new AbortController().signal,
    ...more,
  }
}

interface Probe {
  streams: Record<string, string | number>[]
  format: { duration: string; tags: Record<string, string> }
}
async function probe(file: string): Promise<Probe> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-count_frames',
    '-show_streams',
    '-show_format',
    '-of',
    'json',
    file,
  ])
  return JSON.parse(stdout) as Probe
}

describe('writeClip', () => {
  it('writes H.264 High yuv420p with every frame, right colours and one AIGC field', async () => {
    const made = await order('a.mp4', 49)
    let told = 0
    const { poster, bytes } = await writeClip({ ...made, onFrame: done => (told = done) })
    expect(told).toBe(49)
    const { streams, format } = await probe(made.file)
    expect(streams).toHaveLength(1)
    expect(streams[0]).toMatchObject({
      codec_name: 'h264',
      profile: 'High',
      pix_fmt: 'yuv420p',
      width,
      height,
      nb_read_frames: '49',
      avg_frame_rate: '24/1',
      color_range: 'tv',
      color_space: 'bt709',
      color_primaries: 'bt709',
      color_transfer: 'bt709',
    })
    expect(Number(format.duration)).toBeCloseTo(49 / 24, 3)
    expect(JSON.parse(format.tags['AIGC'] ?? '')).toEqual({
      Label: '1',
      ContentProducer: '001191110108MA01KP2T5U00001',
      ProduceID: 'job-42',
      ReservedCode1: '',
      ContentPropagator: '001191110108MA01KP2T5U00001',
      PropagateID: 'job-42',
      ReservedCode2: '',
    })
    expect(await readMp4(made.file)).toEqual({
      frames: 49,
      width,
      height,
      faststart: true,
      aigc: [aigc],
      bytes,
      sound: false,
      decoding: expect.stringMatching(/^01640/),
    })
    const meta = await sharp(poster).metadata()
    expect([meta.format, meta.width, meta.height]).toEqual(['jpeg', width, height])
    expect(meta.xmp?.toString().match(/<TC260:AIGC>/g)).toHaveLength(1)
  })

  it('keeps colours: what was drawn comes back within the error of 8-bit YUV', async () => {
    for (const [r, g, b] of [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [255, 255, 255],
      [0, 0, 0],
      [200, 120, 40],
    ] as const) {
      const rgb = new Uint8Array(width * height * 3)
      for (let i = 0; i < rgb.length; i += 3) rgb.set([r, g, b], i)
      async function* video() {
        for (let n = 0; n < 5; n++) yield { width, height, rgb }
      }
      const made = await order('colour.mp4', 5, { video: video() })
      await writeClip(made)
      const pixel = await lastFrame(made.file, 'crop=2:2:20:20')
      for (const [i, wanted] of [r, g, b].entries()) expect(Math.abs((pixel[i] ?? 0) - wanted)).toBeLessThanOrEqual(6)
    }
  })

  it('labels the same buffer once per frame, not once more each time', async () => {
    const made = await order('flat.mp4', 30, { video: flatFrames(width, height, 30, 128) })
    await writeClip(made)
    const label = await labelFor(width, height, 'zh')
    const first = await frameAt(made.file, 0)
    const last = await frameAt(made.file, 29)
    const middle = (label.y + Math.round(label.height / 2)) * width + label.x + 2
    expect(Math.abs((first[middle * 3] ?? 0) - (last[middle * 3] ?? 0))).toBeLessThan(8)
    expect(first[middle * 3]).toBeLessThan(90)
    expect(last[middle * 3]).toBeGreaterThan(30)
  })

  it.each([
    [640, 360],
    [360, 640],
    [480, 480],
    [840, 360],
  ])('can be read after encoding, from the first frame to the last, at %i x %i', async (wide, high) => {
    const label = await labelFor(wide, high, 'zh')
    for (const shade of [20, 235]) {
      const video = flatFrames(wide, high, 12, shade)
      const made = await order('read.mp4', 12, { width: wide, height: high, video, label })
      await writeClip(made)
      for (const n of [0, 11]) {
        const picture = await frameAt(made.file, n)
        const letters = letterHeights(picture, wide, shade < 128 ? label : inner(label)).filter(letter => letter > 3)
        expect(letters.length).toBeGreaterThanOrEqual(4)
        for (const letter of letters) expect(letter).toBeGreaterThanOrEqual(Math.min(wide, high) * 0.05)
      }
    }
  })

  it('the control: a plain stream copy loses the field, so every last step must write it', async () => {
    const made = await order('b.mp4', 5)
    await writeClip(made)
    const copy = join(folder, 'copy.mp4')
    await run('ffmpeg', ['-v', 'error', '-y', '-i', made.file, '-c', 'copy', copy])
    expect((await readMp4(copy)).aigc).toEqual([])
    expect((await probe(copy)).format.tags['AIGC']).toBeUndefined()
  })

  it('stays below a size limit; where that is hopeless it is written as if there were none', async () => {
    // A second of video overshoots a capped rate, so the two-pass encoder has to help; three seconds need not.
    for (const frames of [24, 72]) {
      const { bytes } = await writeClip(await order('free.mp4', frames))
      const limit = Math.floor(bytes / 3)
      const small = await order('small.mp4', frames, { maxBytes: limit })
      expect((await writeClip(small)).bytes).toBeLessThanOrEqual(limit)
      expect(await readMp4(small.file)).toMatchObject({ frames, aigc: [aigc], faststart: true })
    }
    const hopeless = await order('none.mp4', 72, { maxBytes: 3000 })
    const { bytes } = await writeClip(await order('free.mp4', 72))
    expect((await writeClip(hopeless)).bytes).toBe(bytes)
    expect((await readdir(folder)).filter(name => name.includes('small.mp4.') || name.includes('none.mp4.'))).toEqual(
      [],
    )
  })

  it('stops when told to, and leaves nothing behind', async () => {
    const stop = new AbortController()
    const made = await order('stopped.mp4', 200, { signal: stop.signal, onFrame: done => done === 10 && stop.abort() })
    const from = performance.now()
    await expect(writeClip(made)).rejects.toMatchObject({ name: 'AbortError' })
    expect(performance.now() - from).toBeLessThan(2000)
    expect((await readdir(folder)).filter(name => name.includes('stopped'))).toEqual([])
  })

  it('refuses too few, too many and wrong frames', async () => {
    const few = await order('x.mp4', 10, { video: movingFrames(width, height, 9) })
    await expect(writeClip(few)).rejects.toThrow('9 of 10 frames came')
    const many = await order('x.mp4', 10, { video: movingFrames(width, height, 11) })
    await expect(writeClip(many)).rejects.toThrow('more frames than the 10 announced')
    const wrong = await order('x.mp4', 10, { video: movingFrames(width, 90, 10) })
    await expect(writeClip(wrong)).rejects.toThrow('frame 0 is 320x90, not 320x180')
  })
})

/** Without the rounded corners, through which a bright background shows. */
const inner = ({ x, y, width: w, height: h }: Label) => ({
  x: x + 4,
  y: y + 3,
  width: w - 8,
  height: h - 6,
})

async function raw(file: string, filter: string, from: number): Promise<Buffer> {
  const { stdout } = await run(
    'ffmpeg',
    [
      '-v',
      'error',
      '-i',
      file,
      '-vf',
      `select=gte(n\\,${from}),${filter}scale=in_color_matrix=bt709`,
      '-frames:v',
      '1',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-',
    ],
    { encoding: 'buffer', maxBuffer: 1e8 },
  )
  return stdout
}
const frameAt = (file: string, index: number) => raw(file, '', index)
const lastFrame = (file: string, filter: string) => raw(file, `${filter},`, 0)
