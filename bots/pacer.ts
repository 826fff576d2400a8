import PQueue from 'p-queue'
import { RetryLater } from './platform.ts'

/** So many calls in any stretch of so many milliseconds. */
export interface Rate {
  readonly count: number
  readonly everyMs: number
}

interface RunOptions {
  /** Gives up waiting; a call that has begun is not ended by it. */
  readonly signal?: AbortSignal
  /**
   * It is not worth waiting for (a passing word about progress): thrown back as RetryLater at once if it cannot start now, or if it
   * would take from the half of the place's rate that is kept for what matters.
   */
  readonly minor?: boolean
  /**
   * Beside the line of its place, not in it: in no order with other calls there and not counted to the place's rates (a question, the
   * note that a press was seen). It keeps every pause and the rate of all.
   */
  readonly beside?: boolean
  /** Somebody waits who does not wait long: it begins before what is not urgent, unless too many want that. */
  readonly urgent?: boolean
}

/** Makes one call of a turn, when the rates allow. */
export type Step = <T>(call: () => Promise<T>) => Promise<T>

/** The one way out to a platform: keeps its rates and the pauses it asks for. */
export interface Pacer {
  /**
   * Makes a call when the platform's and the place's rates allow. Calls of one place are made one after the other, in order; those
   * of different places side by side. Rejects with what the call throws, or with the reason of `signal` or `stop`.
   */
  run<T>(place: string, call: () => Promise<T>, options?: RunOptions): Promise<T>
  /** Several calls of one place that nothing else is said between; each keeps the rates and is counted. Rejects as `run` does. */
  turn<T>(place: string, work: (step: Step) => Promise<T>): Promise<T>
  /** The platform asked for so much patience (ms): no call begins before, in this place or, without one, anywhere. */
  pause(ms: number, place?: string): void
  /** Nothing is begun any more; what waits is rejected. */
  stop(): void
  /** How many places it keeps in mind: those with calls under way, or so recent that they count towards a rate. */
  readonly places: number
}

interface PacerOptions {
  readonly global: Rate
  /** Rates of a place; all of them hold. */
  perPlace(place: string): readonly Rate[]
  /**
   * From when on a call counts towards the rates of its place: from its beginning, or from its answer. Only the latter is safe where the
   * platform counts when a call arrives, which is some time in between.
   */
  readonly counted?: 'begun' | 'answered'
}

/** What is known of a place. `starts`: from when its latest calls count (Unix ms), as many as any of its rates looks back on. */
interface Lane {
  readonly rates: readonly Rate[]
  readonly queue: PQueue
  starts: number[]
  openAt: number
  /** Calls beside the line. */
  beside: number
  forget?: NodeJS.Timeout
}

interface Passing {
  readonly signal: AbortSignal
  readonly beside: boolean
  readonly urgent: boolean
}

/** So many urgent calls pass the others at a time; when there are more of them, one and one. */
const passesAtMost = 25

/** setTimeout counts in a signed 32-bit number. */
const longestMs = 2 ** 31 - 1

/** A timer of the global clock, which tests can turn; rejects with the signal's reason. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', end)
        resolve()
      },
      Math.min(ms, longestMs),
    )
    if (signal?.aborted) end()
    else signal?.addEventListener('abort', end, { once: true })
  })
}

/** When the next call of a lane may begin (Unix ms), if only this `share` of rates that count beyond one may be used. */
function readyAt({ rates, starts, openAt }: Pick<Lane, 'rates' | 'starts' | 'openAt'>, share = 1): number {
  const moments = rates.map(({ count, everyMs }) => {
    const before = starts.at(-Math.max(1, Math.floor(count * share)))
    return before === undefined ? 0 : before + everyMs
  })
  return Math.max(openAt, ...moments)
}

/** Opens the paced queue of one platform. Rates are sliding windows over the moments at which calls are really made. */
export function openPacer({ global, perPlace, counted = 'begun' }: PacerOptions): Pacer {
  const gate = new PQueue({ intervalCap: global.count, interval: global.everyMs, strict: true })
  const lanes = new Map<string, Lane>()
  const waiting = new Set<AbortController>()
  /** Urgent calls that have passed others and were not made up for by one of those. */
  let passes = 0
  let openAt = 0
  let stopped: Error | undefined

  function laneOf(place: string): Lane {
    const known = lanes.get(place)
    if (known) return known
    const lane: Lane = {
      rates: perPlace(place),
      queue: new PQueue({ concurrency: 1 }),
      starts: [],
      openAt: 0,
      beside: 0,
    }
    lane.queue.on('idle', () => leave(place, lane))
    lanes.set(place, lane)
    return lane
  }

  /** If nobody uses this place now, it is forgotten as soon as nothing of it counts any more. */
  function leave(place: string, lane: Lane): void {
    clearTimeout(lane.forget)
    if (lane.queue.size + lane.queue.pending + lane.beside > 0) return
    const last = lane.starts.at(-1) ?? 0
    const wait = Math.max(lane.openAt, ...lane.rates.map(rate => last + rate.everyMs)) - Date.now()
    if (wait <= 0 || stopped) lanes.delete(place)
    else lane.forget = setTimeout(() => leave(place, lane), Math.min(wait, longestMs)).unref()
  }

  const waitOf = (lane: Lane, share?: number): number => Math.max(openAt, readyAt(lane, share)) - Date.now()

  function note(lane: Lane): void {
    const keep = Math.max(0, ...lane.rates.map(rate => rate.count))
    if (keep > 0) lane.starts = [...lane.starts, Date.now()].slice(-keep)
  }

  /** The call that began last in this place (there is no other one under way there) has its answer. */
  function answered({ starts }: Lane): void {
    if (counted === 'answered' && starts.length > 0) starts[starts.length - 1] = Date.now()
  }

  /** Waits for place and platform, in turn until both are ready at the same moment, then calls. */
  async function pass<T>(lane: Lane, call: () => Promise<T>, { signal, beside, urgent }: Passing): Promise<T> {
    const wait = (): number => (beside ? Math.max(openAt, lane.openAt) - Date.now() : waitOf(lane))
    for (;;) {
      signal.throwIfAborted()
      for (let ms = wait(); ms > 0; ms = wait()) await sleep(ms, signal)
      const begin = async () => {
        signal.throwIfAborted()
        if (wait() > 0) return undefined
        if (!urgent) passes = Math.max(0, passes - 1)
        if (!beside) note(lane)
        return { calling: call() }
      }
      const passed = await gate.add(begin, { priority: urgent && mayPass() ? 1 : 0 })
      if (passed) return passed.calling.finally(() => beside || answered(lane))
    }
  }

  /** Whether one more urgent call may pass the others: a flood of presses must not keep clips from being sent. */
  function mayPass(): boolean {
    if (gate.size === 0) passes = 0
    if (passes >= passesAtMost) return false
    passes += 1
    return true
  }

  /** In the line of its place, or beside it. */
  async function enter<T>(place: string, lane: Lane, beside: boolean, work: () => Promise<T>): Promise<T> {
    if (!beside) return lane.queue.add(work)
    lane.beside += 1
    try {
      return await work()
    } finally {
      lane.beside -= 1
      leave(place, lane)
    }
  }

  /** Throws if a call that may be left out would have to wait, or is better left out. */
  function refuseMinor(place: string, lane: Lane, beside: boolean): void {
    const wait = beside ? Math.max(openAt, lane.openAt) - Date.now() : waitOf(lane, 0.5)
    const busy = gate.size + (beside ? 0 : lane.queue.size + lane.queue.pending) > 0
    if (wait <= 0 && !busy) return
    leave(place, lane)
    throw new RetryLater(Math.max(wait, global.everyMs))
  }

  /** `work` in its turn; until its first call begins it can be given up. */
  async function inTurn<T>(
    place: string,
    work: (step: Step) => Promise<T>,
    { signal, minor = false, beside = false, urgent = false }: RunOptions,
  ): Promise<T> {
    if (stopped) throw stopped
    signal?.throwIfAborted()
    const lane = laneOf(place)
    if (minor) refuseMinor(place, lane, beside)
    const giveUp = new AbortController()
    const forward = (): void => giveUp.abort(signal?.reason)
    signal?.addEventListener('abort', forward, { once: true })
    waiting.add(giveUp)
    const step = async <R>(call: () => Promise<R>): Promise<R> => {
      if (stopped) throw stopped
      waiting.add(giveUp)
      const begun = (): Promise<R> => {
        signal?.removeEventListener('abort', forward)
        waiting.delete(giveUp)
        return call()
      }
      return pass(lane, begun, { signal: giveUp.signal, beside, urgent })
    }
    const givenUp = new Promise<never>((_, reject) =>
      giveUp.signal.addEventListener('abort', () => reject(giveUp.signal.reason), { once: true }),
    )
    try {
      return await Promise.race([enter(place, lane, beside, () => work(step)), givenUp])
    } finally {
      signal?.removeEventListener('abort', forward)
      waiting.delete(giveUp)
    }
  }

  return {
    run: (place, call, options = {}) => inTurn(place, step => step(call), options),
    turn: (place, work) => inTurn(place, work, {}),
    pause(ms, place) {
      const until = Date.now() + ms
      if (place === undefined) {
        openAt = Math.max(openAt, until)
        return
      }
      const lane = laneOf(place)
      lane.openAt = Math.max(lane.openAt, until)
      leave(place, lane)
    },
    stop() {
      stopped = new Error('this platform is being left')
      for (const giveUp of waiting) giveUp.abort(stopped)
      for (const [place, lane] of lanes) leave(place, lane)
    },
    get places() {
      return lanes.size
    },
  }
}
