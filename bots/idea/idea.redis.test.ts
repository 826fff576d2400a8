import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { countTold, ideaOf, toldPerDay } from '../../core/idea/store.ts'
import type { Job } from '../../core/job.ts'
import { jobsOf } from '../../core/jobs.ts'
import { openPlansOf } from '../../core/plans.ts'
import { balance } from '../../core/wallet.ts'
import type { Content } from '../content.ts'
import { labels, type Saying, type Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'
import { type StandInWorker, standInWorker } from '../testing/stand-in-worker.ts'

let house: House
let editor: StandInWorker
/** What the model answers; undefined = it is away. */
let told: { prompt: string }[] | undefined
beforeAll(async () => {
  const words = { adult: /naked/, blocked: /severed/ }
  const content: Content = { find: (list, prompt) => words[list].exec(prompt)?.[0] }
  house = await openHouse({ tellShots: async () => told, content })
  editor = await standInWorker(house.core, house.store, 'edit')
})
afterAll(async () => {
  await editor.stop()
  await house.close()
})

let who = 0
let ann = ''
beforeEach(() => {
  who += 1
  ann = `ann${who}`
  told = undefined
})
afterEach(async () => {
  house.worker.go()
  expect(house.fake.broken).toEqual([])
  await house.balanced()
})

const room = () => `dm-${ann}`
const shown = (): Shown[] => house.fake.shown(room())
const last = (): Shown => shown().at(-1) as Shown
const lines = (): string[] => last().message.text.split('\n')
const say = (what: string | Saying): Promise<void> =>
  house.fake.say({ by: ann, ...(typeof what === 'string' ? { text: what } : what) })
const credits = () => balance(house.core, `fake:${ann}`)
const jobs = async (): Promise<Job[]> => (await jobsOf(house.core, `fake:${ann}`, 50)).toReversed()
const settled = () =>
  house.until(async () => {
    const plans = await openPlansOf(house.core, `fake:${ann}`)
    return plans.length === 0 && (await jobs()).every(({ state }) => state === 'delivered' || state === 'told')
  })
const refusal = async (what: string | Saying): Promise<string | undefined> => {
  await say(what)
  return last().message.failure
}

test('a few words become a list, the list a film', async () => {
  await house.grant(`fake:${ann}`, 200)
  await say('/idea a cat goes to the moon --ar 9:16')
  expect(lines()[0]).toBe('Shot list for “a cat goes to the moon”: 5 shots, 25 s, 100 credits in all.')
  expect(lines().slice(1, 6)).toEqual([
    expect.stringMatching(/^1\. a cat \w+ on the moon at dawn \(5 s, [\w ]+\)$/),
    expect.stringMatching(/^2\. a cat .* on the moon \(/),
    expect.stringMatching(/^3\. a cat goes to the moon \(/),
    expect.stringMatching(/^4\. /),
    expect.stringMatching(/^5\. /),
  ])
  expect(labels(last())).toEqual(['Make the film', 'Other ideas', 'Forget it'])
  expect(await jobs()).toEqual([])

  await say('2: a cat sleeps on the moon 10s, push in')
  expect(lines()[0]).toMatch(/5 shots, 30 s, 120 credits/)
  expect(lines()[2]).toBe('2. a cat sleeps on the moon (10 s, push in)')
  await say('drop 4')
  await say('add a dog barks')
  expect(
    lines()
      .slice(1, 6)
      .map(line => line.slice(0, 2)),
  ).toEqual(['1.', '2.', '3.', '4.', '5.'])
  expect(lines()[5]).toBe('5. a dog barks (5 s)')

  const list = last()
  await house.fake.press(list, 'Make the film', ann)
  expect(last().message.text).toMatch(/^#\d+ is in: 5 shots, 120 credits in all\. .* 146 credits left\.$/s)
  await settled()
  const made = await jobs()
  expect(made.map(({ request }) => request.recipe.prompt).slice(0, 5)).toEqual([
    expect.stringMatching(/^a cat /),
    'a cat sleeps on the moon',
    'a cat goes to the moon',
    expect.any(String),
    'a dog barks',
  ])
  expect(made.map(({ request }) => request.recipe.ratio)).toEqual(Array(6).fill('9:16'))
  expect(made[1]?.request.recipe).toMatchObject({ seconds: 10, camera: { preset: 'push-in' } })
  expect(made[5]?.request.recipe.edit).toMatchObject({
    op: 'join',
    pieces: made.slice(0, 5).map(({ clip }) => ({ clip, joint: 'fade' })),
  })
  expect(last().message.text).toMatch(/is ready: joined, 28 s/)
  expect(await credits()).toEqual({ available: 146, held: 0 })
  // The list is made: its button and its words do nothing more.
  await house.fake.press(list, 'Make the film', ann)
  expect(last().message.failure).toBe('refusal.button-old')
  expect(await refusal('/idea make')).toBe('refusal.idea-none')
  expect(await refusal('make')).toBe('refusal.idea-none')
  expect(await jobs()).toHaveLength(6)
})

test('works in Chinese, within what a newcomer has', async () => {
  await say({ text: '脑洞 一只白猫在森林里追蝴蝶', locale: 'zh-CN' })
  expect(lines()[0]).toBe('「一只白猫在森林里追蝴蝶」的分镜：3 个镜头，15 秒，共 60 灵感值。')
  expect(lines()[2]).toMatch(/^2\. 一只白猫在森林里追蝴蝶（5 秒 · /)
  await say({ text: '3：猫在睡觉', locale: 'zh-CN' })
  await say({ text: '加 一只狗', locale: 'zh-CN' })
  await say({ text: '开拍', locale: 'zh-CN' })
  expect(last().message.failure).toBe('refusal.credits')
  await say({ text: '删 4', locale: 'zh-CN' })
  await say({ text: '开拍', locale: 'zh-CN' })
  await settled()
  expect(await credits()).toEqual({ available: 6, held: 0 })
  expect((await jobs()).map(({ request }) => request.recipe.prompt)[2]).toBe('猫在睡觉')
})

test('survives a restart, is one for each member and place, and is forgotten', async () => {
  await say('/idea a cat, 4 shots')
  expect(lines()[0]).toMatch(/4 shots/)
  await house.fake.say({ by: ann, room: 'hall', text: '/idea a dog' })
  await house.restart()
  await say('/idea')
  expect(lines()[0]).toMatch(/“a cat”: 4 shots/)
  const before = last()
  await say('other ideas')
  const now = last()
  expect(lines()[0]).toMatch(/“a cat”: 4 shots/)
  await house.fake.press(before, 'Make the film', ann)
  expect(last().message.failure).toBe('refusal.button-old')
  // Somebody else's words are about no list of theirs.
  await house.fake.say({ by: 'zoe', room: 'hall', text: '/idea drop 1' })
  expect(house.fake.shown('hall').at(-1)?.message.failure).toBe('refusal.idea-none')
  await house.fake.press(now, 'Forget it', ann)
  expect(await refusal('/idea')).toBe('refusal.idea-words')
  const hall = { platform: 'fake', channel: 'hall', private: false }
  expect((await ideaOf(house.core, hall, `fake:${ann}`))?.words).toBe('a dog')
  expect(await ideaOf(house.core, hall, `fake:${ann}`, Date.now() + 7 * 3600_000)).toBeUndefined()
  await say('forget yes')
  await house.until(async () => (await ideaOf(house.core, hall, `fake:${ann}`)) === undefined)
})

test('a model’s shots are taken; where it fails the grammar makes them', async () => {
  told = ['a cat wakes up', 'a cat runs', 'a cat sleeps'].map(prompt => ({ prompt }))
  await say('/idea a cat')
  expect(lines().slice(1, 4)).toEqual(['1. a cat wakes up (5 s)', '2. a cat runs (5 s)', '3. a cat sleeps (5 s)'])
  told = undefined
  await say('other ideas')
  expect(lines()[1]).toMatch(/^1\. a cat \w+ .* at dawn \(5 s, /)
})

test('a model without a camera gets none, and shots as long as it makes', async () => {
  const model = 'wan2.1-t2v-1.3b'
  const other = await standInWorker(house.core, house.store, model)
  try {
    await say(`/idea a cat in the park --model ${model} --seconds 60`)
    expect(lines().slice(0, 2)).toEqual([
      expect.stringMatching(/6 shots, 30 s, 120 credits/),
      expect.stringMatching(/^1\. a cat .* \(5 s\)$/),
    ])
    await say('drop 4 5 6')
    await say('make')
    await settled()
    const made = (await jobs()).map(({ request }) => request.recipe)
    expect(made.slice(0, 3).map(recipe => [recipe.model, recipe.seconds, recipe.camera])).toEqual(
      Array(3).fill([model, 5, undefined]),
    )
    expect(await credits()).toEqual({ available: 6, held: 0 })
  } finally {
    await other.stop()
  }
})

test('nonsense is refused in one sentence, talk is left alone, money stays', async () => {
  const { png } = await pictures()
  for (const [what, code] of [
    ['/idea', 'refusal.idea-words'],
    ['/idea 🐱🐱', 'refusal.idea-words'],
    ['/idea --ar 9:16', 'refusal.idea-words'],
    ['/idea make', 'refusal.idea-none'],
    ['/idea 2: a dog', 'refusal.idea-none'],
    ['/idea a cat --tier master', 'refusal.tier'],
    ['/idea a cat --teleport', 'refusal.option-unknown'],
    [`/idea ${'cat '.repeat(200)}`, 'refusal.prompt-too-long'],
    [{ text: '/idea a cat', images: [png] }, 'refusal.idea-picture'],
  ] as const)
    expect(await refusal(what)).toBe(code)
  await say('/idea a cat')
  for (const [what, code] of [
    ['9: a dog', 'refusal.idea-number'],
    ['drop 1 2', 'refusal.idea-few'],
    ['2: --teleport', 'refusal.option-unknown'],
    ['2: a dog --camera pushin', 'refusal.option-value-near'],
  ] as const)
    expect(await refusal(what)).toBe(code)
  const before = shown().length
  await say({ text: 'drop 1', addressed: false })
  expect(shown()).toHaveLength(before)
  expect(await jobs()).toEqual([])
  expect(await credits()).toEqual({ available: 66, held: 0 })
})

test('where there are no buttons digits do it', async () => {
  const plain = await openHouse({ can: { buttons: 0 }, noEdit: true })
  const cutter = await standInWorker(plain.core, plain.store, 'edit')
  try {
    await plain.fake.say({ by: 'bob', text: '点子：小猫去海边', locale: 'zh-CN' })
    const list = plain.fake.shown('dm-bob')[0] as Shown
    expect(list.message.text).toMatch(/1 开拍 · 2 换一批 · 3 算了$/)
    await plain.fake.say({ by: 'bob', text: '1', locale: 'zh-CN' })
    await plain.until(async () => (await jobsOf(plain.core, 'fake:bob', 9)).length === 4)
    await plain.fake.until(({ message }) => /拼接 · 14 秒/.test(message.text), 20_000)
    await plain.until(async () => (await openPlansOf(plain.core, 'fake:bob')).length === 0)
    expect(await balance(plain.core, 'fake:bob')).toEqual({ available: 6, held: 0 })
    await plain.balanced()
  } finally {
    await cutter.stop()
    await plain.close()
  }
})

async function pictures() {
  const { default: sharp } = await import('sharp')
  return {
    png: await sharp({ create: { width: 320, height: 320, channels: 3, background: '#a62' } })
      .png()
      .toBuffer(),
  }
}

test.each(['a naked statue', 'a severed rope'])('nobody is refused for what the model said: %s', async word => {
  told = ['a lighthouse at dawn', word, 'a lighthouse at dusk'].map(prompt => ({ prompt }))
  await house.fake.say({ by: ann, text: '/idea a lighthouse' })
  expect(last().message.failure).toBeUndefined()
  expect(lines()[0]).toMatch(/^Shot list for “a lighthouse”/)
  expect(last().message.text).not.toContain(word)
})

test('a member gets so many lists of the model a day, then those of the grammar', async () => {
  told = ['dawn', 'noon', 'dusk'].map(when => ({ prompt: `a lighthouse at ${when}` }))
  await house.fake.say({ by: ann, text: '/idea a lighthouse' })
  expect(house.fake.shown(`dm-${ann}`).at(-1)?.message.text).toMatch(/a lighthouse at noon/)
  const day = new Date().toISOString().slice(0, 10)
  for (let i = 1; i < toldPerDay; i += 1) expect(await countTold(house.core, `fake:${ann}`, day)).toBe(true)
  await house.fake.say({ by: ann, text: '/idea a lighthouse' })
  const { text, failure } = house.fake.shown(`dm-${ann}`).at(-1)?.message ?? {}
  expect([text, failure]).toEqual([expect.stringMatching(/lighthouse/), undefined])
  expect(text).not.toMatch(/a lighthouse at noon/)
})
