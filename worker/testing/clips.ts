import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '../../core/store.ts'
import type { Source } from '../protocol.ts'
import { aigcField } from '../video/aigc.ts'
import { writeClip } from '../video/clip-file.ts'
import { labelFor } from '../video/label.ts'
import { numberedFrames } from './numbered.ts'

/** Finished clips for tests, as the renderer leaves them: in a store, labelled, every frame numbered. */
export interface Shelf {
  readonly store: Store
  readonly folder: string
  clip(more?: {
    width?: number
    height?: number
    fps?: number
    frames?: number
    from?: number
    colour?: readonly [number, number, number]
    sound?: string
  }): Promise<Source>
  close(): Promise<void>
}

export async function openShelf(): Promise<Shelf> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-shelf-'))
  const store = await openStore({ STORE: 'local', DATA_DIR: folder })
  return {
    store,
    folder,
    async clip({ width = 320, height = 180, fps = 24, frames = 48, from = 0, colour, sound } = {}) {
      const label = await labelFor(width, height, 'zh')
      const file = join(folder, `${randomBytes(6).toString('hex')}.mp4`)
      const video = numberedFrames({ width, height }, frames, { from, ...(colour && { colour }) })
      const signal = new AbortController().signal
      const aigc = aigcField('Threadreel', 'job-of-the-clip')
      const { poster } = await writeClip({
        ...{ width, height, fps, frames, video, label, file, aigc, signal },
        ...(sound && { sound }),
      })
      return {
        kind: 'video',
        media: await store.put('clips', 'mp4', { file }),
        poster: await store.put('posters', 'jpg', poster),
        state: await store.put('states', 'bin', Buffer.from(`after ${from + frames}`)),
        ...{ width, height, fps, frames },
        ...(sound && { sound: true as const }),
        label: { x: label.x, y: label.y, width: label.width, height: label.height },
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
