import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../web/testing/e2e-house.ts'
import { cast, clipAfter } from './testing/acts.ts'
import { gridded } from './testing/brush.ts'
import { openScenarioHouse } from './testing/house.ts'
import { recipesOf } from './testing/long.ts'

/** The motion brush by its page, from a chat on every platform: Chromium paints, the clip comes where it was asked for. */

const open = () => openScenarioHouse(['telegram', 'discord', 'wechat', 'web'])
let house: Awaited<ReturnType<typeof open>>
let browser: Browser
beforeAll(async () => {
  ;[house, browser] = await Promise.all([open(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

test.each(['telegram', 'discord', 'wechat', 'web'] as const)('from %s', async name => {
  const [ann] = await cast(house, house.chats[name], 1, 0)
  if (!ann) throw new Error('nobody is there')
  const link = await gridded(ann)
  const page = await browser.newPage({ locale: ann.locale, viewport: { width: 900, height: 900 } })
  await page.goto(link)
  const board = page.locator('#board')
  await board.waitFor()
  await expect.poll(() => page.evaluate("document.getElementById('picture').naturalWidth")).toBe(640)
  const box = await board.boundingBox()
  if (!box) throw new Error('no board')
  const drag = async (points: readonly (readonly [number, number])[]): Promise<void> => {
    for (const [i, [x, y]] of points.entries()) {
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 6 })
      if (i === 0) await page.mouse.down()
    }
    await page.mouse.up()
  }
  for (const y of [0.38, 0.48, 0.58])
    await drag([
      [0.12, y],
      [0.26, y],
    ])
  await page.getByRole('button', { name: ann.locale === 'en' ? 'Path' : '路线', exact: true }).click()
  await drag([
    [0.19, 0.5],
    [0.5, 0.3],
    [0.8, 0.5],
  ])
  const { SHOTS } = process.env
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/brush-${name}.png` })
  await clipAfter(ann, () => page.locator('#go').click(), 60_000)
  await page.close()
  const [recipe] = await recipesOf(house, ann)
  const motion = recipe?.strokes?.[0]?.motion
  if (!motion || !('path' in motion)) throw new Error('no path was drawn')
  expect(motion.path.at(-1)?.x).toBeCloseTo(0.8, 1)
  expect(motion.path.at(-1)?.y).toBeCloseTo(0.5, 1)
  expect(recipe?.firstFrame).toBeDefined()
  await house.balanced()
})
