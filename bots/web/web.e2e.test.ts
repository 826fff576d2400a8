import { afterAll, beforeAll, expect, test } from 'vitest'
import { type E2eHouse, openE2eHouse, type Person } from './testing/e2e-house.ts'

/** The main job, driven in a browser: everything behind the page is the real thing. */

let house: E2eHouse
beforeAll(async () => {
  house = await openE2eHouse()
})
afterAll(() => house?.close())

const soon = { timeout: 20_000 }
const clipSoon = { timeout: 200_000 }
let rooms = 0
const newRoom = (): string => `room-${++rooms}`

/** The clip under what was said, once it is there and can be seen. */
async function clipOf(person: Person, said: string) {
  const thread = person.page.locator('.thread', { hasText: said })
  const video = thread.locator('video')
  await video.waitFor(clipSoon)
  const size = await person.page.evaluate<{ width: number; height: number; seconds: number }>(inPage.size)
  return { thread, size }
}
const credits = (person: Person): Promise<string | null> => person.page.locator('#credits').textContent()

test('two people in a room: one asks, both see the clip in the thread, and the credits that are left', async () => {
  const room = newRoom()
  const mina = await house.enter(room, { name: 'Mina' })
  await mina.page.locator('.example').first().waitFor(soon)
  // Small clips are quick: who looks for the bar only after saying it may come too late.
  const bar = mina.page.locator('.msg.working [role=progressbar]').waitFor(soon)
  await Promise.all([bar, mina.say('a black and white cat chasing a butterfly')])

  const leo = await house.enter(room, {
    name: 'Leo',
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  })
  const { thread, size } = await clipOf(leo, 'a black and white cat')
  expect(size).toMatchObject({ width: 320, height: 180 })
  expect(size.seconds).toBeCloseTo(5, 1)
  expect(await thread.textContent()).toContain('46 credits left')
  await clipOf(mina, 'a black and white cat')
  await expect.poll(() => credits(mina), soon).toBe('46')

  await leo.say('hello Mina')
  await mina.page.locator('.msg', { hasText: 'hello Mina' }).waitFor(soon)
  await expect.poll(() => mina.page.locator('#here .avatar').count(), soon).toBe(2)
})

test('a cancel gives the credits back', async () => {
  const ann = await house.enter(newRoom(), { name: 'Ann' })
  await ann.say('a dog runs through the park --tier high --seconds 10')
  const cancel = ann.page.getByRole('button', { name: 'Cancel' })
  await cancel.waitFor(soon)
  await expect.poll(() => credits(ann), soon).toBe('26')
  await cancel.click()
  await ann.page.locator('.msg.problem', { hasText: 'cancelled' }).waitFor(soon)
  await expect.poll(() => credits(ann), soon).toBe('66')
  expect(await ann.page.locator('video').count()).toBe(0)
})

test('a refusal is one sentence, for one pair of eyes, and costs nothing', async () => {
  const room = newRoom()
  const eve = await house.enter(room, { name: 'Eve' })
  const zoe = await house.enter(room, { name: 'Zoe' })
  await eve.say('a horse runs --seconds 30')
  const refusal = eve.page.locator('.msg.problem')
  await refusal.waitFor(soon)
  expect(await refusal.textContent()).toContain('This costs 120 credits and you have 66')
  expect(await refusal.textContent()).toContain('Only you see this')
  await expect.poll(() => credits(eve), soon).toBe('66')
  await zoe.page.locator('.msg', { hasText: 'a horse runs' }).waitFor(soon)
  expect(await zoe.page.locator('.msg.problem').count()).toBe(0)
})

test('markup is only words', async () => {
  const nasty = '<img src=x onerror="document.title=1"> <script>document.title=2</script>'
  const ann = await house.enter(newRoom(), { name: '<b>Ann</b>' })
  await ann.say(nasty)
  await ann.page.locator('.msg.bot').first().waitFor(soon)
  await ann.page.reload()
  expect(await ann.page.locator('.msg.person .words').textContent()).toBe(nasty)
  expect(await ann.page.locator('.msg.person .who b').textContent()).toBe('<b>Ann</b>')
  expect(await ann.page.title()).toContain('Threadreel')
})

test('说中文：页面、回答和片子', async () => {
  const lin = await house.enter(newRoom(), { name: '小林', locale: 'zh-CN' })
  expect(await lin.page.locator('#words').getAttribute('placeholder')).toBe('想拍什么？')
  await lin.say('一只企鹅在冰上跳舞 竖屏')
  const { thread, size } = await clipOf(lin, '一只企鹅')
  expect(size).toMatchObject({ width: 180, height: 320 })
  expect(await thread.textContent()).toContain('还剩 46 灵感值')
})

test('a dropped picture is shown before it is sent, and the clip begins with it', async () => {
  const ann = await house.enter(newRoom(), { name: 'Ann' })
  await ann.page.locator('#words').waitFor(soon)
  await ann.page.evaluate(inPage.dropRed)
  await ann.page.locator('#thumbs img').waitFor(soon)
  await ann.say('push in')
  const { thread, size } = await clipOf(ann, 'push in')
  expect(size.width).toBe(320)
  expect(await thread.locator('.pictures img').count()).toBe(1)
  const [red = 0, green = 255] = await ann.page.evaluate<number[]>(inPage.firstPixel)
  expect(red).toBeGreaterThan(150)
  expect(green).toBeLessThan(90)
})

test('everything is killed in the middle of a render: the page waits, the clip comes, it is paid once', async () => {
  const ann = await house.enter(newRoom(), { name: 'Ann' })
  await ann.say('a rabbit hops over the meadow --tier high --seconds 10')
  const bar = ann.page.locator('.msg.working [role=progressbar]')
  await bar.waitFor(soon)
  await expect
    .poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 120_000, interval: 100 })
    .toBeGreaterThan(0)
  await house.killAll()
  await ann.page.locator('#offline').waitFor(soon)
  await house.startAll()
  const { thread, size } = await clipOf(ann, 'a rabbit hops')
  expect(size).toMatchObject({ width: 768, height: 432 })
  expect(await thread.locator('video').count()).toBe(1)
  expect(await thread.textContent()).toContain('26 credits left')
  await expect.poll(() => credits(ann), soon).toBe('26')
  await expect.poll(() => ann.page.locator('#offline').isVisible(), soon).toBe(false)
})

/** What runs in the browser, as text: this side knows no DOM. */
const inPage = {
  size: `(async () => {
    const video = document.querySelector('video')
    if (video.readyState < 2) await new Promise(resolve => video.addEventListener('loadeddata', resolve, { once: true }))
    return { width: video.videoWidth, height: video.videoHeight, seconds: video.duration }
  })()`,
  dropRed: `(async () => {
    const canvas = new OffscreenCanvas(640, 360)
    const pen = canvas.getContext('2d')
    pen.fillStyle = 'rgb(200, 30, 40)'
    pen.fillRect(0, 0, 640, 360)
    const data = new DataTransfer()
    data.items.add(new File([await canvas.convertToBlob()], 'red.png', { type: 'image/png' }))
    for (const type of ['dragenter', 'dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
  })()`,
  firstPixel: `(async () => {
    const video = document.querySelector('video')
    video.pause()
    const seeked = new Promise(resolve => video.addEventListener('seeked', resolve, { once: true }))
    video.currentTime = 0.001
    await seeked
    const pen = new OffscreenCanvas(1, 1).getContext('2d')
    pen.drawImage(video, 20, 20, 8, 8, 0, 0, 1, 1)
    return [...pen.getImageData(0, 0, 1, 1).data]
  })()`,
}
