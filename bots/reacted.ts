import { clipAt } from '../core/clips.ts'
import { cancel, jobAt } from '../core/jobs.ts'
import { profileOf } from '../core/members.ts'
import { namesOf } from '../core/people.ts'
import { vote, votedFor } from '../core/votes.ts'
import type { Bot } from './bot.ts'
import { dropClip } from './drop-clip.ts'
import { voteForClip } from './film/ballot.ts'
import type { Incoming } from './platform.ts'

const liked = /^(?:👍|[\u{2764}\u{1F493}-\u{1F49F}\u{1F5A4}\u{1F90D}\u{1F90E}\u{1F9E1}\u{1FA75}-\u{1FA77}])/u
const unwanted = /^[❌✖❎🗑🚮]/u

/**
 * An emoji under one of our messages: thumbs up and hearts are votes for a clip, and for the take of a film that it is; a cross or a wastebasket from its owner takes it away
 * (or cancels what is still being made). Nothing is said about it; anything else is nobody's business.
 */
export async function reacted(bot: Bot, event: Extract<Incoming, { kind: 'reaction' }>): Promise<void> {
  const { emoji, added: on, member, place } = event
  const vanish = on && unwanted.test(emoji)
  if (!vanish && !liked.test(emoji)) return
  if ((await profileOf(bot.core, member)).banned !== undefined) return
  const clip = await clipAt(bot.core, place)
  if (!vanish) {
    if (!clip) return
    await vote(bot.core, { clip: clip.id, member, emoji, on })
    await voteForClip(bot, clip, event, on || (await votedFor(bot.core, clip.id, member)))
    return
  }
  if (clip) {
    if ((await namesOf(bot.core, member)).includes(clip.member)) await dropClip(bot, clip, place)
    return
  }
  const job = await jobAt(bot.core, place)
  if (job) await cancel(bot.core, { job: job.id, by: member })
}
