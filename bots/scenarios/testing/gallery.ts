import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { z } from 'zod'
import { clipsOf, getClip } from '../../../core/clips.ts'
import { openBrowser } from '../../web/testing/e2e-house.ts'
import { clipAfter, meet } from './acts.ts'
import { contactSheet, galleryPage, smaller } from './gallery-page.ts'
import { openScenarioHouse } from './house.ts'
import { relay } from './relay.ts'

/** `npm run gallery`: three people make a film in a room of the web chat, the theatre draws it; GALLERY.md shows what came of it. */

const root = new URL('../../../', import.meta.url)
const folder = 'bots/scenarios/gallery'
const ms = 600_000
const room = 'moon-rabbit'

const house = await openScenarioHouse(['web'], { real: 180 })
const browser = await openBrowser()
try {
  const { web } = house.chats
  const people = await web.room(room, ['Ann', '小林', 'Bob'])
  const [ann] = people
  if (!ann) throw new Error('nobody is there')
  for (const person of people) await meet(house, person, 400)
  const film = await relay(house, web, { people, ms })
  const thread = await transcript()
  await mkdir(fileURLToPath(new URL(folder, root)), { recursive: true })
  await keep('thread', sharp(await photograph()).webp({ quality: 76 }))
  const reel = await getClip(house.core, film.reel ?? '')
  if (!reel) throw new Error('there is no reel')
  await keep('cover', sharp(await house.store.get(reel.poster)).webp({ quality: 82 }))

  // The film at double speed, as a picture that moves: both are what anybody may ask for.
  await clipAfter(ann, () => ann.command('speed', '2x'), ms)
  await clipAfter(ann, () => ann.command('gif', 'webp'), ms)
  const [moving] = await clipsOf(house.core, await ann.account(), 1)
  if (moving?.kind !== 'animation') throw new Error('the newest clip does not move')
  const animation = await house.store.get(moving.media)
  await keep('reel', await smaller(animation))
  await keep('sheet', await contactSheet(animation))
  const board = thread.find(({ text }) => text.startsWith('🎬'))?.text ?? ''
  await writeFile(new URL('GALLERY.md', root), galleryPage({ folder, film, board, thread, seconds: reel.seconds }))
} finally {
  await browser.close()
  await house.close()
}

/** What was said in the room, oldest first; the bot's messages as they are now. */
async function transcript() {
  const answer = await fetch(`${house.url}/api/rooms/${room}`, { headers: { cookie: house.chats.web.cookie('Ann') } })
  const Said = z.object({ by: z.string(), name: z.string(), text: z.string(), media: z.unknown().optional() })
  return z.object({ messages: z.array(Said) }).parse(await answer.json()).messages
}

/** The room in Ann's browser, with the board. */
async function photograph(): Promise<Buffer> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 960, height: 1040 } })
  const [name = '', value = ''] = house.chats.web.cookie('Ann').split(/=(.*)/s)
  await context.addCookies([{ name, value, url: house.url }])
  const page = await context.newPage()
  await page.goto(`${house.url}/r/${room}`)
  await page.locator('video').last().waitFor()
  await page.locator('.msg', { hasText: '🎬' }).first().scrollIntoViewIfNeeded()
  // Players show their first frame a moment after they are in sight.
  await page.waitForTimeout(2_500)
  const shot = await page.screenshot()
  await context.close()
  return shot
}

async function keep(name: string, picture: Sharp): Promise<void> {
  const path = fileURLToPath(new URL(`${folder}/${name}.webp`, root))
  const { size } = await picture.toFile(path)
  process.stdout.write(`${folder}/${name}.webp ${Math.round(size / 1000)} kB\n`)
}
