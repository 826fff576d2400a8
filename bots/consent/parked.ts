import { z } from 'zod'
import { profileOf } from '../../core/members.ts'
import { MemberId, Place } from '../../core/place.ts'
import { MediaKey, tiers } from '../../core/request.ts'
import type { Ask, Bot, Picture } from '../bot.ts'

/** A request that has to wait, as plain data: what is needed to take it up again later, in whichever process. */

const File = z.object({ id: z.string(), mime: z.string(), bytes: z.number() })

export const Parked = z.object({
  update: z.string(),
  place: Place,
  member: MemberId,
  locale: z.string(),
  operator: z.boolean(),
  entitled: z.object({ openJobs: z.number(), dailyCredits: z.number(), tiers: z.array(z.enum(tiers)).optional() }),
  quiet: z.boolean(),
  /** Absent = any size. */
  uploadBytes: z.number().optional(),
  adult: z.boolean(),
  /** The bot was meant. */
  addressed: z.boolean(),
  /** The button that was pressed for it; absent = it was said. */
  button: z.string().optional(),
  text: z.string(),
  images: z.array(File),
  sounds: z.array(File),
  files: z.array(File).default([]),
  replyTo: Place.optional(),
  /** Its pictures, fetched and kept. */
  pictures: z.array(z.object({ key: MediaKey, width: z.number(), height: z.number() })),
})
export type Parked = z.infer<typeof Parked>

export function park(ask: Ask, pictures: readonly Picture[], addressed: boolean, button?: string): Parked {
  const { tiers: open, ...entitled } = ask.entitled
  return Parked.parse({
    ...ask,
    addressed,
    button,
    pictures,
    entitled: { ...entitled, ...(open && { tiers: [...open] }) },
    uploadBytes: Number.isSafeInteger(ask.uploadBytes) ? ask.uploadBytes : undefined,
  })
}

/** The request again; undefined where its platform is not ours any more. */
export async function unpark(
  bot: Bot,
  kept: unknown,
): Promise<{ ask: Ask; addressed: boolean; button?: string | undefined } | undefined> {
  const { entitled, uploadBytes = Number.POSITIVE_INFINITY, addressed, button, replyTo, ...rest } = Parked.parse(kept)
  const platform = bot.platforms.get(rest.place.platform)
  if (!platform) return undefined
  const { tiers: open, ...base } = entitled
  const ask: Ask = {
    ...rest,
    platform,
    profile: await profileOf(bot.core, rest.member),
    entitled: { ...base, ...(open && { tiers: new Set(open) }) },
    uploadBytes,
    ...(replyTo && { replyTo }),
  }
  return { ask, addressed, button }
}
