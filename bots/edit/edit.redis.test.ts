import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clipsOf } from '../../core/clips.ts'
import type { Job } from '../../core/job.ts'
import { jobsOf, openJobs } from '../../core/jobs.ts'
import { openPlansOf } from '../../core/plans.ts'
import { balance } from '../../core/wallet.ts'
import { labels, type Saying, type Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'
import { type StandInWorker, standInWorker } from '../testing/stand-in-worker.ts'

let house: House
let editor: StandInWorker
beforeAll(async () => {
  house = await openHouse()
  editor = await standInWorker(house.core, house.store, 'edit')
})
afterAll(async () => {
  await editor.stop()
  await house.close()
})

let who = 0
let ann = ''
beforeEach(async () => {
  who += 1
  ann = `ann${who}`
  await house.grant(`fake:${ann}`, 1000)
})
afterEach(async () => {
  house.worker.go()
  house.worker.failing = () => undefined
  editor.go()
  expect(house.fake.broken).toEqual([])
  await house.balanced()
})

const room = () => `dm-${ann}`
const shown = (): Shown[] => house.fake.shown(room())
const last = (): Shown => shown().at(-1) as Shown
const say = (what: string | Saying): Promise<void> =>
  house.fake.say({ by: ann, ...(typeof what === 'string' ? { text: what } : what) })
const credits = () => balance(house.core, `fake:${ann}`)
const jobs = async (): Promise<Job[]> => (await jobsOf(house.core, `fake:${ann}`, 50)).toReversed()
const recipes = async () => (await jobs()).map(({ request }) => request.recipe)

/** Everything asked for is delivered, or told why not. */
const settled = () =>
  house.until(async () => {
    const plans = await openPlansOf(house.core, `fake:${ann}`)
    return plans.length === 0 && (await jobs()).every(({ state }) => state === 'delivered' || state === 'told')
  })
async function done(what: string | Saying): Promise<Shown> {
  await say(what)
  await settled()
  return last()
}
const refusal = async (what: string | Saying): Promise<string> => {
  await say(what)
  return last().message.failure ?? last().message.text
}
const mp3 = Buffer.concat([Buffer.from('ID3\x04', 'latin1'), Buffer.alloc(600)])

describe('a finished clip', () => {
  test.each([
    ['trim 1 4', { op: 'trim', from: 1, to: 4 }, /trimmed, 3 s\./],
    ['裁剪 1到4秒', { op: 'trim', from: 1, to: 4 }, /裁剪 · 3 秒。/],
    ['/speed 2x', { op: 'speed', factor: 2 }, /at another speed, 3 s\./],
    ['变速 0.5倍', { op: 'speed', factor: 0.5 }, /变速 · 10 秒。/],
    ['reverse', { op: 'reverse' }, /backwards, 5 s\./],
    ['loop 3', { op: 'loop', times: 3 }, /looped, 15 s\./],
    ['gif', { op: 'export', format: 'gif' }, /as GIF, 5 s\./],
    ['/gif webp', { op: 'export', format: 'webp' }, /as WebP, 5 s\./],
    ['cover 2.5', { op: 'cover', at: 2.5 }, /with another cover, 5 s\./],
    [
      '/caption 0-2 hello | 2-4 world',
      { op: 'captions', lines: [{ text: 'hello' }, { text: 'world' }] },
      /with captions/,
    ],
    ['加字幕 你好', { op: 'captions', lines: [{ from: 0, to: 5, text: '你好' }] }, /加字幕/],
  ])('%s', async (words, edit, says) => {
    await done('a cat')
    const locale = /\p{Script=Han}/u.test(words) ? { locale: 'zh-CN' } : {}
    const answer = await done({ text: words, ...locale })
    expect(answer.message.text).toMatch(says)
    const [first, second] = await recipes()
    expect(second).toMatchObject({ kind: 'edit', model: 'theatre', prompt: 'a cat', seed: first?.seed, edit })
    expect(await credits()).toMatchObject({ held: 0, available: 1066 - 20 })
    // It is not made again with another seed, but can be shared and deleted; a GIF goes in as a picture.
    expect(labels(answer)).not.toContain('Again')
    expect(labels(answer)).not.toContain('再来一次')
    expect(answer.message.media?.kind).toBe('op' in edit && edit.op === 'export' ? 'animation' : 'video')
  })

  test('is the one answered to, whoever made it, else one’s latest film', async () => {
    const first = await done('a cat')
    await done('a dog')
    await done('/image a bird')
    const [cat, dog] = (await clipsOf(house.core, `fake:${ann}`, 3)).toReversed()
    await done('reverse')
    await done({ text: 'reverse', replyTo: first.at })
    const edits = (await recipes()).flatMap(({ edit }) => (edit && 'clip' in edit ? [edit.clip] : []))
    expect(edits).toEqual([dog?.id, cat?.id])
  })

  test('gets the music that was sent along, and says what it lacks', async () => {
    await done('a cat')
    expect(await refusal('music')).toBe('refusal.sound-none')
    expect(await refusal({ text: 'music', sounds: [Buffer.from('#EXTM3U\nfile:///etc/passwd')] })).toBe(
      'refusal.sound-type',
    )
    expect(await refusal({ text: 'music', sounds: [Buffer.alloc(21 * 2 ** 20)] })).toBe('refusal.sound-big')
    const answer = await done({ text: 'music 12', sounds: [mp3] })
    expect(answer.message.text).toMatch(/with music, 5 s\./)
    const edit = (await recipes()).at(-1)?.edit
    expect(edit).toMatchObject({ op: 'music', music: { from: 12, sound: expect.stringMatching(/^sounds\/.*\.mp3$/) } })
  })

  test('is left alone by nonsense, and by what is only talk', async () => {
    expect(await refusal('reverse')).toBe('refusal.nothing-yet')
    await done('a cat')
    for (const [words, code] of [
      ['/trim the hedge', 'refusal.edit-usage'],
      ['trim 8 9', 'refusal.edit-range'],
      ['/speed 10', 'refusal.edit-usage'],
      ['/loop 99', 'refusal.edit-usage'],
      ['/cover', 'refusal.edit-usage'],
      ['/caption', 'refusal.edit-usage'],
      ['join', 'refusal.edit-usage'],
      ['/join 999 1000', 'refusal.job-gone'],
      ['/join KZZZ9 K2222', 'refusal.code-clip'],
      ['/compare a cat', 'refusal.edit-usage'],
      ['loop 30', undefined],
    ] as const) {
      const before = (await jobs()).length
      const answer = await refusal(words)
      if (code) expect(answer).toBe(code)
      else await settled()
      expect((await jobs()).length - before).toBe(code ? 0 : 1)
    }
    // Longer than three minutes: 150 s twice.
    const numbers = (await jobs()).map(({ number }) => number)
    expect(await refusal(`join ${numbers.at(-1)} ${numbers.at(-1)}`)).toBe('refusal.edit-long')
    const before = shown().length
    await say({ text: 'trim the hedge', addressed: false })
    await say({ text: '对比 一下这两个', addressed: false })
    expect(shown().length).toBe(before)
    // Addressed, words that only begin like a command are a scene.
    const scene = await done('trim the hedge')
    expect(scene.message.mood).toBe('done')
    expect((await recipes()).at(-1)).toMatchObject({ kind: 'video', prompt: 'trim the hedge' })
  })

  test('of an edit is not changed by words; its failed job is done again as it was', async () => {
    await done('a cat')
    const edited = await done('reverse')
    expect(await refusal({ text: 'a dog instead', replyTo: edited.at })).toBe('refusal.edit-change')
    editor.failNext({ code: 'failure.internal', params: {} })
    const failed = await done('loop 2')
    await house.fake.press(failed, 'Try again', ann)
    await settled()
    const [one, two] = (await recipes()).slice(-2)
    expect(two).toEqual(one)
    expect(last().message.text).toMatch(/looped/)
  })
})

describe('several clips', () => {
  test('are joined by number or code, with title and music', async () => {
    await done('a cat')
    await done('a dog')
    const [cat, dog] = await jobs()
    const answer = await done({ text: `join ${cat?.number} ${dog?.number} fade --title 猫和狗 --beat`, sounds: [mp3] })
    expect(answer.message.text).toMatch(/joined, 12 s\./)
    expect((await recipes()).at(-1)).toMatchObject({
      seconds: 12,
      edit: {
        pieces: [{ clip: cat?.clip }, { clip: dog?.clip, joint: 'fade' }],
        title: '猫和狗',
        onBeat: true,
        music: { fadeOut: 2 },
      },
    })
    await done(`/compare ${cat?.number} ${dog?.number}`)
    expect((await recipes()).at(-1)?.edit).toMatchObject({
      op: 'compare',
      panels: [{ caption: 'a cat' }, { caption: 'a dog' }],
    })
    expect(last().message.text).toMatch(/side by side, 5 s\./)
  })
})

describe('a long clip', () => {
  test('is priced before, comes piece by piece, then as one', async () => {
    await say('a cat --seconds 25 --camera push-in')
    const first = shown()[0] as Shown
    expect(first.message.text).toMatch(
      /^#\d+ is in: 25 s in 3 pieces, 100 credits in all\. Each piece .* 966 credits left\.$/s,
    )
    await settled()
    const texts = shown().map(({ message }) => message.text)
    expect(texts).toHaveLength(4)
    expect(texts.slice(0, 3).map(text => text.split('\n')[1])).toEqual(['1 of 3.', '2 of 3.', '3 of 3.'])
    expect(texts[3]).toMatch(/is ready: joined, 25 s\.\n966 credits left\.$/)
    expect(await credits()).toEqual({ available: 966, held: 0 })
    const made = await recipes()
    const pieces = (await jobs()).slice(0, 3)
    expect(made.map(({ continues }) => continues)).toEqual([undefined, pieces[0]?.clip, pieces[1]?.clip, undefined])
    expect(made.slice(0, 3).every(({ camera }) => camera)).toBe(true)
    expect(labels(last())).toContain('+5 s')
  })

  test('says so when a piece fails and is tried again, and when it is given up', async () => {
    house.worker.failNext({ code: 'failure.crashed', params: {} })
    await done({ text: '一只猫 15秒', locale: 'zh-CN' })
    const texts = shown().map(({ message }) => message.text)
    expect(texts[0]).toMatch(/正在重试一次，不另收费/)
    expect(texts.at(-1)).toMatch(/拼接 · 15 秒。/)
    expect(await credits()).toEqual({ available: 1006, held: 0 })
    house.worker.failNext({ code: 'failure.size', params: { model: 'theatre', width: 1, height: 1 } })
    await done('一只狗 15秒')
    expect(last().message.text).toMatch(/没做出来的不收费。$/)
    expect(await credits()).toEqual({ available: 1006, held: 0 })
  })

  test('joins what there is when its last piece fails twice, and gives back what that one cost', async () => {
    house.worker.failing = ({ request: { part } }) =>
      part?.nth === 3 ? { code: 'failure.crashed', params: {} } : undefined
    await say('a cat --seconds 25')
    await settled()
    expect(shown().map(({ message }) => message.text.split('\n').at(-1))).toEqual([
      '966 credits left.',
      '966 credits left.',
      expect.stringMatching(/it is tried once more at no further cost\.$/),
      'What is there already goes on without it; what is not made costs nothing.',
      expect.stringMatching(/credits left\.$/),
    ])
    expect(last().message.text).toMatch(/joined, 20 s/)
    expect(await credits()).toEqual({ available: 1066 - 80, held: 0 })
  })

  test('goes on after a restart, and stops when a piece is cancelled', async () => {
    house.worker.hold()
    await say('a cat --seconds 20')
    await house.restart()
    house.worker.go()
    await settled()
    expect(last().message.text).toMatch(/joined, 20 s/)
    house.worker.hold()
    await say('a dog --seconds 20')
    await house.until(async () => (await openJobs(house.core, `fake:${ann}`)).some(({ state }) => state === 'running'))
    await say('cancel')
    house.worker.go()
    await settled()
    expect(await credits()).toEqual({ available: 1066 - 80, held: 0 })
  })

  test('is refused where it costs more than there is', async () => {
    expect(await refusal('a cat --seconds 180 --tier high')).toBe('refusal.credits')
    expect(await credits()).toEqual({ available: 1066, held: 0 })
    expect(await jobs()).toEqual([])
  })

  test('is what becomes of a clip that is gone on from', async () => {
    const clip = await done('a cat')
    await house.fake.press(clip, '+5 s', ann)
    expect(shown()[1]?.message.text).toMatch(/5 s more, 20 credits\. First the new piece/)
    await settled()
    expect(shown().map(({ message }) => message.text.split('\n')[0])).toEqual([
      expect.stringMatching(/5 s, 16:9/),
      expect.stringMatching(/goes on from a clip/),
      expect.stringMatching(/joined, 10 s/),
    ])
    await house.fake.press(last(), '+5 s', ann)
    await settled()
    expect(last().message.text).toMatch(/joined, 15 s/)
    const made = await recipes()
    const [, , , again] = await jobs()
    expect(made[3]).toMatchObject({
      kind: 'video',
      model: 'theatre',
      prompt: 'a cat',
      continues: (await jobs())[2]?.clip,
    })
    expect(made[4]?.edit).toMatchObject({ pieces: [{ clip: (await jobs())[2]?.clip }, { clip: again?.clip }] })
  })
})

test('a clip grows to three minutes, in pieces that stay, and no further', async () => {
  await house.grant(`fake:${ann}`, 1000)
  await done('a cat --seconds 150')
  const before = (await jobs()).at(-1)?.clip
  await say('续写 25秒')
  expect(last().message.text).toMatch(
    /25 s more, 100 credits\. First the new pieces come, then all of it as one clip\./,
  )
  await settled()
  const made = (await jobs()).slice(-4)
  expect(made.map(({ request: { recipe } }) => recipe.continues)).toEqual([
    before,
    made[0]?.clip,
    made[1]?.clip,
    undefined,
  ])
  expect(made[3]?.request.recipe).toMatchObject({
    seconds: 175,
    edit: { pieces: [{ clip: before }, ...made.slice(0, 3).map(({ clip }) => ({ clip, joint: 'continuous' }))] },
  })
  expect(await refusal('extend 10 seconds')).toBe('refusal.extend-limit')
  await done('extend')
  expect(last().message.text).toMatch(/joined, 180 s/)
  expect(await refusal('extend')).toBe('refusal.extend-limit')
  expect(await credits()).toEqual({ available: 2066 - 600 - 100 - 20, held: 0 })
})

describe('several of one', () => {
  test('drafts come as a sheet; the one picked is rendered with its seed', async () => {
    await done('drafts: a cat on a boat --ar 9:16')
    const sheet = last()
    expect(sheet.message.text).toMatch(/to choose from\.\nPick one by its number/)
    expect(labels(sheet).slice(0, 4)).toEqual(['Draft 1', 'Draft 2', 'Draft 3', 'Draft 4'])
    expect(await credits()).toEqual({ available: 1058, held: 0 })
    const pictures = await recipes()
    expect(pictures.slice(0, 4).map(({ kind, ratio }) => [kind, ratio])).toEqual(Array(4).fill(['image', '9:16']))
    await house.fake.press(sheet, 'Draft 3', ann)
    await settled()
    expect((await recipes()).at(-1)).toMatchObject({
      ...{ kind: 'video', prompt: 'a cat on a boat', ratio: '9:16', seconds: 5 },
      seed: pictures[2]?.seed,
    })
    expect(new Set(pictures.slice(0, 4).map(({ seed }) => seed)).size).toBe(4)
  })

  test('“vary” in answer to a clip makes drafts of it', async () => {
    const clip = await done('a cat --ar 1:1')
    await done({ text: 'vary', replyTo: clip.at })
    expect(labels(last()).slice(0, 2)).toEqual(['Draft 1', 'Draft 2'])
    const made = await recipes()
    expect(made[2]).toMatchObject({ kind: 'image', prompt: 'a cat', ratio: '1:1' })
    expect(made[2]?.seed).not.toBe(made[0]?.seed)
    expect(await refusal('drafts')).toBe('refusal.empty')
  })

  test('a picture becomes a clip that begins with it', async () => {
    await done('画图 一只鸟 竖屏')
    await house.fake.press(last(), 'Animate', ann)
    await settled()
    const [drawn, clip] = await recipes()
    expect(drawn).toMatchObject({ kind: 'image', ratio: '9:16' })
    expect(clip).toMatchObject({ kind: 'video', ratio: '9:16', prompt: '一只鸟' })
    expect(clip?.firstFrame).toMatch(/^pictures\//)
    expect(await credits()).toEqual({ available: 1066 - 22, held: 0 })
  })

  test('variants are made and compared; one that cannot be made is refused before any', async () => {
    await done('对比：一只猫 --画质 标准,高品质')
    const made = await recipes()
    expect(made.map(({ tier }) => tier).slice(0, 2)).toEqual(['standard', 'high'])
    expect(made[0]?.seed).toBe(made[1]?.seed)
    expect(made[2]?.edit).toMatchObject({ op: 'compare', panels: [{ caption: '标准' }, { caption: '高品质' }] })
    expect(await credits()).toEqual({ available: 1066 - 55, held: 0 })
    expect(await refusal('/compare a cat --model theatre,wan2.1-t2v-1.3b')).toBe('refusal.model-away')
    expect(await refusal('/compare a cat --tier standard,master')).toBe('refusal.tier')
    expect(await refusal('/compare a cat --ar 16:9,wide-ish')).toMatch(/^refusal.option-value/)
    expect(await jobs()).toHaveLength(3)
  })
})

test('where there are no buttons a digit picks the draft', async () => {
  const plain = await openHouse({ can: { buttons: 0 }, noEdit: true })
  const cutter = await standInWorker(plain.core, plain.store, 'edit')
  try {
    await plain.fake.say({ by: 'bob', text: '草稿 一只猫', locale: 'zh-CN' })
    const sheet = await plain.fake.until(({ message }) => /可供挑选/.test(message.text), 20_000)
    expect(sheet.message.text).toMatch(/1 第 1 张 · 2 第 2 张/)
    // Ticket, four pictures, the sheet: no status messages that nothing can edit.
    expect(plain.fake.shown('dm-bob')).toHaveLength(6)
    await plain.fake.say({ by: 'bob', text: '2' })
    await plain.until(async () => (await jobsOf(plain.core, 'fake:bob', 9)).length === 6)
    const [picked, , , , second] = await jobsOf(plain.core, 'fake:bob', 9)
    expect(picked?.request.recipe).toMatchObject({ kind: 'video', seed: second?.request.recipe.seed })
    await plain.until(async () => (await openJobs(plain.core, 'fake:bob')).length === 0)
    expect(plain.fake.broken).toEqual([])
  } finally {
    await cutter.stop()
    await plain.close()
  }
})
