import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clipsOf } from '../core/clips.ts'
import { openJobs } from '../core/jobs.ts'
import { openLog } from '../core/log.ts'
import { votesOf } from '../core/votes.ts'
import { balance } from '../core/wallet.ts'
import { openContent } from './content.ts'
import { labels, type Saying, type Shown } from './testing/fake-platform.ts'
import { type House, openHouse } from './testing/house.ts'

/** What the operator allows, reports, and what a platform with roles, forms and reactions adds. */
const folder = mkdtempSync(join(tmpdir(), 'threadreel-rules-'))
const blocked = join(folder, 'blocked.txt')
writeFileSync(blocked, 'gore\n国旗\n')
writeFileSync(join(folder, 'adult.txt'), 'nude\n裸体\n')

let house: House
beforeAll(async () => {
  const content = openContent({ blocked, adult: join(folder, 'adult.txt') }, openLog('silent', 'test'), 0)
  house = await openHouse({
    can: { forms: true, reactions: true },
    content,
    roles: {
      everyone: { tiers: ['standard'] },
      patron: { tiers: ['standard', 'high'], openJobs: 5, dailyCredits: 200 },
    },
    rules: { operatorPlace: { platform: 'fake', channel: 'mods', private: false } },
  })
})
afterAll(() => house.close())

let who = 0
let ann = ''
beforeEach(() => {
  who += 1
  ann = `ann${who}`
})
afterEach(async () => {
  house.worker.go()
  expect(house.fake.broken).toEqual([])
  await house.balanced()
})

const club = (): string => `club${who}`
const last = (where = `dm-${ann}`): Shown => house.fake.shown(where).at(-1) as Shown
const say = (what: string | Saying, by = ann) =>
  house.fake.say({ by, ...(typeof what === 'string' ? { text: what } : what) })
const boss = (what: string | Saying) => say(what, 'boss')
const credits = async (by = ann) => (await balance(house.core, `fake:${by}`)).available
const settled = (by = ann) => house.until(async () => (await openJobs(house.core, `fake:${by}`)).length === 0)
async function clipFor(what: string | Saying, by = ann): Promise<Shown> {
  const before = new Set(house.fake.shown().map(shown => shown.at.message))
  await say(what, by)
  const clip = await house.fake.until(
    shown => shown.message.media !== undefined && shown.at.channel !== 'mods' && !before.has(shown.at.message),
  )
  await settled(by)
  return clip
}

describe('words', () => {
  test('on the list are refused by name, before anything is charged', async () => {
    await say('a scene full of GORE')
    expect(last().message.text).toBe('“gore” is not allowed here. Nothing was charged; please say it differently.')
    await say({ text: '一面飘扬的国 旗', locale: 'zh-CN' })
    expect(last().message.text).toMatch(/^这里不能用“国旗”/)
    expect(await openJobs(house.core, `fake:${ann}`)).toEqual([])
    expect(await credits()).toBe(0)
  })

  test('that came onto the list later are refused when an old clip is asked for again', async () => {
    const clip = await clipFor(`a dragon`)
    writeFileSync(blocked, 'gore\n国旗\ndragon\n')
    await house.fake.press(clip, 'Again', ann)
    expect(last().message.text).toMatch(/^“dragon” is not allowed/)
    writeFileSync(blocked, 'gore\n国旗\n')
  })

  test('for adults are refused wherever nobody says the place is for them', async () => {
    await say('a nude statue')
    expect(last().message.text).toMatch(/^“nude” is only allowed in places for adults/)
    await say({ text: '一座裸体雕像', room: club(), adult: false })
    expect(last(club()).message.text).toMatch(/裸体/)
    const clip = await clipFor({ text: 'a nude statue', room: club(), adult: true })
    expect(await clipsOf(house.core, `fake:${ann}`, 9)).toHaveLength(1)
    await house.fake.press(clip, 'Again', ann)
    expect(last(club()).message.text).toMatch(/only allowed in places for adults/)
  })

  test('for adults are allowed where an operator opened the place, in all its threads, until it is closed', async () => {
    await say({ text: '/adult on', room: club() })
    expect(last(club()).message.text).toMatch(/Only the operator/)
    await boss({ text: '/adult on', room: club() })
    expect(last(club()).message.text).toBe('This place is for adults.')
    await clipFor({ text: 'a nude statue', room: club(), thread: 't1' })
    await boss({ text: '/成人 关', room: club() })
    await say({ text: 'a nude statue', room: club() })
    expect(last(club()).message.text).toMatch(/only allowed in places for adults/)
    await boss({ text: '/adult perhaps', room: club() })
    expect(last(club()).message.text).toMatch(/adult on/)
  })
})

describe('reports', () => {
  test('reach the operator with clip, recipe and reporter; one person once, a crowd three times', async () => {
    const clip = await clipFor({ text: 'a rude dog', room: club() })
    const before = house.fake.shown('mods').length
    for (const by of ['eve', 'eve', 'fay', 'gus', 'hal']) await house.fake.press(clip, 'Report', by)
    await house.until(async () => house.fake.shown('mods').length === before + 3)
    const reports = house.fake.shown('mods').slice(before)
    expect(reports[0]?.message.text).toContain(
      `⚑ eve (fake:eve) reports a clip in fake/${club()}, made by ${ann} (fake:${ann})`,
    )
    expect(reports[0]?.message.text).toContain('“a rude dog”')
    expect(reports[0]?.message.media?.key).toBe(clip.message.media?.key)
    expect(house.fake.shown(club()).map(({ message }) => message.text)).toContain(
      'You have reported this one already; the operator knows.',
    )
  })

  test('are answered there: the clip goes, its maker is shut out; operators only', async () => {
    const clip = await clipFor({ text: 'a rude dog', room: club() })
    await house.fake.press(clip, 'Report', 'eve')
    const report = await house.fake.until(
      shown => shown.at.channel === 'mods' && shown.message.media?.key === clip.message.media?.key,
    )
    await house.fake.press(report, 'Remove clip', 'eve')
    expect(last('mods').message.text).toMatch(/Only the operator/)
    await house.fake.press(report, 'Remove and ban', 'boss')
    expect(last('mods').message.text).toMatch(new RegExp(`is gone, and fake:${ann} is shut out`))
    expect(house.fake.shown(club()).some(({ message }) => message.media)).toBe(false)
    expect(await clipsOf(house.core, `fake:${ann}`, 9)).toEqual([])
    expect(await house.store.has(clip.message.media?.key ?? 'clips/none00.mp4')).toBe(false)
    await say('a cat')
    expect(last().message.text).toMatch(/cannot use this/)
    await house.fake.press(report, 'Remove clip', 'boss')
    expect(last('mods').message.text).toMatch(/not kept here/)
  })

  test('can be answered in words where there are no buttons', async () => {
    await clipFor('a rude dog')
    const [clip] = await clipsOf(house.core, `fake:${ann}`, 1)
    await boss(`/下架 ${clip?.id}`)
    expect(last('dm-boss').message.text).toBe(`Clip ${clip?.id} is gone.`)
    expect(await clipsOf(house.core, `fake:${ann}`, 9)).toEqual([])
  })
})

describe('roles', () => {
  const patron = { roles: ['patron', 'other'], room: 'guild' }
  test('open qualities: what is not open is refused by name, and never chosen unasked', async () => {
    await say('settings tier high')
    await say({ text: 'a cat --tier high' })
    expect(last().message.text).toBe('The quality high is not open to you here; these are: standard.')
    const clip = await clipFor('a cat')
    expect(clip.message.text).toContain('5 s, 16:9, standard')
    const better = await clipFor({ text: 'a cat', ...patron })
    expect(better.message.text).toContain('5 s, 16:9, high')
    await boss('a cat --tier high')
    await settled('boss')
    expect((await clipsOf(house.core, 'fake:boss', 1))[0]?.recipe.tier).toBe('high')
  })

  test('give more credits a day, the rest of them also after the smaller share was taken', async () => {
    await say('credits')
    expect(await credits()).toBe(66)
    await say({ text: '/credits', ...patron })
    expect(await credits()).toBe(200)
    await say({ text: '/credits', ...patron })
    await say('credits')
    expect(await credits()).toBe(200)
  })

  test('allow more at a time', async () => {
    house.worker.hold()
    for (let n = 0; n < 5; n += 1) await say({ text: `/video cat ${n}`, ...patron })
    await say({ text: '/video one more', ...patron })
    expect(last('guild').message.text).toMatch(/5 clips in the works/)
    await say('/video another')
    expect(last().message.text).toMatch(/3 clips in the works/)
    await say('cancel all')
    house.worker.go()
    await settled()
  })
})

describe('forms', () => {
  test('"change" brings the words along; what comes back changes the clip, the same words do not', async () => {
    const clip = await clipFor('a cat on a wall --seed 42')
    const change = clip.message.buttons?.find(({ label }) => label === 'Change')
    expect(change?.form).toEqual({ label: 'What should it be instead?', value: 'a cat on a wall' })
    await house.fake.press(clip, 'Change', ann, undefined, 'a cat on a wall')
    expect(last().message.text).toMatch(/^That is the clip you have already/)
    await house.fake.press(clip, 'Change', ann, undefined, 'a dog on a wall --ar 9:16')
    await settled()
    const [dog, cat] = await clipsOf(house.core, `fake:${ann}`, 2)
    expect(dog?.recipe).toEqual({ ...cat?.recipe, prompt: 'a dog on a wall', ratio: '9:16' })
    await house.fake.press(clip, 'Change', ann)
    expect(last().message.text).toMatch(/^What should it be instead\? Answer/)
  })
})

describe('reactions', () => {
  const clipId = async (): Promise<string> => (await clipsOf(house.core, `fake:${ann}`, 1))[0]?.id ?? ''
  test('thumbs and hearts are votes, one per person, until they are taken away', async () => {
    const clip = await clipFor({ text: 'a cat', room: club() })
    const id = await clipId()
    const said = house.fake.shown().length
    for (const emoji of ['👍', '❤️', '👍🏽', '🤔']) await house.fake.react(clip, emoji, 'eve')
    await house.fake.react(clip, '💙', 'fay')
    expect(await votesOf(house.core, id)).toBe(2)
    await house.fake.react(clip, '💙', 'fay', false)
    await house.fake.react(clip, '👍', 'eve', false)
    expect(await votesOf(house.core, id)).toBe(1)
    expect(house.fake.shown()).toHaveLength(said)
  })

  test('a cross deletes one’s own clip and nobody else’s', async () => {
    const clip = await clipFor({ text: 'a cat', room: club() })
    await house.fake.react(clip, '❌', 'eve')
    await house.fake.react(clip, '🗑️', ann, false)
    expect(await clipId()).not.toBe('')
    await house.fake.react(clip, '🗑️', ann)
    expect(await clipId()).toBe('')
    expect(house.fake.shown(club()).some(({ at }) => at.message === clip.at.message)).toBe(false)
  })

  test('a cross on a job on its way cancels it, by its owner', async () => {
    house.worker.hold()
    await say({ text: 'a cat', room: club() })
    const status = await house.fake.until(shown => shown.at.channel === club() && /25 %/.test(shown.message.text))
    await house.fake.react(status, '❌', 'eve')
    await house.fake.react(status, '❌', ann)
    await house.fake.until(shown => shown.at.message === status.at.message && /is cancelled/.test(shown.message.text))
  })

  test('in a room the buttons of one person bear the name', async () => {
    house.worker.hold()
    await say({ text: 'a cat', room: club() })
    expect(labels(last(club()))).toEqual([`Cancel (${ann})`])
    await say('a cat')
    expect(labels(last())).toEqual(['Cancel'])
    await say('cancel all')
    house.worker.go()
    await settled()
  })
})
