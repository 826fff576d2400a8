import { clipsOf } from '../../core/clips.ts'
import { UserError } from '../../core/errors.ts'
import { codeOf, familyOf, type Kin, numberOf } from '../../core/family.ts'
import { drawFamily } from '../../core/family-picture.ts'
import { t } from '../../core/i18n.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { clipCoded, mayName } from '../edit/named.ts'
import { answeredBase } from '../making.ts'

const sizeOf = (kin: Kin): number => kin.children.reduce((sum, child) => sum + sizeOf(child), 1)

/** "/tree K7Q2", or in answer to a clip, or of the member's latest: what was made from what, as a picture. */
export async function tree(bot: Bot, ask: Ask): Promise<Answer> {
  const named = ask.text === '' ? (await answeredBase(bot, ask))?.clip : await clipCoded(bot, ask, ask.text)
  const clip = named ?? (await clipsOf(bot.core, ask.member, 1))[0]
  if (!clip) throw new UserError('refusal.nothing-yet')
  const root = await familyOf(bot.core, clip, kin => mayName(bot, ask, kin))
  const { jpeg, width, height } = await drawFamily(bot.store, root)
  const key = await bot.store.put('pictures', 'jpg', jpeg)
  const code = codeOf(numberOf(root.clip))
  return {
    message: {
      text: t(ask.locale, 'tree.text', { count: sizeOf(root), code }),
      media: { key, kind: 'image', name: `tree-${code}.jpg`, bytes: jpeg.length, width, height },
    },
  }
}
