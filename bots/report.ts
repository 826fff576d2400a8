import type { Clip } from '../core/clip.ts'
import { getClip } from '../core/clips.ts'
import { UserError } from '../core/errors.ts'
import { t } from '../core/i18n.ts'
import { ban, profileOf } from '../core/members.ts'
import type { MemberId } from '../core/place.ts'
import { noteReport } from '../core/reports.ts'
import { type Answer, type Ask, type Bot, linkTo } from './bot.ts'
import { buttonId } from './buttons.ts'
import { inShort } from './describe.ts'
import { dropClip } from './drop-clip.ts'
import type { Outgoing } from './platform.ts'
import { mediaOf } from './present.ts'

/** From "this should not be here" to the operator, and the operator's answer to it. */

/** Reports of one clip, and of one member a day, that the operator is sent; everybody is thanked. */
const mostPerClip = 3
const mostPerMember = 20

/** The button under a clip. */
export async function report(bot: Bot, ask: Ask, clip: Clip): Promise<Answer> {
  const { operatorPlace } = bot.rules
  if (!operatorPlace) throw new UserError('refusal.button-old')
  const { people, lately } = await noteReport(bot.core, clip.id, ask.member)
  if (people > 0 && people <= mostPerClip && lately <= mostPerMember) {
    const message = await reportMessage(bot, ask, clip)
    // The operator's platform may be slow; who reports need not wait for it.
    void bot.tell(operatorPlace, { ...message, once: `report:${clip.id}:${people}` })
  }
  return { message: { text: t(ask.locale, people === 0 ? 'report.known' : 'report.done'), quiet: ask.member } }
}

/** Clip, recipe, who made it, who reported it and where, with what the operator may do. */
async function reportMessage(bot: Bot, { place, member }: Ask, clip: Clip): Promise<Outgoing> {
  const { language, operatorPlace, retentionDays } = bot.rules
  const named = async (who: MemberId): Promise<string> => `${(await profileOf(bot.core, who)).name ?? '?'} (${who})`
  const text = t(language, 'report.line', {
    reporter: await named(member),
    maker: await named(clip.member),
    place: [place.platform, place.channel, ...(place.thread === undefined ? [] : [place.thread])].join('/'),
    what: inShort(language, clip.recipe),
    prompt: clip.recipe.prompt,
    clip: clip.id,
  })
  const can = bot.platforms.get(operatorPlace?.platform ?? '')?.can
  const fits = clip.bytes <= (can?.uploadBytes ?? 0)
  return {
    text: fits ? text : `${text}\n${linkTo(bot, clip.media, retentionDays)}`,
    buttons: (['takedown', 'takeban'] as const).map(verb => ({
      id: buttonId({ verb, clip: clip.id }),
      label: t(language, `button.${verb}`),
    })),
    ...(fits && { media: mediaOf(clip, clip.id) }),
  }
}

/** The buttons under a report. Operators only, wherever the report was forwarded to. */
export async function takedownPressed(bot: Bot, ask: Ask, id: string, banToo: boolean): Promise<Answer> {
  if (!ask.operator) throw new UserError('refusal.operator-only')
  const clip = await getClip(bot.core, id)
  if (!clip) throw new UserError('refusal.clip-gone')
  if (banToo) await ban(bot.core, clip.member, `clip ${id}`)
  await dropClip(bot, clip)
  const key = banToo ? 'takedown.banned' : 'takedown.done'
  return { message: { text: t(ask.locale, key, { clip: id, member: clip.member }), quiet: ask.member } }
}

/** `/takedown <clip> [ban]`, where there are no buttons. */
export function takedown(bot: Bot, ask: Ask): Promise<Answer> {
  const [id = '', how = ''] = ask.text.split(' ')
  return takedownPressed(bot, ask, id, /^(?:ban|封禁)$/i.test(how))
}
