import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jobsOf } from '../../core/jobs.ts'
import { openTelegramHouse, type TelegramHouse } from '../telegram/testing/house.ts'
import type { Kept, Room } from '../telegram/testing/world.ts'
import { openWeb, type Web } from '../web/index.ts'
import { openBrowser } from '../web/testing/e2e-house.ts'
import { signedInitData } from './testing/init-data.ts'

/** The motion brush inside Telegram: the page opens in the chat, in its colours, for whoever asked for it. */

let house: TelegramHouse
let web: Web
let browser: Browser
let token = ''
beforeAll(async () => {
  house = await openTelegramHouse({
    settings: { PORT: '0', PUBLIC_URL: 'https://reel.example', TELEGRAM_APP: 'draw' },
  })
  token = house.parts.config.TELEGRAM_TOKEN ?? ''
  web = await openWeb(house.parts)
  await web.start(async () => undefined)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await web?.stop()
  await house?.close()
})

const soon = { timeout: 20_000 }
const dark = { bg_color: '#17212b', text_color: '#f5f5f5', button_color: '#5288c1', button_text_color: '#ffffff' }
const picture = sharp({ create: { width: 640, height: 360, channels: 3, background: '#88bbee' } })
  .jpeg()
  .toBuffer()

/** The address Telegram opens: what it says of the person stands behind the #. */
function opened(path: string, user: number, key: string, fields: Record<string, string> = {}): string {
  const said = { auth_date: String(Math.floor(Date.now() / 1000)), user: JSON.stringify({ id: user }), ...fields }
  const hash = new URLSearchParams({
    tgWebAppData: signedInitData(key, said),
    tgWebAppVersion: '8.0',
    tgWebAppThemeParams: JSON.stringify(dark),
  })
  return `${web.address()}${path}#${hash}`
}

async function phone(address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, locale: 'en-US' })
  const page = await context.newPage()
  await page.goto(address)
  await page.locator('#board').waitFor(soon)
  await expect.poll(() => page.evaluate("document.getElementById('picture').naturalWidth"), soon).toBe(640)
  return page
}

async function draw(page: Page): Promise<void> {
  const box = await page.locator('#board').boundingBox()
  if (!box) throw new Error('no board')
  const drag = async (...points: (readonly [number, number])[]): Promise<void> => {
    for (const [i, [x, y]] of points.entries()) {
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 5 })
      if (i === 0) await page.mouse.down()
    }
    await page.mouse.up()
  }
  await drag([0.15, 0.5], [0.3, 0.5])
  await page.getByRole('button', { name: 'Path' }).click()
  await drag([0.22, 0.5], [0.7, 0.4])
  await page.locator('#go').click()
}

const asks = async (by: string, room: Room): Promise<Kept> => {
  const [asked] = house.people.write(by, room, { text: '/brush', photos: [await picture] })
  return house.people.until(room, ({ answers, markup }) => answers === asked?.id && markup !== undefined)
}
const buttonOf = ({ markup }: Kept) => markup?.inline_keyboard.flat()[0]
const jobs = (by: string) => jobsOf(house.core, `telegram:${house.people.person(by).id}`, 9)

test('in private: the page opens in the chat, dark as the chat is, at a phone’s width; a forged opener is refused', async () => {
  const chat = house.people.private('ann')
  const button = buttonOf(await asks('ann', chat))
  expect(button).toMatchObject({
    text: 'Draw it',
    web_app: { url: expect.stringMatching(/^https:\/\/reel\.example\/brush\/[\w-]{22}$/) },
  })
  const path = button && 'web_app' in button ? new URL(button.web_app.url).pathname : ''
  const { id } = house.people.person('ann')

  for (const address of [
    opened(path, id, `${token}x`),
    opened(path, id + 1, token),
    opened(path, id, token, { start_param: 'another' }),
    `${web.address()}${path}`,
  ]) {
    const page = await phone(address)
    await draw(page)
    await page.locator('#hint', { hasText: 'Only whoever asked' }).waitFor(soon)
    await page.context().close()
  }
  expect(await jobs('ann')).toEqual([])

  const page = await phone(opened(path, id, token))
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(23, 33, 43)')
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark')
  await draw(page)
  await page.locator('#hint', { hasText: 'Sent' }).waitFor(soon)
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/brush-app.png` })
  await house.until(async () => (await jobs('ann'))[0]?.state === 'delivered')
  expect((await jobs('ann'))[0]?.request.recipe.strokes?.[0]?.motion).toHaveProperty('path')
  await house.balanced()
})

test('in a group: a link to the same page, which takes a drawing from whoever asked only', async () => {
  const group = house.people.group('Films')
  const button = buttonOf(await asks('bob', group))
  expect(button).toMatchObject({ url: expect.stringMatching(/^https:\/\/t\.me\/reel_bot\/draw\?startapp=[\w-]{22}$/) })
  const start = button && 'url' in button ? (new URL(button.url).searchParams.get('startapp') ?? '') : ''
  const path = `/brush/app?tgWebAppStartParam=${start}`
  const other = await phone(opened(path, house.people.person('cho').id, token, { start_param: start }))
  expect(new URL(other.url()).pathname).toBe(`/brush/${start}`)
  await draw(other)
  await other.locator('#hint', { hasText: 'Only whoever asked' }).waitFor(soon)
  const own = await phone(opened(path, house.people.person('bob').id, token, { start_param: start }))
  await draw(own)
  await own.locator('#hint', { hasText: 'Sent' }).waitFor(soon)
  await house.until(async () => (await jobs('bob'))[0]?.state === 'delivered')
  expect((await jobs('bob'))[0]?.request.place.channel).toBe(String(group.id))
  const page = await fetch(`${web.address()}/brush/${start}`)
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'self' https://web.telegram.org")
  expect((await fetch(`${web.address()}/brush/app?tgWebAppStartParam=x`)).status).toBe(410)
})
