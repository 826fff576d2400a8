import type { Clip } from '../../core/clip.ts'
import { clipsOf, getClip } from '../../core/clips.ts'
import { Edit, type Music } from '../../core/edit.ts'
import { editRecipe } from '../../core/edit-recipe.ts'
import { UserError } from '../../core/errors.ts'
import { soundLimits, takeSound } from '../../core/sound.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import * as making from '../making.ts'
import { order } from '../order.ts'
import { clipNamed } from './named.ts'
import * as read from './read.ts'

/** The verbs that make something of finished clips: of the one answered to, of those named, else of the member's latest. */

type Made = Promise<Answer | undefined>

const recent = 50

/** The film that is meant: what was answered to, else the member's latest. Throws `refusal.edit-kind` or `refusal.nothing-yet`. */
async function meantFilm(bot: Bot, ask: Ask): Promise<Clip> {
  const answered = await making.answeredBase(bot, ask)
  if (answered) {
    if (!answered.clip) throw new UserError('refusal.edit-later')
    if (answered.clip.kind !== 'video') throw new UserError('refusal.edit-kind')
    return answered.clip
  }
  const film = (await clipsOf(bot.core, ask.member, recent)).find(({ kind }) => kind === 'video')
  if (!film) throw new UserError('refusal.nothing-yet')
  return film
}

/** Orders an edit of these clips. */
function orderEdit(bot: Bot, ask: Ask, edit: Edit, clips: readonly Clip[]): Made {
  const [first] = clips
  return order(bot, ask, editRecipe(edit, clips), first ? { parent: first.id } : {})
}

/** An edit of the one clip that is meant; `how` says what, once it is known. */
const ofOne =
  (how: (text: string, clip: Clip) => object) =>
  async (bot: Bot, ask: Ask): Made => {
    const clip = await meantFilm(bot, ask)
    return orderEdit(bot, ask, Edit.parse({ ...how(ask.text, clip), clip: clip.id }), [clip])
  }

export const trim = ofOne(text => ({ op: 'trim', ...read.readRange(text) }))
export const speed = ofOne(text => ({ op: 'speed', factor: read.readFactor(text) }))
export const reverse = ofOne(() => ({ op: 'reverse' }))
export const loop = ofOne(text => ({ op: 'loop', times: read.readTimes(text) }))
export const gif = ofOne(text => ({ op: 'export', format: read.readFormat(text) }))
export const caption = ofOne((text, clip) => ({ op: 'captions', lines: read.readCaptions(text, clip.seconds) }))
export const cover = ofOne(text => {
  const at = read.readMoment(text)
  if (at === undefined) throw new UserError('refusal.edit-usage', { example: 'cover 2.5' })
  return { op: 'cover', at }
})

const fetchMs = 60_000

/** Fetches and keeps the sound of a message, has something made with it, and throws it away again if nothing came of that. */
export async function withSound(bot: Bot, ask: Ask, use: (sound: Music['sound'] | undefined) => Made): Made {
  const [sound] = ask.sounds
  if (!sound) return use(undefined)
  if (sound.bytes > soundLimits.bytes)
    throw new UserError('refusal.sound-big', { megabytes: soundLimits.bytes / 2 ** 20 })
  const bytes = await ask.platform.download(sound, soundLimits.bytes, AbortSignal.timeout(fetchMs))
  const key = await takeSound(bot.store, bytes)
  try {
    return await use(key)
  } catch (error) {
    await bot.store.remove(key).catch(() => undefined)
    throw error
  }
}

/** Puts the sound of this message under a clip; words say where in the sound to begin. */
export async function music(bot: Bot, ask: Ask): Made {
  const from = ask.text === '' ? 0 : read.readMoment(ask.text.replace(/^(?:from|从)\s*/iu, ''))
  if (from === undefined) throw new UserError('refusal.edit-usage', { example: 'music 12' })
  const clip = await meantFilm(bot, ask)
  return withSound(bot, ask, async sound => {
    if (sound === undefined) throw new UserError('refusal.sound-none')
    return orderEdit(bot, ask, Edit.parse({ op: 'music', clip: clip.id, music: { sound, from } }), [clip])
  })
}

/** The pieces a clip was made of, one continuing the other, the first one first. */
async function piecesOf(bot: Bot, clip: Clip): Promise<Clip[]> {
  const pieces = [clip]
  for (let at = clip; at.recipe.continues !== undefined && pieces.length < 40; ) {
    const before = await getClip(bot.core, at.recipe.continues)
    if (!before) break
    pieces.unshift(before)
    at = before
  }
  return pieces
}

/** Joins the named clips, or the one that is meant with what it continues. */
export async function join(bot: Bot, ask: Ask): Made {
  const { names, joint, title, onBeat } = read.readJoin(ask.text)
  const named = names.length > 0
  const clips = named
    ? await Promise.all(names.map(name => clipNamed(bot, ask, name)))
    : await piecesOf(bot, await meantFilm(bot, ask))
  const bare = title === undefined && ask.sounds.length === 0
  if (clips.length < 2 && bare)
    throw new UserError('refusal.edit-usage', { example: 'join 12 13 fade --title The cat' })
  if (onBeat && ask.sounds.length === 0) throw new UserError('refusal.sound-none')
  const pieces = clips.map((clip, i) => {
    const unbroken = i > 0 && clip.recipe.continues === clips[i - 1]?.id
    return { clip: clip.id, joint: unbroken ? 'continuous' : (joint ?? 'cut') }
  })
  return withSound(bot, ask, sound =>
    orderEdit(
      bot,
      ask,
      Edit.parse({
        op: 'join',
        pieces,
        onBeat,
        ...(title !== undefined && { title }),
        ...(sound && { music: { sound } }),
      }),
      clips,
    ),
  )
}
