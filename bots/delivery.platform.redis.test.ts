import { expect, test } from 'vitest'
import { deliverMany } from './testing/delivery-run.ts'
import { discordScene, telegramScene, wechatScene } from './testing/delivery-scenes.ts'

/** A small share of `npm run test:delivery`: 200 clips a platform, bad weather, two kills in the middle of an upload. */
const scenes = [
  { name: 'Telegram', open: telegramScene, people: 100, exactly: true },
  { name: 'Discord', open: discordScene, people: 100, exactly: true },
  { name: 'WeChat', open: wechatScene, people: 40, exactly: false },
]

test.each(scenes)('$name delivers 200 clips', { timeout: 300_000 }, async ({ open, people, exactly }) => {
  const scene = await open()
  try {
    const { jobs, kills } = await deliverMany(scene, { jobs: 200, people, killEvery: 120, exactly })
    expect(jobs).toBeGreaterThanOrEqual(200)
    expect(kills).toBeGreaterThan(0)
  } finally {
    await scene.close()
  }
})
