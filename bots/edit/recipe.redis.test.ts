import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Job } from '../../core/job.ts'
import { jobsOf } from '../../core/jobs.ts'
import { openPlansOf } from '../../core/plans.ts'
import { balance } from '../../core/wallet.ts'
import { labels, type Saying, type Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'
import { type StandInWorker, standInWorker } from '../testing/stand-in-worker.ts'

let house: House
let editor: StandInWorker
beforeAll(async () => {
  house = await openHouse({ roles: { everyone: {}, cheap: { tiers: ['standard'] } } })
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
  await house.grant(`fake:${ann}`, 500)
})
afterEach(async () => {
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
const refusal = async (what: string | Saying): Promise<string | undefined> => {
  await say(what)
  return last().message.failure
}
const codeIn = (at: Shown): string => /\((K\w+)\)|（(K\w+)）/.exec(at.message.text)?.slice(1).find(Boolean) ?? ''
const picture = (background: string) =>
  sharp({ create: { width: 320, height: 320, channels: 3, background } })
    .png()
    .toBuffer()

test('a recipe is shown whole, and its line asks for the very same again', async () => {
  const clip = await done(
    'a black cat runs --ar 9:16 --seconds 10 --guidance 4 --fps 30 --camera zoom:5,pan:-2 --no rain, dogs',
  )
  await say({ text: 'recipe', replyTo: clip.at })
  const [made] = await recipes()
  const lines = last().message.text.split('\n')
  expect(lines.slice(0, 5)).toEqual([
    expect.stringMatching(/^#\d+ \(K\w+\): 10 s, 9:16, standard, camera move\.$/),
    'Words: a black cat runs',
    'Not: rain, dogs',
    `model Theatre, seed ${made?.seed}, guidance 4, 30 frames a second, camera pan:-2,zoom:5`,
    'The very same again, as one line to send:',
  ])
  await done(lines[5] ?? '')
  const [, again] = await recipes()
  expect(again).toEqual(made)
})

test('in Chinese, of somebody else’s clip, by its code', async () => {
  const hall = `hall-${ann}`
  await done({ text: '一只猫追蝴蝶 竖屏', locale: 'zh-CN', room: hall })
  const clip = house.fake.shown(hall).at(-1) as Shown
  await house.fake.say({ by: 'zoe', text: `配方 ${codeIn(clip)}`, locale: 'zh-CN' })
  const [head, maker, words, details, , line] = house.fake.shown('dm-zoe').at(-1)?.message.text.split('\n') ?? []
  expect([head, maker, words, details]).toEqual([
    expect.stringMatching(/：5 秒 · 9:16 · 标准。$/),
    `作者 ${ann}。`,
    '描述：一只猫追蝴蝶',
    expect.stringMatching(/^模型 小剧场 · 种子 \d+$/),
  ])
  await house.fake.say({ by: 'zoe', text: line ?? '' })
  await house.until(async () => (await jobsOf(house.core, 'fake:zoe', 1))[0]?.state === 'delivered')
  expect((await jobsOf(house.core, 'fake:zoe', 1))[0]?.request.recipe).toEqual((await recipes())[0])
})

test('a clip that was asked for in private is named by its maker and the operators alone', async () => {
  const code = codeIn(await done('a secret cat'))
  const mine = [`recipe ${code}`, `upgrade ${code}`, `fork ${code} at night`, `a dog --like ${code}`, `tree ${code}`]
  for (const what of [...mine, `compare ${code} ${code}`, `join ${code} ${code}`]) {
    await house.fake.say({ by: 'eve', text: `/${what.replace(/^a dog/, 'video a dog')}` })
    expect([what, house.fake.shown('dm-eve').at(-1)?.message.failure]).toEqual([what, 'refusal.code-clip'])
  }
  for (const by of ['boss', ann]) {
    await house.fake.say({ by, text: `/recipe ${code}` })
    expect(house.fake.shown(`dm-${by}`).at(-1)?.message.text).toMatch(/a secret cat/)
  }
  await house.fake.say({ by: ann, text: '/link' })
  const link = /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(last().message.text)?.[0]
  await house.fake.say({ by: `${ann}b`, text: `/link ${link}` })
  await house.fake.say({ by: `${ann}b`, text: `/recipe ${code}` })
  expect(house.fake.shown(`dm-${ann}b`).at(-1)?.message.text).toMatch(/a secret cat/)
})

test('nobody gets the pictures of somebody else’s clip along with its words unasked; elsewhere they are left out', async () => {
  const hall = `hall-${ann}`
  const by = `finn-${ann}`
  await house.grant(`fake:${by}`, 1000)
  await done({ text: 'it rains', images: [await picture('#a62')], room: hall })
  const code = codeIn(house.fake.shown(hall).at(-1) as Shown)
  const newest = async () => (await jobsOf(house.core, `fake:${by}`, 1))[0]?.request.recipe
  const left = async (words: RegExp) => {
    await house.fake.until(({ at, message }) => at.channel === `dm-${by}` && words.test(message.text), 5_000)
    await house.until(async () => (await openPlansOf(house.core, `fake:${by}`)).length === 0)
    await house.until(async () => (await jobsOf(house.core, `fake:${by}`, 9)).every(job => job.state === 'delivered'))
  }
  for (const text of [
    `/fork ${code} at night`,
    `/video it snows --like ${code}`,
    `/compare it snows --like ${code} --tier standard,high`,
    `/drafts it hails --like ${code}`,
  ]) {
    await house.fake.say({ by, text })
    expect([text, house.fake.shown(`dm-${by}`).find(({ message }) => /left out/.test(message.text))]).toEqual([
      text,
      expect.anything(),
    ])
    await left(/somebody else’s, so they were left/)
    expect((await newest())?.firstFrame).toBeUndefined()
  }
  await house.fake.say({ by, room: hall, text: `/drafts it hails --like ${code}` })
  await house.fake.until(
    ({ at, message }) => at.channel === hall && /would like to use your picture/.test(message.text),
  )
})

test('drafts keep the pictures where the model makes moments of its clips, and say so where not', async () => {
  const clip = await done({ text: 'it rains', images: [await picture('#a62')] })
  await done({ text: '/drafts it snows', replyTo: clip.at })
  const [first, draft] = await recipes()
  expect(draft).toMatchObject({ kind: 'image', firstFrame: first?.firstFrame })
  const { theatre } = house.bot.catalogue.models
  if (!theatre) throw new Error('no theatre')
  theatre.picturesAreMoments = false
  try {
    await say({ text: '/drafts it hails', replyTo: clip.at })
    const said = /4 drafts.*\nDrafts are made of words alone with this model, so the pictures were left out\.$/s
    await house.fake.until(({ at, message }) => at.channel === room() && said.test(message.text), 5_000)
    await settled()
    expect((await recipes()).findLast(({ kind }) => kind === 'image')?.firstFrame).toBeUndefined()
  } finally {
    theatre.picturesAreMoments = true
  }
})

test('what words cannot say comes with the line as well', async () => {
  const first = await done({ text: 'it rains', images: [await picture('#a62'), await picture('#26a')] })
  await house.fake.press(first, '+5 s', ann)
  await settled()
  const [between, goesOn, joined] = await recipes()
  for (const [i, made] of [between, goesOn].entries()) {
    await say(`recipe #${(await jobs())[i]?.number}`)
    const line = last().message.text.split('\n').at(-1) ?? ''
    expect(line).toMatch(/--like K\w+$/)
    await done(line)
    expect((await recipes()).at(-1)).toEqual(made)
  }
  expect(joined?.edit?.op).toBe('join')
  await say(`recipe #${(await jobs())[2]?.number}`)
  expect(last().message.text).toMatch(/Made of finished clips: K\w+, K\w+\. /)
  await done('/image a bird')
  await say('recipe')
  expect(last().message.text.split('\n').at(-1)).toMatch(/^\/image a bird --ar 16:9 .* --seed \d+ --model theatre$/)
})

test('--like also begins drafts and comparisons', async () => {
  const clip = await done('a red dog --ar 1:1 --seed 5')
  await done(`/drafts --like ${codeIn(clip)}`)
  await done(`/compare --like ${codeIn(clip)} --tier standard,high`)
  const made = await recipes()
  expect(made[1]).toMatchObject({ kind: 'image', prompt: 'a red dog', ratio: '1:1' })
  expect(made.slice(-3, -1).map(({ prompt, ratio, tier }) => [prompt, ratio, tier])).toEqual([
    ['a red dog', '1:1', 'standard'],
    ['a red dog', '1:1', 'high'],
  ])
})

test('a long clip has the recipe it was asked for by', async () => {
  await done('a cat --seconds 25 --seed 7 --camera orbit')
  await say('recipe')
  expect(last().message.text).toMatch(
    /\n\/video a cat --ar 16:9 --seconds 25 --tier standard --seed 7 --model theatre --camera orbit$/,
  )
})

test('a clip is made again at a better tier, its price said before', async () => {
  const clip = await done('a cat --seconds 10')
  expect(labels(clip)).toEqual(['Again', 'Change', '+5 s', 'Upgrade', 'Share link', 'Delete'])
  await house.fake.press(clip, 'Upgrade', ann)
  expect(last().message.text).toMatch(
    /^K\w+ was made at standard\. The same again, with the same seed:\nhigh: 70 credits, 30 more than standard\.$/,
  )
  expect(await jobs()).toHaveLength(1)
  const offered = last()
  await house.fake.press(offered, 'Make it high', ann)
  expect(last().message.text).toMatch(/70 credits\..*\nK\w+ again at high: 30 more than at standard\.$/s)
  await settled()
  const [plain, high] = await recipes()
  expect(high).toEqual({ ...plain, tier: 'high' })
  expect(await credits()).toEqual({ available: 566 - 40 - 70, held: 0 })
  expect(labels(last())).not.toContain('Upgrade')
})

test('by words, also for pictures, long clips and in Chinese', async () => {
  const clip = await done({ text: '一只猫', locale: 'zh-CN' })
  await done({ text: `升级 ${codeIn(clip)} 高品质`, locale: 'zh-CN' })
  await done('/image a bird')
  await done('upgrade high')
  await done('a dog --seconds 15 --seed 3')
  await say({ text: '升级', locale: 'zh-CN' })
  expect(last().message.text).toMatch(/是标准画质。同一配方、同一种子：\n高品质：105 灵感值，比标准多 45。$/)
  await done('/upgrade to high')
  const made = await recipes()
  expect(made.map(({ kind, tier, seconds }) => `${kind} ${tier} ${seconds}`)).toEqual([
    ...['video standard 5', 'video high 5', 'image standard 5', 'image high 5'],
    ...['video standard 10', 'video standard 5', 'edit standard 15'],
    ...['video high 10', 'video high 5', 'edit high 15'],
  ])
  expect(made[7]?.seed).toBe(3)
  expect(await credits()).toEqual({ available: 566 - 20 - 35 - 2 - 4 - 60 - 105, held: 0 })
})

test('what cannot be upgraded or shown is refused in one sentence', async () => {
  for (const [what, code] of [
    ['upgrade', 'refusal.nothing-yet'],
    ['recipe', 'refusal.nothing-yet'],
    ['/recipe KZZZ9', 'refusal.code-clip'],
    ['/recipe 99999', 'refusal.job-gone'],
  ] as const)
    expect(await refusal(what)).toBe(code)
  await done('a cat')
  for (const [what, code] of [
    ['upgrade master', 'refusal.tier'],
    ['upgrade standard', 'refusal.upgrade-best'],
    ['/upgrade to the moon', 'refusal.edit-usage'],
    ['/recipe for disaster', 'refusal.edit-usage'],
    ['a dog --like KZZZ9', 'refusal.code-clip'],
    ['a dog --like me', 'refusal.option-value'],
    [{ text: 'upgrade high', roles: ['cheap'] }, 'refusal.tier-role'],
    [{ text: 'upgrade', roles: ['cheap'] }, 'refusal.upgrade-best'],
  ] as const)
    expect(await refusal(what)).toBe(code)
  const clip = await done('upgrade high')
  expect(await refusal({ text: 'upgrade', replyTo: clip.at })).toBe('refusal.upgrade-best')
  await done('reverse')
  expect(await refusal('upgrade')).toBe('refusal.upgrade-joined')
  const before = shown().length
  await say({ text: 'recipe for a cake', addressed: false })
  await say({ text: '升级 打怪', addressed: false })
  expect(shown()).toHaveLength(before)
})
