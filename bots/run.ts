import { hearDrawings } from '../core/brush/drawing.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { expectChoice } from '../core/expect.ts'
import { dispatch, position } from '../core/fair.ts'
import type { Film } from '../core/film/film.ts'
import { alive } from '../core/fleet.ts'
import { activeJobs, getJob } from '../core/jobs.ts'
import type { Log } from '../core/log.ts'
import { profileOf } from '../core/members.ts'
import { mostTries } from '../core/plan.ts'
import { advanceAfter } from '../core/plans.ts'
import { watch } from '../core/progress.ts'
import { deliverWorker } from '../core/queue.ts'
import type { Core } from '../core/redis.ts'
import type { Store } from '../core/store.ts'
import type { Bot, Rules } from './bot.ts'
import { buttonId } from './buttons.ts'
import { endQuestions } from './consent/ask.ts'
import { type Content, noContent } from './content.ts'
import { openConversation } from './conversation.ts'
import { deliver } from './deliver.ts'
import { endDuets } from './duet/verbs.ts'
import { openFilmKeeper } from './film/keeper.ts'
import type { TellShots } from './idea/endpoint.ts'
import type { Platform } from './platform.ts'
import { progressMessage } from './present.ts'
import type { RoleRules } from './roles.ts'
import { openSpeaker, type Speaker } from './speaker.ts'
import { openStatusBoard, type StatusBoard } from './status.ts'

export interface RunParts {
  readonly core: Core
  readonly store: Store
  readonly catalogue: Catalogue
  readonly rules: Rules
  /** The operator's word lists; none unless given. */
  readonly content?: Content
  /** What roles may do; everybody may everything unless given. */
  readonly roles?: RoleRules
  readonly log: Log
  /** A language model that makes shot lists; the built-in grammar alone unless given. */
  readonly tellShots?: TellShots
  readonly platforms: readonly Platform[]
  /** How often waiting jobs are offered to workers even if nothing seems to happen, in ms. */
  readonly dispatchEveryMs?: number
}

export interface RunningBots {
  /** Takes no more updates, ends what was begun, says what is left to say. */
  stop(): Promise<void>
}

/** Joins platforms, conversation, status messages, delivery and fair share, and starts them. */
export async function runBots(parts: RunParts): Promise<RunningBots> {
  const { core, log, platforms, dispatchEveryMs = 2_000 } = parts
  const named = new Map(platforms.map(platform => [platform.name, platform]))
  const speakers = new Map<string, Speaker>()
  for (const platform of platforms)
    speakers.set(
      platform.name,
      openSpeaker({ platform, log, remember: (to, member, choices) => expectChoice(core, to, member, choices) }),
    )
  const speaker = (name: string): Speaker => {
    const found = speakers.get(name)
    if (!found) throw new Error(`there is no platform ${name}`)
    return found
  }
  const films = openFilmKeeper({
    core,
    log,
    platform: name => named.get(name),
    wake: film => void wakeFilm(film).catch(error => log.warn({ err: error, film: film.id }, 'film not woken')),
  })
  const bot: Bot = {
    films,
    content: noContent,
    roles: {},
    ...parts,
    platforms: named,
    async tell(room, message) {
      if (!speakers.has(room.platform)) return
      await speaker(room.platform).say({ to: room, message, locale: parts.rules.language, member: '' })
    },
  }
  const board = await openStatusBoard({ core, log, platform: name => named.get(name) })
  const offer = dispatcher(core, log)
  const conversation = openConversation({ bot, board, speaker, accepted: offer })
  /** As if somebody who may had pressed for it: what starts is answered to whoever asked for it. */
  const wakeFilm = async (film: Film): Promise<void> => {
    const { id: name, locale, places, version } = film
    const place = places.find(({ platform }) => named.has(platform))
    const platform = place && named.get(place.platform)
    if (!platform) return
    const people = [film.host, ...film.waiting.map(one => one.member)]
    const shut = await Promise.all(people.map(async one => (await profileOf(core, one)).banned !== undefined))
    const member = people.find((_, i) => !shut[i])
    if (member === undefined) return
    const update = `${place.platform}:film:${name}:${version}`
    const id = buttonId({ verb: 'film', act: 'wake', film: name, arg: 0 })
    const memberName = film.members.find(one => one.id === member)?.name ?? member
    const woken = { update, place, member, memberName, locale, id } as const
    await conversation.handle(platform, { kind: 'button', unasked: true, ...woken })
  }
  /** Should this fail, the reconciler does it. */
  const goOn = (job: string): Promise<unknown> =>
    advanceAfter(core, job).catch(error => log.warn({ err: error, job }, 'plan not gone on with'))
  const deliveries = await Promise.all(
    platforms.map(platform =>
      deliverWorker(core, {
        platform: platform.name,
        async process(job, attempt) {
          // A plan's next step need not wait until its last one is posted; what is left over goes back once it is.
          await goOn(job)
          await deliver({ bot, platform, board }, job, attempt)
          await goOn(job)
        },
      }),
    ),
  )
  const confirm = confirming(core, board, { named, speakers })
  const unwatch = await watch(core, ({ job, state }) => {
    if (state === 'queued') confirm(job).catch(error => log.warn({ err: error, job }, 'job not confirmed'))
    if (state !== 'running') offer()
  })
  const unhear = await hearDrawings(core, (canvas, drawing) => {
    const platform = named.get(canvas.place.platform)
    if (!platform) return
    const { member, memberName, place, locale } = canvas
    const update = `${place.platform}:drawn:${drawing}`
    const id = buttonId({ verb: 'drawn', drawing })
    void conversation.handle(platform, { kind: 'button', update, place, member, memberName, locale, id })
  })
  const timer = setInterval(() => {
    offer()
    endDuets(bot).catch(error => log.debug({ err: error }, 'duets not looked after'))
    endQuestions(bot).catch(error => log.debug({ err: error }, 'questions not looked after'))
  }, dispatchEveryMs)
  for (const platform of platforms) await platform.start(event => conversation.handle(platform, event))
  offer()
  await resume(core, board, confirm).catch(error => log.warn({ err: error }, 'could not resume status messages'))

  return {
    async stop() {
      await Promise.allSettled(platforms.map(platform => platform.stop()))
      clearInterval(timer)
      await unwatch()
      await unhear()
      await conversation.idle()
      await Promise.allSettled([...speakers.values()].map(one => one.idle()))
      await Promise.allSettled(deliveries.map(worker => worker.close()))
      await board.stop()
      await films.stop()
      for (const one of speakers.values()) one.stop()
    },
  }
}

/** Takes up the status messages of jobs from before this start; one that was accepted but never confirmed is confirmed now. */
async function resume(
  core: Core,
  board: StatusBoard,
  confirm: (job: string, first: 'too') => Promise<void>,
): Promise<void> {
  for (const id of await activeJobs(core)) {
    if ((await getJob(core, id))?.status) board.follow(id)
    else await confirm(id, 'too')
  }
}

/**
 * Posts the status message of a job that nobody's update is answered with: a later step of a plan. A plan's first job is confirmed by the
 * answer to whoever asked for it, unless a restart came between (`too`).
 */
function confirming(
  core: Core,
  board: StatusBoard,
  { named, speakers }: { named: ReadonlyMap<string, Platform>; speakers: ReadonlyMap<string, Speaker> },
) {
  const confirmed = new Set<string>()
  return async (id: string, first?: 'too'): Promise<void> => {
    const job = await getJob(core, id)
    const speaker = job && speakers.get(job.request.place.platform)
    if (!speaker || job.status || (job.state !== 'queued' && job.state !== 'running') || confirmed.has(id)) return
    const { place: to, locale, member, part } = job.request
    const answered = part === undefined || (part.step === 0 && part.triesLeft === mostTries - 1)
    // What cannot be edited would only pile up; the plan's own message said what will come.
    const silent = part !== undefined && !named.get(job.request.place.platform)?.edit
    if ((answered && !first) || silent) return
    confirmed.add(id)
    const where = await position(core, id, await alive(core))
    const message = progressMessage(locale, job, { job: id, state: job.state, ...where })
    board.post(id, speaker.say({ to, message, locale, member }))
  }
}

/** Offers waiting jobs to workers, one offer at a time; what happens meanwhile makes one more. */
function dispatcher(core: Core, log: Log): () => void {
  let busy = false
  let again = false
  const offer = (): void => {
    again = true
    if (busy) return
    busy = true
    void (async () => {
      while (again) {
        again = false
        await dispatch(core, await alive(core)).catch(error => log.debug({ err: error }, 'could not dispatch'))
      }
      busy = false
    })().catch(error => {
      busy = false
      log.debug({ err: error }, 'could not look at the fleet')
    })
  }
  return offer
}
