import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { audit } from '../core/books.ts'
import { clipsOf } from '../core/clips.ts'
import { openJobs } from '../core/jobs.ts'
import { profileOf } from '../core/members.ts'
import { namesOf } from '../core/people.ts'
import { balance, grant } from '../core/wallet.ts'
import type { Shown } from './testing/fake-platform.ts'
import { type House, openHouse } from './testing/house.ts'

/** One person on two platforms. */
let house: House
beforeAll(async () => {
  house = await openHouse({ other: { noEdit: true, can: { buttons: 0 } } })
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
  expect([...house.fake.broken, ...house.other.broken]).toEqual([])
  await house.balanced()
})

const room = (): string => `dm-${ann}`
const here = (): Shown => house.fake.shown(room()).at(-1) as Shown
const there = (): Shown => house.other.shown(room()).at(-1) as Shown
const say = (text: string) => house.fake.say({ by: ann, text })
const sayThere = (text: string) => house.other.say({ by: ann, text })
const credits = (platform = 'fake') => balance(house.core, `${platform}:${ann}`)
const codeIn = (text: string): string => /[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(text)?.[0] ?? ''
const settled = () => house.until(async () => (await openJobs(house.core, `fake:${ann}`)).length === 0)

async function linked(): Promise<void> {
  await say('/link')
  await sayThere(`link ${codeIn(here().message.text).toLowerCase()}`)
}

describe('linking', () => {
  test('a code from one platform, said on the other, makes one wallet and one history', async () => {
    await house.grant(`fake:${ann}`, 100)
    await house.grant(`other:${ann}`, 20)
    await say('绑定')
    const { text } = here().message
    expect(text).toMatch(/^Send “link [2-9A-Z]{4}-[2-9A-Z]{4}” to me on the other platform within ten minutes\./)
    await sayThere(`/link ${codeIn(text)}`)
    expect(there().message.text).toMatch(
      /^Linked: .*ann\d+ \((?:fake|other)\), ann\d+ \((?:fake|other)\)\. You have 120 credits/,
    )
    await say('a cat --seconds 10')
    await house.fake.until(
      shown => shown.at.channel === room() && shown.message.mood === 'done' && !!shown.message.media,
    )
    await settled()
    expect(await credits('other')).toEqual({ available: 146, held: 0 })
    await sayThere('history')
    expect(there().message.text).toMatch(/“a cat” – http/)
    await sayThere('again')
    await settled()
    expect(await clipsOf(house.core, `other:${ann}`, 9)).toHaveLength(2)
  })

  test('jobs of both count together, and either side may cancel', async () => {
    house.worker.hold()
    await linked()
    await house.grant(`fake:${ann}`, 100)
    await say('a cat')
    await sayThere('a dog')
    await say('a bird')
    await sayThere('a fish')
    expect(there().message.text).toMatch(/already have 3 clips in the works/)
    await sayThere('cancel all')
    expect(there().message.text).toBe('3 jobs cancelled.')
    house.worker.go()
    await settled()
    expect(await credits()).toEqual({ available: 166, held: 0 })
  })

  test('a wrong, used or own code is one clear sentence', async () => {
    await say('/link ABCD-EFGH')
    expect(here().message.text).toMatch(/wrong or over/)
    await linked()
    await say('/link')
    const code = codeIn(here().message.text)
    await sayThere(`link ${code}`)
    expect(there().message.text).toMatch(/share a wallet already/)
    await say('unlink')
    expect(here().message.text).toMatch(/left; the credits stay with ann\d+ \(fake\)\.$/)
    await say('unlink')
    expect(here().message.text).toMatch(/not linked/)
  })

  test('a code is not shown where others could take it', async () => {
    await house.fake.say({ by: ann, text: '/link', room: `r${who}` })
    expect(house.fake.shown(`r${who}`).at(-1)?.message.text).toMatch(/private chat/)
  })

  test('words that merely begin like the command are a scene', async () => {
    await say('link rides through the woods')
    await house.fake.until(shown => shown.at.channel === room() && shown.message.mood === 'done')
    await settled()
  })
})

describe('a linked person', () => {
  test('is shut out on both sides', async () => {
    await linked()
    await house.fake.say({ by: 'boss', text: `/ban other:${ann}` })
    await say('a cat')
    expect(here().message.text).toMatch(/cannot use this/)
    await sayThere('unlink')
    expect(there().message.text).toMatch(/cannot use this/)
    expect((await profileOf(house.core, `fake:${ann}`)).banned).toBeDefined()
  })

  test('hands out and forgets the data of both; the link ends, the credits stay', async () => {
    await linked()
    await house.grant(`fake:${ann}`, 100)
    await sayThere(`a secret castle of ${ann}`)
    await house.other.until(
      shown => shown.at.channel === room() && shown.message.mood === 'done' && !!shown.message.media,
    )
    await settled()
    await say('export')
    const key = /\/media\/(exports\/[\w-]+\.json)/.exec(here().message.text)?.[1] ?? ''
    const data = JSON.parse(Buffer.from(await house.store.get(key)).toString())
    expect(data.jobs).toHaveLength(1)
    expect(data.accounts.map(({ member }: { member: string }) => member).sort()).toEqual([
      `fake:${ann}`,
      `other:${ann}`,
    ])
    await say('forget')
    expect(here().message.text).toMatch(/linked accounts.*stay with .*fake/s)
    await say('forget yes')
    expect(await house.keysWith(`castle of ${ann}`)).toEqual([])
    expect(await namesOf(house.core, `fake:${ann}`)).toEqual([`fake:${ann}`])
    expect((await credits()).available).toBe(146)
    expect((await credits('other')).available).toBe(0)
    expect((await profileOf(house.core, `other:${ann}`)).name).toBeUndefined()
  })
})

test('many people link and part at random while they make things: the books balance and nothing is created', async () => {
  const people = ['p', 'q', 'r', 's'].map(letter => `${letter}${who}`)
  const platforms = [house.fake, house.other]
  const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T
  const { issued } = (await audit(house.core)).sheet
  for (const by of people) {
    for (const { name } of platforms)
      await grant(house.core, { op: `rand:${name}:${by}`, account: `${name}:${by}`, credits: 60, reason: '', by: '' })
  }
  for (let step = 0; step < 60; step += 1) {
    const [by, platform] = [pick(people), pick(platforms)]
    const [guest, elsewhere] = [pick(people), pick(platforms)]
    const kind = Math.random()
    if (kind < 0.4) await platform.say({ by, text: 'a cat' })
    else if (kind < 0.6) {
      await platform.say({ by, text: '/link' })
      const code = codeIn(platform.shown(`dm-${by}`).at(-1)?.message.text ?? '')
      await elsewhere.say({ by: guest, text: `/link ${code}` })
    } else if (kind < 0.75) await platform.say({ by, text: 'unlink' })
    else if (kind < 0.9) await platform.say({ by, text: 'cancel all' })
    else await platform.say({ by, text: 'credits' })
  }
  for (const by of people) {
    for (const { name } of platforms)
      await house.until(async () => (await openJobs(house.core, `${name}:${by}`)).length === 0)
  }
  await house.balanced()
  // At most what was granted and the free credits of every name.
  const after = (await audit(house.core)).sheet.issued
  expect(after - issued).toBeGreaterThanOrEqual(8 * 60)
  expect(after - issued).toBeLessThanOrEqual(8 * (60 + 66))
}, 60_000)
