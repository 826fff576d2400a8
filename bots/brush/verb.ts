import { z } from 'zod'
import { drawingOf, openCanvas } from '../../core/brush/drawing.ts'
import { gridded } from '../../core/brush/picture.ts'
import { type Grid, gridFor, readBrush } from '../../core/brush/words.ts'
import { crashpoint } from '../../core/crashpoint.ts'
import { UserError } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import { parse } from '../../core/parse/parse.ts'
import { placeKey } from '../../core/place.ts'
import { MediaKey, type Stroke } from '../../core/request.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { newSeed, order, recipeOf, takePictures } from '../order.ts'

/** The motion brush in a chat: a picture comes back with a grid; words say what moves where and what stays. */

/** The picture a member brushes, kept for a while. */
const Canvas = z.object({ key: MediaKey, width: z.number(), height: z.number() })
type Canvas = z.infer<typeof Canvas>
const keepSeconds = 24 * 3600

const keyOf = ({ core }: Bot, { member, place }: Ask): string =>
  `${core.root}:expect:brush:${member}:${placeKey(place)}`

async function canvasOf(bot: Bot, ask: Ask): Promise<Canvas> {
  if (ask.images.length > 1) throw new UserError('refusal.brush-one')
  const [picture] = await takePictures(bot, ask)
  if (picture) {
    await bot.core.redis.set(keyOf(bot, ask), JSON.stringify(picture), 'EX', keepSeconds)
    crashpoint('brush-picture')
    return picture
  }
  const kept = await bot.core.redis.get(keyOf(bot, ask))
  if (kept === null) throw new UserError('refusal.brush-picture')
  return Canvas.parse(JSON.parse(kept))
}

/** "/brush" with a picture: its gridded copy. "/brush cat C4>G2, hold A1-B8": the clip. */
export async function brush(bot: Bot, ask: Ask): Promise<Answer | undefined> {
  const canvas = await canvasOf(bot, ask)
  const grid = gridFor(canvas.width, canvas.height)
  if (ask.text === '') return gridCopy(bot, ask, canvas, grid)
  const { strokes, words } = readBrush(ask.text, grid)
  return make(bot, ask, canvas, strokes, words)
}

/** What was drawn on the page (core/brush/drawing.ts). */
export async function drawn(bot: Bot, ask: Ask, id: string): Promise<Answer | undefined> {
  const found = await drawingOf(bot.core, id)
  if (!found) throw new UserError('refusal.button-old')
  const { canvas, drawing } = found
  if (canvas.member !== ask.member) throw new UserError('refusal.not-yours')
  return make(bot, ask, { ...canvas, key: canvas.picture }, drawing.strokes, drawing.words)
}

async function make(
  bot: Bot,
  ask: Ask,
  canvas: Canvas,
  strokes: readonly Stroke[],
  words: string,
): Promise<Answer | undefined> {
  const { prompt, last: _, ...options } = parse(words)
  const wish = { seed: newSeed(), ...options, prompt }
  const recipe = await recipeOf(bot, { ...ask, pictures: [canvas] }, 'video', wish, [canvas])
  return order(bot, ask, { ...recipe, strokes: [...strokes] })
}

async function gridCopy(bot: Bot, ask: Ask, canvas: Canvas, grid: Grid): Promise<Answer> {
  const { jpeg, width, height } = await gridded(await bot.store.get(canvas.key), grid)
  const key = await bot.store.put('pictures', 'jpg', jpeg)
  const last = `${String.fromCharCode(64 + grid.columns)}${grid.rows}`
  const { member, place, locale, profile } = ask
  const base = bot.rules.publicUrl.replace(/\/$/, '')
  const { apps } = ask.platform.can
  const own = apps !== undefined && base.startsWith('https:') && (place.private || apps.link !== undefined)
  const id = await openCanvas(bot.core, {
    own,
    member,
    memberName: profile.name ?? member,
    place,
    locale,
    picture: canvas.key,
    width: canvas.width,
    height: canvas.height,
  })
  const link = `${base}/brush/${id}`
  const how = t(locale, 'brush.how', { last })
  const page = { id: `open:${id}`, label: t(locale, 'brush.open') }
  const button = place.private ? { ...page, url: link, app: true as const } : { ...page, url: `${apps?.link}${id}` }
  return {
    message: {
      text: own ? how : `${how}\n${t(locale, 'brush.link', { link })}`,
      ...(own && { buttons: [button] }),
      media: { key, kind: 'image', name: 'grid.jpg', bytes: jpeg.length, width, height },
    },
  }
}
