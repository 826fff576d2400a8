import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openPacer, type Pacer } from './pacer.ts'
import { RetryLater } from './platform.ts'

const second = 1000
const minute = 60 * second
const start = Date.UTC(2026, 0, 1)

/** As on Telegram: a message a second in a chat, twenty a minute in a group, so many a second in all. */
const telegramLike = (count = 25): Pacer =>
  openPacer({
    global: { count, everyMs: second },
    perPlace: place =>
      place.startsWith('-')
        ? [
            { count: 1, everyMs: second },
            { count: 20, everyMs: minute },
          ]
        : [{ count: 1, everyMs: second }],
  })

/** The most of these moments (ms) in any stretch of `everyMs`. */
const most = (moments: readonly number[], everyMs: number): number =>
  Math.max(...moments.map(from => moments.filter(at => at >= from && at < from + everyMs).length))

describe('the pacer', () => {
  const made: { place: string; at: number; what: number }[] = []
  const now = (): number => Date.now() - start
  const at = (place: string): number[] => made.filter(call => call.place === place).map(call => call.at)
  const note =
    (place: string, what = 0) =>
    async (): Promise<number> => {
      made.push({ place, at: now(), what })
      return what
    }

  beforeEach(() => {
    vi.useFakeTimers({ now: start })
    made.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('a call comes back with its answer, or with what it throws', async () => {
    const pacer = telegramLike()
    expect(await pacer.run('1', note('1', 42))).toBe(42)
    const failing = pacer.run('1', async () => {
      throw new TypeError('no')
    })
    const seen = expect(failing).rejects.toThrow(TypeError)
    await vi.advanceTimersByTimeAsync(second)
    await seen
  })

  test('a place is served in order, one call after the other, at its own rate', async () => {
    const pacer = telegramLike()
    let running = 0
    const calls = [1, 2, 3, 4].map(what =>
      pacer.run('1', async () => {
        running += 1
        expect(running).toBe(1)
        await note('1', what)()
        await new Promise(resolve => setTimeout(resolve, 1_500))
        running -= 1
      }),
    )
    await vi.advanceTimersByTimeAsync(minute)
    await Promise.all(calls)
    expect(made.map(call => call.what)).toEqual([1, 2, 3, 4])
    expect(at('1')).toEqual([0, 1_500, 3_000, 4_500])
  })

  test('where a platform counts what arrives, a call counts from its answer', async () => {
    const rates = [{ count: 1, everyMs: second }]
    const pacer = openPacer({ global: { count: 25, everyMs: second }, perPlace: () => rates, counted: 'answered' })
    const calls = [1, 2, 3].map(what =>
      pacer.run('1', async () => {
        await note('1', what)()
        await new Promise(resolve => setTimeout(resolve, 300))
      }),
    )
    await vi.advanceTimersByTimeAsync(minute)
    await Promise.all(calls)
    expect(at('1')).toEqual([0, 1_300, 2_600])
  })

  test('a group gets twenty in any minute, and others do not wait for it', async () => {
    const pacer = telegramLike()
    const calls = Array.from({ length: 50 }, (_, what) => pacer.run('-5', note('-5', what)))
    const other = pacer.run('7', note('7'))
    await vi.advanceTimersByTimeAsync(0)
    expect(at('7')).toEqual([0])
    await vi.advanceTimersByTimeAsync(3 * minute)
    await Promise.all([...calls, other])
    expect(at('-5')).toHaveLength(50)
    expect(most(at('-5'), minute)).toBe(20)
    expect(most(at('-5'), second)).toBe(1)
  })

  test('the platform gets so many in any second, shared by all places', async () => {
    const pacer = telegramLike()
    const calls = Array.from({ length: 200 }, (_, n) => pacer.run(String(n), note(String(n))))
    await vi.advanceTimersByTimeAsync(minute)
    await Promise.all(calls)
    const moments = made.map(call => call.at)
    expect(most(moments, second)).toBe(25)
    expect(Math.max(...moments)).toBe(7 * second)
  })

  test('nothing begins before the pause of a place or of the platform is over', async () => {
    const pacer = telegramLike()
    pacer.pause(5 * second, '1')
    const calls = [pacer.run('1', note('1')), pacer.run('2', note('2'))]
    await vi.advanceTimersByTimeAsync(second)
    pacer.pause(30 * second)
    pacer.pause(10 * second)
    calls.push(pacer.run('3', note('3')), pacer.run('2', note('2')))
    await vi.advanceTimersByTimeAsync(minute)
    await Promise.all(calls)
    expect(at('2')).toEqual([0, 31 * second])
    expect(at('3')).toEqual([31 * second])
    expect(at('1')).toEqual([31 * second])
  })

  test('a pause asked for by one call holds back the next of its place', async () => {
    const pacer = telegramLike()
    const first = pacer.run('1', async () => pacer.pause(8 * second, '1'))
    const next = pacer.run('1', note('1'))
    await vi.advanceTimersByTimeAsync(minute)
    await Promise.all([first, next])
    expect(at('1')).toEqual([8 * second])
  })

  test('what is not worth waiting for is put off, and leaves half of the rate to what is', async () => {
    const pacer = telegramLike()
    const said: number[] = []
    for (let what = 0; what < 30; what += 1) {
      await pacer.run('-5', note('-5', what), { minor: true }).catch((error: unknown) => {
        if (!(error instanceof RetryLater)) throw error
        said.push(error.afterMs)
      })
      await vi.advanceTimersByTimeAsync(second)
    }
    expect(at('-5')).toHaveLength(10)
    expect(said[0]).toBe(50 * second)
    const matters = pacer.run('-5', note('-5'))
    await vi.advanceTimersByTimeAsync(0)
    await matters
    expect(at('-5').at(-1)).toBe(30 * second)
  })

  test('a signal ends the waiting, not the call', async () => {
    const pacer = telegramLike()
    const abort = new AbortController()
    const { signal } = abort
    const slow = pacer.run('1', () => new Promise(resolve => setTimeout(() => resolve('done'), 2 * second)), { signal })
    const waiting = pacer.run('1', note('1', 1), { signal })
    const later = pacer.run('1', note('1', 2))
    const ended = expect(waiting).rejects.toThrow('enough')
    await vi.advanceTimersByTimeAsync(second)
    abort.abort(new Error('enough'))
    await ended
    expect(Date.now() - start).toBe(second)
    await vi.advanceTimersByTimeAsync(minute)
    expect(await slow).toBe('done')
    await later
    expect(made.map(call => call.what)).toEqual([2])
  })

  test('stopping rejects what waits and lets what runs end', async () => {
    const pacer = telegramLike()
    const running = pacer.run('1', () => new Promise(resolve => setTimeout(() => resolve('done'), second)))
    const waiting = [pacer.run('1', note('1')), pacer.run('2', note('2')), pacer.run('2', note('2'))]
    const outcomes = Promise.allSettled(waiting)
    await vi.advanceTimersByTimeAsync(100)
    pacer.stop()
    expect((await outcomes).map(outcome => outcome.status)).toEqual(['rejected', 'fulfilled', 'rejected'])
    await vi.advanceTimersByTimeAsync(minute)
    expect(await running).toBe('done')
    await expect(pacer.run('3', note('3'))).rejects.toThrow('left')
    expect(made).toHaveLength(1)
    expect(pacer.places).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('of a turn every call is paced and counted, and nothing else of its place comes between', async () => {
    const pacer = telegramLike()
    const turn = pacer.turn('-5', async step => {
      const first = await step(note('-5', 1))
      return first + (await step(note('-5', 2)))
    })
    const others = [pacer.run('-5', note('-5', 3)), pacer.run('7', note('7'))]
    await vi.advanceTimersByTimeAsync(minute)
    expect(await turn).toBe(3)
    await Promise.all(others)
    expect(made.filter(call => call.place === '-5').map(({ what }) => what)).toEqual([1, 2, 3])
    expect(at('-5')).toEqual([0, second, 2 * second])
    expect(at('7')).toEqual([0])
  })

  test('stopping between two calls of a turn ends it there', async () => {
    const pacer = telegramLike()
    const turn = pacer.turn('-5', async step => {
      await step(note('-5', 1))
      await step(note('-5', 2))
    })
    const ended = expect(turn).rejects.toThrow('left')
    await vi.advanceTimersByTimeAsync(100)
    pacer.stop()
    await ended
    await vi.advanceTimersByTimeAsync(minute)
    expect(made.map(({ what }) => what)).toEqual([1])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('what is urgent passes five hundred that wait, and is still paced', async () => {
    const pacer = telegramLike(1)
    const calls = Array.from({ length: 500 }, (_, n) => pacer.run(String(n), note(String(n))))
    await vi.advanceTimersByTimeAsync(10 * second)
    const urgent = pacer.run('', note('urgent'), { beside: true, urgent: true })
    await vi.advanceTimersByTimeAsync(second)
    expect(at('urgent')).toEqual([11 * second])
    await urgent
    await vi.advanceTimersByTimeAsync(10 * minute)
    await Promise.all(calls)
    expect(
      most(
        made.map(call => call.at),
        second,
      ),
    ).toBe(1)
  })

  test('a flood of what is urgent takes no more than its half', async () => {
    const pacer = telegramLike()
    const calls = Array.from({ length: 50 }, (_, n) => pacer.run(`${n}`, note('usual')))
    for (let n = 0; n < 10; n += 1) {
      for (let k = 0; k < 100; k += 1) void pacer.run('', note('urgent'), { beside: true, urgent: true })
      await vi.advanceTimersByTimeAsync(second)
    }
    await Promise.all(calls)
    expect(at('usual').filter(moment => moment <= 6 * second)).toHaveLength(50)
    expect(at('urgent').filter(moment => moment <= 2 * second).length).toBeGreaterThanOrEqual(25)
  })

  test('what goes beside the line of a place keeps its pauses, but neither its order nor its rates', async () => {
    const pacer = telegramLike()
    const slow = pacer.run('-5', () => new Promise(resolve => setTimeout(resolve, 10 * second)))
    const ask = (): Promise<number> => pacer.run('-5', note('beside'), { beside: true })
    const asked = [ask(), ask()]
    await vi.advanceTimersByTimeAsync(0)
    expect(at('beside')).toEqual([0, 0])
    pacer.pause(5 * second, '-5')
    asked.push(ask())
    await vi.advanceTimersByTimeAsync(second)
    pacer.pause(30 * second)
    await vi.advanceTimersByTimeAsync(minute)
    await Promise.all([slow, ...asked])
    expect(at('beside')).toEqual([0, 0, 31 * second])
    await vi.advanceTimersByTimeAsync(minute)
    expect(pacer.places).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a place that is quiet is forgotten, its rate not before', async () => {
    const pacer = telegramLike()
    for (let n = 0; n < 20; n += 1) {
      const call = pacer.run('-5', note('-5'))
      await vi.advanceTimersByTimeAsync(second)
      await call
    }
    expect(pacer.places).toBe(1)
    const next = pacer.run('-5', note('-5'))
    await vi.advanceTimersByTimeAsync(39 * second)
    expect(at('-5')).toHaveLength(20)
    await vi.advanceTimersByTimeAsync(second)
    await next
    await vi.advanceTimersByTimeAsync(minute)
    expect(pacer.places).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('five minutes at 25 calls a second keep every rate and lose nothing', async () => {
    const pacer = telegramLike()
    const total = 5 * 60 * 25
    let ended = 0
    for (let n = 0; n < total; n += 1) {
      const chat = n % 600
      const place = n % 25 === 0 ? `-${(n / 25) % 4}` : String(chat)
      void pacer.run(place, note(place)).then(() => {
        ended += 1
      })
      if (n % 25 === 24) await vi.advanceTimersByTimeAsync(second)
    }
    await vi.advanceTimersByTimeAsync(10 * minute)
    expect(ended).toBe(total)
    const moments = made.map(call => call.at)
    const many = moments.filter((moment, n) => n >= 25 && moment - (moments[n - 25] ?? 0) < second)
    expect(many).toEqual([])
    for (const group of ['-0', '-1', '-2', '-3']) expect(most(at(group), minute)).toBeLessThanOrEqual(20)
    await vi.advanceTimersByTimeAsync(2 * minute)
    expect(pacer.places).toBe(0)
  })
})
