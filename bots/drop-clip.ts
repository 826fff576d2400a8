import type { Clip } from '../core/clip.ts'
import { removeClip } from '../core/clips.ts'
import { dropFits } from '../core/fits.ts'
import { getJob } from '../core/jobs.ts'
import type { Place } from '../core/place.ts'
import type { Bot } from './bot.ts'
import { PlaceGone } from './platform.ts'

/**
 * Takes a clip away: its record, its files, the message that shows it (`at` where it is not known which). The record goes first: what
 * is left of the files if we stop here is swept away later.
 */
export async function dropClip(bot: Bot, clip: Clip, at?: Place): Promise<void> {
  const place = (await getJob(bot.core, clip.job))?.posted ?? at
  await removeClip(bot.core, clip.id, clip.member)
  const files = [clip.media, clip.poster, ...(clip.state ? [clip.state] : []), ...(await dropFits(bot.core, clip.id))]
  await Promise.allSettled(files.map(key => bot.store.remove(key)))
  if (place?.message === undefined) return
  try {
    await bot.platforms.get(place.platform)?.remove?.(place)
  } catch (error) {
    if (!(error instanceof PlaceGone)) bot.log.warn({ err: error, clip: clip.id }, 'message not removed')
  }
}
