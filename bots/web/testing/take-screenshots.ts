import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { openE2eHouse } from './e2e-house.ts'

/** Takes the pictures of the README with the real thing: `node --import tsx bots/web/testing/take-screenshots.ts`. */

const house = await openE2eHouse({ small: false })
try {
  const desktop = { width: 1280, height: 1000 }
  const mina = await house.enter('lobby', { name: 'Mina', viewport: desktop })
  const lin = await house.enter('lobby', {
    name: '小林',
    locale: 'zh-CN',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
    deviceScaleFactor: 2,
  })
  const clip = { timeout: 240_000 }
  await mina.say('a black and white cat chasing a butterfly in the garden')
  await mina.page.locator('video').first().waitFor(clip)
  await lin.say('一只企鹅在冰面上跳舞')
  await lin.page.locator('.msg.working').waitFor(clip)
  await mina.page.waitForTimeout(2500)
  await keep('thread', await mina.page.screenshot())
  await lin.page.locator('video').nth(1).waitFor(clip)
  await lin.page.waitForTimeout(2500)
  await keep('phone', await lin.page.screenshot())
} finally {
  await house.close()
}

async function keep(name: string, shot: Buffer): Promise<void> {
  const path = fileURLToPath(new URL(`../screenshots/${name}.webp`, import.meta.url))
  const { size } = await sharp(shot).webp({ quality: 82 }).toFile(path)
  process.stdout.write(`${path} ${Math.round(size / 1000)} kB\n`)
}
