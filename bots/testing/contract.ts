import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UserError } from '../../core/errors.ts'
import { MemberId, Place } from '../../core/place.ts'
import { type Incoming, PlaceGone, type Platform, RetryLater } from '../platform.ts'

/** A message of the bot as somebody in the room sees it. */
interface Seen {
  readonly at: Place
  readonly answers?: string
  readonly text: string
  readonly buttons: readonly { readonly id: string; readonly label: string }[]
  /** Store key of what it shows. */
  readonly media?: string
}

/** What the contract suite needs of a platform under test: somebody who uses it from the other side. */
export interface Harness {
  readonly platform: Platform
  /** Somebody writes in a room; resolves when the platform has handed it over. */
  write(what: {
    by: string
    room: string
    text: string
    images?: readonly Uint8Array[]
    replyTo?: Place
  }): Promise<void>
  press(by: string, at: Place, id: string): Promise<void>
  /** Somebody presses a button with a form and writes this into it; absent where there are no forms. */
  fill?(by: string, at: Place, id: string, text: string): Promise<void>
  /** Somebody puts an emoji under a message, or takes it away; absent where the bot does not see that. */
  react?(by: string, at: Place, emoji: string, added: boolean): Promise<void>
  /** Somebody pays for a pack; absent where nothing is sold. */
  pay?(what: { by: string; pack: string; charge: string; price: number }): Promise<void>
  /** This room takes files of so many bytes; absent where all rooms are alike. */
  takes?(room: string, bytes: number): Promise<void> | void
  /** `seen` gives what `by` alone may see (`quiet`) to nobody else; absent where messages are never quiet. */
  readonly seesQuiet?: boolean
  /** The bot's messages in this room, as `by` sees them, oldest first. */
  seen(room: string, by: string): Promise<readonly Seen[]>
  /** The next reply is answered with "later"; absent where the platform never says so. */
  later?(): Promise<void> | void
  /** The room is gone for good; absent where rooms cannot go. */
  gone?(room: string): Promise<void> | void
  /** True if the platform shows the same `once` key once. */
  readonly knowsOnce: boolean
  close(): Promise<void>
}

const limit = 20 * 1024 * 1024

/** The suite every platform passes: what the conversation may rely on, checked from the outside. */
export function platformContract(name: string, open: () => Promise<Harness>): void {
  describe(`${name} keeps the platform contract`, () => {
    let harness: Harness
    let heard: Incoming[]
    let tell: (event: Incoming) => Promise<void>

    beforeEach(async () => {
      harness = await open()
      heard = []
      tell = async () => undefined
      await harness.platform.start(async event => {
        heard.push(event)
        await tell(event)
      })
    })
    afterEach(async () => {
      await harness.platform.stop()
      await harness.close()
    })

    /** Somebody writes; what the bot heard. */
    async function hear(what: Parameters<Harness['write']>[0]): Promise<Extract<Incoming, { kind: 'message' }>> {
      const before = heard.length
      await harness.write(what)
      const event = heard[before]
      if (event?.kind !== 'message') throw new Error('nothing was heard')
      return event
    }
    const said = async (text: string): Promise<Seen> => {
      const found = (await harness.seen('room', 'ann')).filter(seen => seen.text.includes(text))
      expect(found).toHaveLength(1)
      return found[0] as Seen
    }

    test('a message comes as plain data, with who, where and an update of its own', async () => {
      const first = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const second = await hear({ by: 'bob', room: 'room', text: 'a cat' })
      expect(first.text).toBe('a cat')
      expect(first.place.platform).toBe(harness.platform.name)
      expect(Place.parse(first.place).message).toBeTypeOf('string')
      expect(MemberId.parse(first.member)).not.toBe(second.member)
      expect(first.place.channel).toBe(second.place.channel)
      expect(first.update).not.toBe(second.update)
      expect(first.update.startsWith(`${harness.platform.name}:`)).toBe(true)
      expect(JSON.parse(JSON.stringify(first))).toEqual(first)
    })

    test('the same person is the same member again', async () => {
      const first = await hear({ by: 'ann', room: 'room', text: 'one' })
      const second = await hear({ by: 'ann', room: 'other', text: 'two' })
      expect(second.member).toBe(first.member)
      expect(second.place.channel).not.toBe(first.place.channel)
    })

    test('an answer stands where it was asked, in answer to the message', async () => {
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const at = await harness.platform.reply(place, { text: 'You are next.' })
      const seen = await said('You are next.')
      expect(seen.at).toEqual(Place.parse(at))
      expect(seen.at.channel).toBe(place.channel)
      expect(seen.at.thread).toBe(place.thread)
      expect(seen.answers).toBe(place.message)
      expect(await harness.seen('other', 'ann')).toEqual([])
    })

    test('a text of the promised length is shown whole, markup and all', async () => {
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const text = `<b>*_猫_*</b> ${'x'.repeat(harness.platform.can.textChars - 16)}`
      await harness.platform.reply(place, { text })
      expect((await said('猫')).text).toBe(text)
    })

    test('an edit takes the place of the message', async () => {
      if (!harness.platform.edit) return
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const at = await harness.platform.reply(place, { text: 'queued' })
      await new Promise(resolve => setTimeout(resolve, harness.platform.can.editEveryMs))
      await harness.platform.edit(at, { text: 'drawing', progress: 0.5, mood: 'working' })
      expect((await said('drawing')).at).toEqual(Place.parse(at))
      expect((await harness.seen('room', 'ann')).filter(seen => seen.text === 'queued')).toEqual([])
    })

    test('a removed message is gone, and removing it again says so', async () => {
      if (!harness.platform.remove) return
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const at = await harness.platform.reply(place, { text: 'a clip' })
      await harness.platform.remove(at)
      expect(await harness.seen('room', 'ann')).toEqual([])
      await expect(harness.platform.remove(at)).rejects.toBeInstanceOf(PlaceGone)
    })

    test('buttons are shown and a press names its message', async () => {
      if (harness.platform.can.buttons === 0) return
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const id = `again:${'k'.repeat(58)}`
      const at = await harness.platform.reply(place, { text: 'done', buttons: [{ id, label: '再来' }] })
      expect((await said('done')).buttons).toEqual([{ id, label: '再来' }])
      await harness.press('bob', at, id)
      const pressed = heard.at(-1)
      expect(pressed).toMatchObject({ kind: 'button', id, place: { channel: at.channel, message: at.message } })
      expect(pressed?.member).not.toBe(heard[0]?.member)
    })

    test('a button with a form brings what was written into it', async () => {
      if (!harness.fill) return
      expect(harness.platform.can.forms).toBe(true)
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const button = { id: 'change:clip-1', label: 'Change', form: { label: 'Instead?', value: 'a cat' } }
      const at = await harness.platform.reply(place, { text: 'done', buttons: [button] })
      await harness.fill('bob', at, button.id, '一只狗 at night')
      expect(heard.at(-1)).toMatchObject({
        ...{ kind: 'button', id: button.id, text: '一只狗 at night' },
        place: { channel: at.channel, message: at.message },
      })
    })

    test('an emoji says under which message, and when it is taken away', async () => {
      if (!harness.react) return
      expect(harness.platform.can.reactions).toBe(true)
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const at = await harness.platform.reply(place, { text: 'done' })
      for (const added of [true, false]) {
        await harness.react('bob', at, '👍', added)
        expect(heard.at(-1)).toMatchObject({ kind: 'reaction', emoji: '👍', added })
        expect(heard.at(-1)?.place).toMatchObject({ channel: at.channel, message: at.message })
        expect(heard.at(-1)?.member).not.toBe(heard[0]?.member)
      }
    })

    test('a payment names pack, charge and price, and comes again where it could not be taken', async () => {
      if (!harness.pay) return
      expect(harness.platform.can.sells).toBeDefined()
      const { member } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      let refused = 0
      const taken = new Promise<void>(resolve => {
        tell = async event => {
          if (event.kind !== 'paid') return
          refused += 1
          if (refused === 1) throw new Error('Redis is away')
          resolve()
        }
      })
      await harness.pay({ by: 'ann', pack: 'medium', charge: 'charge-1', price: 350 }).catch(() => undefined)
      await taken
      const paid = heard.filter(event => event.kind === 'paid')
      expect(paid.length).toBeGreaterThan(1)
      expect(paid.at(-1)).toMatchObject({ member, pack: 'medium', charge: 'charge-1', price: 350 })
    })

    test('what only one member may see is shown to that one', async () => {
      if (!harness.seesQuiet) return
      expect(harness.platform.can.quiet).toBe(true)
      const { place, member } = await hear({ by: 'ann', room: 'room', text: 'credits' })
      await hear({ by: 'bob', room: 'room', text: 'hello' })
      await harness.platform.reply(place, { text: 'You have 66 credits.', quiet: member })
      expect((await harness.seen('room', 'ann')).map(({ text }) => text)).toContain('You have 66 credits.')
      expect((await harness.seen('room', 'bob')).map(({ text }) => text)).not.toContain('You have 66 credits.')
    })

    test('a room that takes less, or more, says so with every message', async () => {
      if (!harness.takes) return
      await harness.takes('room', 5_000_000)
      expect((await hear({ by: 'ann', room: 'room', text: 'a cat' })).uploadBytes).toBe(5_000_000)
    })

    test('a reply to a message of the bot says which', async () => {
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const at = await harness.platform.reply(place, { text: 'a clip' })
      const reply = await hear({ by: 'ann', room: 'room', text: 'at night', replyTo: at })
      expect(reply.replyTo?.message).toBe(at.message)
      expect(reply.addressed).toBe(true)
    })

    test('a picture can be fetched, within the limit only', async () => {
      const picture = Uint8Array.from(Buffer.from(onePixel, 'base64'))
      const { images } = await hear({ by: 'ann', room: 'room', text: 'this', images: [picture] })
      const [image] = images
      if (!image) throw new Error('no picture was heard')
      const signal = AbortSignal.timeout(5_000)
      expect(Buffer.from(await harness.platform.download(image, limit, signal))).toEqual(Buffer.from(picture))
      await expect(harness.platform.download(image, 10, signal)).rejects.toBeInstanceOf(UserError)
    })

    test('the same answer sent twice is shown once', async () => {
      if (!harness.knowsOnce) return
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      const first = await harness.platform.reply(place, { text: 'the clip', once: 'clip:1' })
      const second = await harness.platform.reply(place, { text: 'the clip', once: 'clip:1' })
      expect(second).toEqual(first)
      await said('the clip')
    })

    test('"not now" is RetryLater with a pause', async () => {
      if (!harness.later) return
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      await harness.later()
      const error = await harness.platform.reply(place, { text: 'hello' }).catch(thrown => thrown)
      expect(error).toBeInstanceOf(RetryLater)
      expect(error.afterMs).toBeGreaterThan(0)
      await harness.platform.reply(place, { text: 'hello' })
    })

    test('a place that is gone is PlaceGone', async () => {
      const { place } = await hear({ by: 'ann', room: 'room', text: 'a cat' })
      if (harness.platform.edit)
        await expect(harness.platform.edit({ ...place, message: 'never-was' }, { text: 'x' })).rejects.toBeInstanceOf(
          PlaceGone,
        )
      if (!harness.gone) return
      await harness.gone('room')
      await expect(harness.platform.reply(place, { text: 'x' })).rejects.toBeInstanceOf(PlaceGone)
    })

    test('stopping waits for what is being handled, then nothing comes any more', async () => {
      let finish: () => void = () => undefined
      let handled = false
      const entered = new Promise<void>(resolve => {
        tell = async () => {
          resolve()
          await new Promise<void>(done => {
            finish = done
          })
          handled = true
        }
      })
      const writing = harness.write({ by: 'ann', room: 'room', text: 'a cat' }).catch(() => undefined)
      await entered
      const stopped = harness.platform.stop()
      finish()
      await stopped
      expect(handled).toBe(true)
      await writing
      const before = heard.length
      await harness.write({ by: 'ann', room: 'room', text: 'late' }).catch(() => undefined)
      expect(heard).toHaveLength(before)
    })
  })
}

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
