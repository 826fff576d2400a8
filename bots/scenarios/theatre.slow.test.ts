import { mkdir, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getClip } from '../../core/clips.ts'
import { openScenarioHouse } from './testing/house.ts'
import { longChain } from './testing/long.ts'
import { relay } from './testing/relay.ts'

/** The relay and the long chain with the theatre itself; SHOTS=folder keeps the films to look at. */

const open = () => openScenarioHouse(['telegram'], { real: 180 })
let house: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  house = await open()
})
afterAll(() => house?.close())

const ms = 300_000

async function keep(name: string, id: string): Promise<void> {
  const clip = await getClip(house.core, id)
  const { SHOTS } = process.env
  if (!SHOTS || !clip) return
  await mkdir(SHOTS, { recursive: true })
  await writeFile(`${SHOTS}/${name}.mp4`, await house.store.get(clip.media))
}

test('three people relay five shots, and the reel is a film', async () => {
  const film = await relay(house, house.chats.telegram, { ms })
  const reel = await getClip(house.core, film.reel ?? '')
  // Five shots of five seconds, a title before them and the names after.
  expect(reel?.seconds).toBeGreaterThan(27)
  expect(reel?.unknownWords).toEqual([])
  await keep('relay', reel?.id ?? '')
  await house.balanced()
})

test('half a minute in one go, of which the second piece breaks twice in the render process', async () => {
  const fail = async (): Promise<void> => {
    for (let n = 0; n < 2; n += 1) await house.breakAt('mid-render')
  }
  await keep('chain', await longChain(house, house.chats.telegram, { fail, ms }))
  await house.balanced()
})
