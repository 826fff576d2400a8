import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../testing/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const picture = () =>
  sharp({ create: { width: 1280, height: 720, channels: 3, background: '#3366aa' } })
    .png()
    .toBuffer()
const say = (text: string, images: Uint8Array[] = []) =>
  house.fake.say({ by: 'ann', room: 'brush', text, addressed: true, images })

test('a picture comes back with a grid; words make a clip with strokes', async () => {
  await say('/brush', [await picture()])
  const grid = await house.fake.until(shown => /A1 to N8/.test(shown.message.text))
  const { data, info } = await sharp(await house.store.get(grid.message.media?.key ?? ''))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([1280, 720])
  const at = (x: number, y: number) => data[(y * info.width + x) * 3] ?? 0
  // A line runs between B and C; the middle of a cell is left as it was.
  const row = Array.from({ length: 11 }, (_, i) => at(Math.round(1280 / 7) - 5 + i, 230))
  expect(Math.max(...row) - Math.min(...row)).toBeGreaterThan(60)
  expect(Math.abs(at(Math.round((1280 / 14) * 2.5), 225) - 0x33)).toBeLessThan(12)

  await say('/brush cat C4>G2, hold A1-B8, at night')
  await house.fake.until(shown => shown.message.mood === 'done')
  const recipe = house.worker.made.at(-1)?.request.recipe
  expect(recipe?.prompt).toBe('cat, at night')
  expect(recipe?.firstFrame).toBeDefined()
  expect(recipe?.strokes?.map(stroke => Object.keys(stroke.motion)[0])).toEqual(['path', 'pinned'])
})

test('nonsense is one sentence', async () => {
  await say('/brush cat Z1>Z2')
  await house.fake.until(shown => /no cell Z1/.test(shown.message.text))
  await house.fake.say({ by: 'bob', room: 'brush', text: '笔刷 A1>B2', locale: 'zh-CN', addressed: true })
  await house.fake.until(shown => /和图片一起发/.test(shown.message.text))
  await house.balanced()
})
