import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getClip } from '../core/clips.ts'
import { UserError } from '../core/errors.ts'
import { noteFit } from '../core/fits.ts'
import { type Core, insist } from '../core/redis.ts'
import type { Store } from '../core/store.ts'
import { fitClip } from './video/fit.ts'

/** Makes a copy of a clip that a place takes (core/fits.ts), or notes that there cannot be one. */
export async function makeFit(
  { core, store, signal }: { core: Core; store: Store; signal: AbortSignal },
  id: string,
  most: number,
): Promise<void> {
  const clip = await getClip(core, id)
  if (clip?.kind !== 'video') return noteFit(core, id, most, undefined)
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-fit-'))
  try {
    let from = store.path(clip.media)
    if (from === undefined) {
      from = join(folder, 'clip.mp4')
      await writeFile(from, await store.get(clip.media))
    }
    const to = join(folder, 'smaller.mp4')
    const made = await fitClip(from, to, { fps: clip.fps, maxBytes: most, signal })
    const media = made && (await store.put('clips', 'mp4', { file: to }))
    await insist(() => noteFit(core, id, most, made && media ? { ...made, media } : undefined))
    core.log.info({ clip: id, most, ...made }, made ? 'made smaller' : 'cannot be made so small')
  } catch (error) {
    // A clip whose media is gone is nothing to try again.
    if (!(error instanceof UserError)) throw error
    await noteFit(core, id, most, undefined)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
