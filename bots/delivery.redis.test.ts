import { afterEach, describe, expect, test } from 'vitest'
import { clipsOf } from '../core/clips.ts'
import { jobsOf, openJobs, settle } from '../core/jobs.ts'
import type { Place } from '../core/place.ts'
import { balance } from '../core/wallet.ts'
import { deliver } from './deliver.ts'
import type { Outgoing } from './platform.ts'
import type { FakeOptions, Shown } from './testing/fake-platform.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
afterEach(async () => {
  expect(house.fake.broken).toEqual([])
  await house.balanced()
  await house.close()
})

const ann = 'fake:ann'
const open = async (options?: FakeOptions): Promise<void> => {
  house = await openHouse(options)
}
const say = (text: string): Promise<void> => house.fake.say({ text })
const done = (): Promise<Shown> => house.fake.until(shown => shown.message.mood === 'done', 15_000)
const over = () => house.until(async () => (await openJobs(house.core, ann)).length === 0, 15_000)
const stateOf = async () => (await jobsOf(house.core, ann, 1))[0]?.state
const credits = () => balance(house.core, ann)

describe('delivery', () => {
  test('waits as long as the platform asks and then sends once', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    house.fake.fault({ on: 'edit', how: 'later', afterMs: 300 }, { on: 'edit', how: 'later', afterMs: 300 })
    house.worker.go()
    await done()
    await over()
    expect(house.fake.shown()).toHaveLength(1)
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })

  test('an answer that got lost shows one clip and charges once', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    await house.fake.until(shown => /25 %/.test(shown.message.text))
    await house.stopBots()
    house.fake.fault({ on: 'edit', how: 'drop' })
    house.worker.go()
    await house.startBots()
    await done()
    await over()
    expect(house.fake.shown()).toHaveLength(1)
    expect(await credits()).toEqual({ available: 46, held: 0 })
    expect(await stateOf()).toBe('delivered')
  })

  test('a status message that was said but never noted becomes the clip all the same, whatever gets lost', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    await house.fake.until(shown => /25 %/.test(shown.message.text))
    await house.stopBots()
    const [job] = await jobsOf(house.core, ann, 1)
    await house.core.redis.hdel(`${house.core.root}:job:${job?.id}`, 'status')
    house.worker.go()
    await house.until(async () => (await stateOf()) === 'rendered')
    house.fake.fault({ on: 'reply', how: 'drop' }, { on: 'edit', how: 'drop' })
    await house.startBots()
    await done()
    await over()
    expect(house.fake.shown()).toHaveLength(1)
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })

  test('without edits the clip is an answer of its own; a repeated try shows once where the platform knows how', async () => {
    await open({ noEdit: true, can: { buttons: 0 } })
    house.worker.hold()
    await say('a cat')
    house.fake.fault({ on: 'reply', how: 'drop' })
    house.worker.go()
    await done()
    await over()
    expect(house.fake.shown()).toHaveLength(2)
    await house.fake.say({ text: '1' })
    await house.until(async () => (await clipsOf(house.core, ann, 9)).length === 2)
    const [again, first] = await clipsOf(house.core, ann, 2)
    expect(again?.recipe).toEqual({ ...first?.recipe, seed: again?.recipe.seed })
    await over()
    await house.fake.say({ text: '9' })
    expect(house.fake.shown().at(-1)?.message.text).toMatch(/not among the choices/)
    await over()
    expect(await credits()).toEqual({ available: 26, held: 0 })
  })

  test('a status message somebody deleted is followed by a new one', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    const [ticket] = house.fake.shown()
    if (ticket) await house.fake.remove?.(ticket.at)
    house.worker.go()
    expect((await done()).at.message).not.toBe(ticket?.at.message)
    await over()
    expect(await stateOf()).toBe('delivered')
  })

  test('a room that is gone gives the credits back and keeps the clip in the history', async () => {
    await open()
    house.worker.hold()
    await house.fake.say({ text: 'a cat', room: 'club' })
    house.fake.close('club')
    house.worker.go()
    await over()
    expect(await stateOf()).toBe('told')
    expect(await credits()).toEqual({ available: 66, held: 0 })
    await say('history')
    expect(house.fake.shown('dm-ann').at(-1)?.message.text).toMatch(/not delivered – http/)
  })

  test('a failed render is explained in place of the clip, with the credits back and a way to try again', async () => {
    await open()
    house.worker.failNext({ code: 'failure.memory', params: {} })
    await say('a cat')
    const told = await house.fake.until(shown => shown.message.mood === 'problem')
    expect(told.message.text).toMatch(/^#1: .*credits are back/)
    await over()
    expect(await credits()).toEqual({ available: 66, held: 0 })
    await house.fake.press(told, 'Try again')
    await done()
    await over()
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })
})

describe('a clip larger than the place takes', () => {
  const big = 30_000_000
  test('comes as a smaller copy; the clip itself stays as it was made', async () => {
    await open()
    Object.assign(house.worker, { bytes: big, smallest: 1_000_000 })
    await say('a cat')
    const shown = await done()
    await over()
    const [clip] = await clipsOf(house.core, ann, 1)
    expect(shown.message.media).toMatchObject({ bytes: 10 * 1024 * 1024, width: 640 })
    expect(shown.message.media?.key).not.toBe(clip?.media)
    expect(clip?.bytes).toBe(big)
    await house.fake.press(shown, 'Delete')
    expect(await house.store.has(shown.message.media?.key ?? '')).toBe(false)
  })

  test('is made for what this very place takes', async () => {
    await open()
    Object.assign(house.worker, { bytes: big, smallest: 1_000_000 })
    await house.fake.say({ text: 'a cat', uploadBytes: 4_000_000 })
    expect((await done()).message.media?.bytes).toBe(4_000_000)
    await over()
    expect((await jobsOf(house.core, ann, 1))[0]?.request.maxBytes).toBe(4_000_000)
  })

  test('is a link where a smaller one would fall apart', async () => {
    await open()
    house.worker.bytes = big
    await say('a cat')
    const shown = await done()
    await over()
    expect(shown.message.media).toBeUndefined()
    expect(shown.message.text).toMatch(/too large for this chat \(30 MB\), so here is a link/)
    expect(shown.message.buttons?.[0]?.url).toMatch(/\/media\/clips\//)
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })

  test('as it turns out when it is sent: the limit the place names, or a guess, is met; charged once', async () => {
    await open()
    Object.assign(house.worker, { bytes: 9_000_000, smallest: 1_000_000 })
    house.worker.hold()
    await say('a cat')
    await house.fake.until(shown => /25 %/.test(shown.message.text))
    await house.stopBots()
    house.fake.fault({ on: 'edit', how: 'large', bytes: 5_000_000 }, { on: 'edit', how: 'large' })
    house.worker.go()
    await house.startBots()
    expect((await done()).message.media?.bytes).toBe(3_500_000)
    await over()
    expect(house.fake.shown()).toHaveLength(1)
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })
})

describe('the end of patience', () => {
  test('a clip no try could send is given up: credits back, said if possible, kept in the history', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    await house.fake.until(shown => /25 %/.test(shown.message.text))
    await house.stopBots()
    house.worker.go()
    await house.until(async () => (await stateOf()) === 'rendered')
    const [job] = await jobsOf(house.core, ann, 1)
    house.fake.fault({ on: 'edit', how: 'fail' }, { on: 'edit', how: 'fail' })
    const once = (last: boolean) =>
      deliver({ bot: house.bot, platform: house.fake, board: { close: async () => undefined } }, job?.id ?? '', {
        attempt: 15,
        last,
      })
    await expect(once(false)).rejects.toThrow('bad gateway')
    expect(await credits()).toEqual({ available: 46, held: 20 })
    await once(true)
    expect(house.fake.shown()[0]?.message.text).toMatch(/could not be sent here. Your credits are back/)
    expect(await stateOf()).toBe('told')
    expect(await credits()).toEqual({ available: 66, held: 0 })
    await once(true)
    expect(await clipsOf(house.core, ann, 1)).toHaveLength(1)
  })

  test('a job that was settled meanwhile is not told as failed', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    await house.fake.until(shown => /25 %/.test(shown.message.text))
    await house.stopBots()
    house.worker.go()
    await house.until(async () => (await stateOf()) === 'rendered')
    const [job] = await jobsOf(house.core, ann, 1)
    const platform = {
      ...house.fake,
      edit: async (place: Place, message: Outgoing) => {
        if (!(await settle(house.core, { job: job?.id ?? '', place }))) return house.fake.edit?.(place, message)
        throw new Error('bad gateway')
      },
    }
    const shown = house.fake.shown().map(({ message }) => message.text)
    const parts = { bot: house.bot, platform, board: { close: async () => undefined } }
    await deliver(parts, job?.id ?? '', { attempt: 15, last: true })
    expect(await stateOf()).toBe('delivered')
    expect(house.fake.shown().map(({ message }) => message.text)).toEqual(shown)
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })

  test('a model that is gone is said to be away; nothing is charged', async () => {
    await open()
    await say('a cat')
    const clip = await done()
    await over()
    await house.core.redis.del('{threadreel}:fleet')
    await say('a cat')
    expect(house.fake.shown().at(-1)?.message.text).toMatch(/theatre is not running right now/)
    await house.fake.press(clip, 'Again')
    expect(house.fake.shown().at(-1)?.message.text).toMatch(/theatre is not running right now/)
    await say('models')
    expect(house.fake.shown().at(-1)?.message.text).toMatch(/No model is running/)
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })
})

describe('restarts', () => {
  test('while a clip is being made: the same message becomes the clip', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    await house.fake.until(shown => /25 %/.test(shown.message.text))
    await house.restart()
    house.worker.go()
    const clip = await done()
    await over()
    expect(house.fake.shown()).toHaveLength(1)
    expect(clip.edits).toBeGreaterThan(0)
    await house.restart()
    await house.fake.press(clip, 'Again')
    await over()
    expect(await clipsOf(house.core, ann, 9)).toHaveLength(2)
  })

  test('a job that was accepted but never confirmed is confirmed by the next start', async () => {
    await open()
    house.worker.hold()
    house.fake.fault({ on: 'reply', how: 'gone' })
    await say('a cat')
    expect(house.fake.shown()).toHaveLength(0)
    await house.restart()
    const ticket = await house.fake.until(shown => shown.message.mood === 'working')
    house.worker.go()
    expect((await done()).at.message).toBe(ticket.at.message)
    await over()
    expect(house.fake.shown()).toHaveLength(1)
  })

  test('those in line see their place move after a restart', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    await house.fake.until(shown => /25 %/.test(shown.message.text))
    await house.fake.say({ text: 'a dog', by: 'bob' })
    const ticket = await house.fake.until(shown => shown.at.channel === 'dm-bob')
    await house.restart()
    await house.fake.until(shown => shown.at.message === ticket.at.message && shown.edits > 0, 15_000)
    house.worker.go()
    await house.fake.until(shown => shown.at.channel === 'dm-bob' && shown.message.mood === 'done')
  })

  test('while the bots are away nothing is lost', async () => {
    await open()
    house.worker.hold()
    await say('a cat')
    await house.stopBots()
    house.worker.go()
    await house.until(async () => (await stateOf()) === 'rendered')
    await house.startBots()
    await done()
    await over()
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })
})

describe('without Redis', () => {
  test('people are told at once, and nothing was charged', async () => {
    await open()
    await house.redis.kill()
    const asked = Date.now()
    await say('a cat')
    expect(Date.now() - asked).toBeLessThan(1500)
    expect(house.fake.shown().at(-1)?.message.text).toMatch(/Nothing was charged/)
    await house.redis.restart()
    await house.until(async () => (await credits().catch(() => undefined)) !== undefined)
    await say('a dog')
    await done()
    await over()
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })
})

describe('one status message', () => {
  test('an edit still under way when the clip comes does not land on top of it', async () => {
    await open()
    house.worker.hold()
    house.fake.fault({ on: 'edit', how: 'slow', afterMs: 400 })
    await say('a cat')
    await house.until(async () => house.fake.calls.edit === 1)
    house.worker.go()
    await done()
    await over()
    await house.stopBots()
    const [shown] = house.fake.shown()
    expect(shown?.message.mood).toBe('done')
    expect(shown?.edits).toBe(house.fake.calls.edit)
  })

  test('is edited no faster than the platform likes, and the last state wins', async () => {
    await open({ can: { editEveryMs: 400 } })
    await say('a cat')
    const clip = await done()
    await over()
    expect(clip.edits).toBeLessThanOrEqual(3)
    expect(house.fake.shown()[0]?.message.mood).toBe('done')
    await house.stopBots()
    expect(house.fake.shown()[0]?.message.mood).toBe('done')
  })
})
