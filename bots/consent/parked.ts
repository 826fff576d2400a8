import { z } from 'zod'
import { profileOf } from '../../core/members.ts'
import { MemberId, Place } from '../../core/place.ts'
import { MediaKey, tiers } from '../../core/request.ts'
import type { Ask, Bot, Picture } from '../bot.ts'
import { type CommandName, commands } from '../commands.ts'

/** A request that has to wait, as plain data: what is needed to take it up again later, in whichever process. */

/**
 * What a message or a press was understood as. `text`: the words of it that are left to read.
 *   button    that button was pressed; the words stand in its form
 *   command   that command was given
 *   answered  new words for what the message answers
 */
export const Meant = z.union([
  z.object({ button: z.string(), text: z.string() }),
  z.object({
    command: z.custom<CommandName>(name => typeof name === 'string' && Object.hasOwn(commands, name)),
    text: z.string(),
  }),
  z.object({ answered: z.literal(true), text: z.string() }),
])
export type Meant = z.infer<typeof Meant>

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
  /** Absent where whoever kept it knows. */
  meant: Meant.optional(),
  text: z.string(),
  images: z.array(File),
  sounds: z.array(File),
  files: z.array(File).default([]),
  replyTo: Place.optional(),
  /** Its pictures, fetched and kept. */
  pictures: z.array(z.object({ key: MediaKey, width: z.number(), height: z.number() })),
})
export type Parked = z.infer<typeof Parked>

export function park(ask: Ask, pictures: readonly Picture[], meant?: Meant): Parked {
  const { tiers: open, ...entitled } = ask.entitled
  return Parked.parse({
    ...ask,
    ...(meant && { text: meant.text }),
    meant,
    pictures,
    entitled: { ...entitled, ...(open && { tiers: [...open] }) },
    uploadBytes: Number.isSafeInteger(ask.uploadBytes) ? ask.uploadBytes : undefined,
  })
}

/** The request again; undefined where its platform is not ours any more. */
export async function unpark(bot: Bot, kept: unknown): Promise<{ ask: Ask; meant?: Meant | undefined } | undefined> {
  const { entitled, uploadBytes = Number.POSITIVE_INFINITY, meant, replyTo, ...rest } = Parked.parse(kept)
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
  return { ask, meant }
}
