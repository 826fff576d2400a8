import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { framesFrom } from '../edit/footage.ts'
import { openShelf, type Shelf } from '../testing/clips.ts'

let folder: string
let shelf: Shelf
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-ffmpeg-'))
  const late = join(folder, 'ffmpeg')
  // Its output ends with the real one's; it itself is gone a while later.
  await writeFile(late, '#!/bin/sh\nffmpeg "$@"\nexec >&- 2>&-\nsleep 0.3\n')
  await chmod(late, 0o755)
  vi.stubEnv('FFMPEG_PATH', late)
  shelf = await openShelf()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await shelf?.close()
  await rm(folder, { recursive: true, force: true })
})

test('an ffmpeg that is gone a while after its last frame, as on a busy machine, has not failed', async () => {
  const clip = await shelf.clip({ frames: 12 })
  const film = { ...clip, file: shelf.store.path(clip.media) ?? '' }
  const sizes = []
  for await (const rgb of framesFrom(film, { from: 0, count: 12, width: 320, height: 180 })) sizes.push(rgb.length)
  expect(sizes).toEqual(Array(12).fill(320 * 180 * 3))
})
