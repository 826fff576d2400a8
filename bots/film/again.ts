import { type Edit, editLimits } from '../../core/edit.ts'
import { UserError } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import { verifyLink } from '../../core/links.ts'
import type { Step } from '../../core/plan.ts'
import type { Recipe } from '../../core/request.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { asMeant, eachAllowed } from '../consent/gate.ts'
import { saidAlso } from '../edit/named.ts'
import { orderPlan, pricedBy } from '../edit/plan.ts'
import { checkAsked } from '../order.ts'
import { creditLines } from './credits.ts'
import { FilmFile, filmFile, isSealed, mediaOf } from './file.ts'
import { filmMeant } from './which.ts'

/** A film made again from its file: every shot with its recipe and seed, then all of them as one film. */

const fileBytesMost = 1024 * 1024
const fetchMs = 30_000

/** "film again" with the file, or with the link it was given under, or of the film here. Priced before; whoever asks pays. */
export async function filmAgain(bot: Bot, ask: Ask, link?: string): Promise<Answer | undefined> {
  const whole = await fileFor(bot, ask, link)
  if (isSealed(bot.rules.secret, whole)) await checkPictures(bot, whole)
  else if (mediaOf(whole).length > 0) throw new UserError('refusal.film-file-changed')
  const { sound } = whole.reel?.music ?? {}
  const silent = sound !== undefined && !(await bot.store.has(sound))
  const file = silent ? withoutMusic(whole) : whole
  const steps = stepsOf(file, pricedBy(bot), ask.locale)
  const check = () => eachAllowed(file.shots, ({ recipe }) => checkAsked(bot, ask, recipe))
  const here = ask.files.length === 0 && link === undefined
  await (here ? asMeant({ command: 'film', text: `${whole.id} again` }, check) : check())
  const answer = await orderPlan(bot, ask, { kind: 'shots', steps })
  return answer && silent ? saidAlso(answer, t(ask.locale, 'film.again-silent')) : answer
}

/** The film without its music, what was cut to that, and the thanks for it. */
function withoutMusic({ reel, credits, ...file }: FilmFile): FilmFile {
  const { music: _, ...cut } = reel ?? { title: file.title, joints: [] }
  return { ...file, credits: credits.filter(({ role }) => role !== 'music'), reel: { ...cut, onBeat: false } }
}

async function fileFor(bot: Bot, ask: Ask, link: string | undefined): Promise<FilmFile> {
  const [given] = ask.files
  const bytes = given
    ? await ask.platform.download(given, fileBytesMost, AbortSignal.timeout(fetchMs))
    : link === undefined
      ? undefined
      : await linked(bot, link)
  if (bytes) return read(bytes)
  const { film } = await filmMeant(bot, ask, 'past')
  const file = await filmFile(bot.core, film, bot.rules.secret)
  if (!file) throw new UserError('refusal.film-empty')
  return file
}

/** What stands behind a link of ours; nobody else's addresses are opened. */
async function linked(bot: Bot, link: string): Promise<Uint8Array> {
  const at = URL.canParse(link) ? new URL(link) : undefined
  const key = at && verifyLink(bot.rules.secret, at.pathname + at.search)
  if (!key?.startsWith('exports/')) throw new UserError('refusal.film-file-link')
  return bot.store.get(key)
}

function read(bytes: Uint8Array): FilmFile {
  try {
    return FilmFile.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch (error) {
    throw new UserError('refusal.film-file', {}, error)
  }
}

async function checkPictures(bot: Bot, { shots }: FilmFile): Promise<void> {
  for (const { recipe, shot } of shots)
    for (const key of [recipe.firstFrame, recipe.lastFrame])
      if (key !== undefined && !(await bot.store.has(key))) throw new UserError('refusal.film-file-picture', { shot })
}

/** The plan: a shot that went on from another one of the film does so again. Pure. */
function stepsOf(
  { shots, title, credits, reel }: Pick<FilmFile, 'shots' | 'title' | 'credits' | 'reel'>,
  price: (recipe: Recipe) => number,
  locale: string,
): Step[] {
  if (shots.reduce((sum, { recipe }) => sum + recipe.seconds, 0) > editLimits.seconds)
    throw new UserError('refusal.edit-long', { seconds: editLimits.seconds })
  const before = (at: number): number => {
    const { continues } = shots[at]?.recipe ?? {}
    return shots.findIndex(({ clips }, i) => i < at && continues !== undefined && clips.includes(continues))
  }
  const made = shots.map(({ recipe }, at): Step => {
    const { edit: _, continues: _before, ...shot } = recipe
    const from = before(at)
    const goesOn = from >= 0 && { continues: { step: from } }
    return { shot: { ...shot, ...goesOn }, price: price({ ...shot, ...(goesOn && { continues: 'an-earlier-one' }) }) }
  })
  const pieces = shots.map((_, step) => {
    const unbroken = step > 0 && before(step) === step - 1
    const joint = reel?.joints[step] ?? 'fade'
    // Only what goes on from the one before can follow unbroken.
    return { clip: { step }, joint: unbroken ? 'continuous' : joint === 'continuous' ? 'fade' : joint } as const
  })
  const said = creditLines(locale, credits)
  const join = {
    ...{ op: 'join' as const, pieces, title: reel?.title ?? title, onBeat: reel?.music !== undefined && reel.onBeat },
    ...(said.length > 0 && { credits: said }),
    ...(reel?.cover !== undefined && { cover: reel.cover }),
    ...(reel?.music && { music: reel.music }),
  } satisfies Omit<Extract<Edit, { op: 'join' }>, 'pieces'> & { pieces: unknown }
  return [...made, { edit: join, price: 0, least: 1 }]
}
