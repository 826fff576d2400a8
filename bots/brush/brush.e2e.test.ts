import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type E2eHouse, openE2eHouse } from '../web/testing/e2e-house.ts'

/** The motion brush drawn in a browser: the link comes in the chat, the clip comes back there. */

let house: E2eHouse
beforeAll(async () => {
  house = await openE2eHouse()
})
afterAll(() => house?.close())

const soon = { timeout: 30_000 }

test('paint, draw the way, send: the clip comes in the thread', async () => {
  const ann = await house.enter('brushing', { name: 'Ann' })
  const picture = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#88bbee' } })
    .composite([
      {
        input: { create: { width: 120, height: 120, channels: 3, background: '#cc3322' } },
        left: 60,
        top: 120,
      },
    ])
    .png()
    .toBuffer()
  await ann.page.locator('input[type=file]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: picture })
  await ann.say('/brush')
  const answer = ann.page.locator('.msg', { hasText: 'Or draw it' })
  await answer.waitFor(soon)
  const link = /https?:\/\/\S+\/brush\/[\w-]{22}/.exec((await answer.textContent()) ?? '')?.[0] ?? ''
  const page = await ann.page.context().newPage()
  await page.goto(`${house.url}${new URL(link).pathname}`)
  const board = page.locator('#board')
  await board.waitFor(soon)
  await expect.poll(() => page.evaluate("document.getElementById('picture').naturalWidth"), soon).toBe(640)
  const box = await board.boundingBox()
  if (!box) throw new Error('no board')
  // What is drawn lies on the picture, to the pixel.
  expect(await page.locator('#picture').boundingBox()).toEqual(box)
  const drag = async (points: readonly (readonly [number, number])[]): Promise<void> => {
    for (const [i, [x, y]] of points.entries()) {
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 6 })
      if (i === 0) await page.mouse.down()
    }
    await page.mouse.up()
  }
  expect(await page.locator('#go').isDisabled()).toBe(true)
  await page.locator('#size').fill('8')
  for (const y of [0.38, 0.48, 0.58])
    await drag([
      [0.12, y],
      [0.26, y],
    ])
  await page.getByRole('button', { name: 'Path' }).click()
  await drag([
    [0.19, 0.5],
    [0.5, 0.3],
    [0.8, 0.5],
  ])
  expect(await page.locator('#hint').textContent()).toMatch(/another area/)
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/brush.png` })
  await page.locator('#words').fill('a gentle breeze')
  await page.locator('#go').click()
  await page.locator('#hint', { hasText: 'Sent' }).waitFor(soon)
  await ann.page.locator('video').waitFor({ timeout: 200_000 })
})

test('a page that is over says so', async () => {
  const { page } = await house.enter('brushing', { name: 'Bob' })
  const answer = await page.request.get(`${house.url}/brush/${'x'.repeat(22)}`)
  expect(answer.status()).toBe(410)
})
