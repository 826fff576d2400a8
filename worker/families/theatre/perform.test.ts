import { beforeAll, describe, expect, it } from 'vitest'
import type { Stroke } from '../../../core/request.ts'
import { pathAt, toWorld } from './brush.ts'
import type { Direction } from './direction.ts'
import { type Performance, type PerformOptions, perform } from './perform.ts'
import type { Director } from './sample.ts'
import { cameraSlot, channel, channelCount, keyOffset } from './scene.ts'
import type { Role, Script } from './script.ts'
import { prefixKeys, readState, writeState } from './state.ts'
import { fakeDirector, shippedDirection } from './testing/fake-director.ts'
import { momentAt } from './timeline.ts'
import { maskWidth, rowWidth } from './window.ts'

let direction: Direction
beforeAll(async () => {
  direction = await shippedDirection()
})

const role = (noun: string, more: Partial<Role> = {}): Role => ({
  noun,
  verbs: ['idle'],
  phrase: 0,
  implied: false,
  ...more,
})
const script = (cast: Role[], more: Partial<Script> = {}): Script => ({
  cast,
  denied: [],
  unknownWords: [],
  invented: false,
  set: 'garden',
  ...more,
})
const options = (more: Partial<PerformOptions> = {}): PerformOptions => ({
  seconds: 5,
  ratio: '16:9',
  aspect: 16 / 9,
  seed: 1,
  guidance: 2,
  steps: 3,
  signal: new AbortController().signal,
  picture: false,
  ...more,
})
const play = (cast: Role[], more: Partial<PerformOptions> = {}, asked: Parameters<Director>[0][] = []) =>
  perform(fakeDirector(direction, asked), direction, script(cast), options(more))

describe('perform', () => {
  it('gives the same clip for the same seed, bit for bit, and another for another', async () => {
    const one = await play([role('cat')])
    expect((await play([role('cat')])).keys).toEqual(one.keys)
    expect((await play([role('cat')], { seed: 2 })).keys).not.toEqual(one.keys)
  })

  it('tells the graph who is known and leads away from silence', async () => {
    const asked: Parameters<Director>[0][] = []
    await play([role('cat'), role('dog')], {}, asked)
    const [question] = asked
    expect(asked.length).toBe(3)
    expect(question?.time).toBe(0)
    const set = direction.globals.indexOf('set')
    expect(question?.words[set]).toBe(direction.tokens.sets.indexOf('garden') + 1)
    expect(question?.words[direction.globals.length + set]).toBe(0)
    const verb = direction.cast.indexOf('verb1')
    expect(question?.cast[verb]).toBe(direction.verbIds.indexOf('idle') + 1)
    expect(question?.cast[10 * direction.cast.length + verb]).toBe(0)
    expect(question?.cast[10 * direction.cast.length]).toBe((direction.nounIndex.get('cat') ?? -2) + 1)
    expect([0, 1, 2].map(slot => question?.mask[slot * maskWidth(direction)])).toEqual([1, 1, 0])
    expect(question?.known.subarray(0, direction.codeLength)).toEqual(
      direction.codes
        .subarray((direction.nounIndex.get('cat') ?? 0) * direction.codeLength)
        .subarray(0, direction.codeLength),
    )
  })

  it('leads away from what is denied', async () => {
    const asked: Parameters<Director>[0][] = []
    const denied = [{ kind: 'weather' as const, id: 'rain' }]
    await perform(fakeDirector(direction, asked), direction, script([role('cat')], { denied }), options())
    const weather = direction.globals.indexOf('weather')
    expect(asked[0]?.words[weather]).toBe(0)
    expect(asked[0]?.words[direction.globals.length + weather]).toBe(direction.tokens.weathers.indexOf('rain') + 1)
  })

  it('chains windows: the next one is given the keys of the one before', async () => {
    const asked: Parameters<Director>[0][] = []
    const clip = await play([role('cat')], { seconds: 12 }, asked)
    expect(clip.keyCount).toBe(7 + 12 * 8 + 1)
    expect(asked.length).toBe(9)
    const second = asked[3]
    const row = maskWidth(direction)
    const whole = second?.mask.subarray(1 + direction.keys, 1 + direction.keys + 10)
    expect([...(whole ?? [])]).toEqual([...new Array(8).fill(1), 0, 0])
    expect(second?.mask[11 * row]).toBe(1)
    expect([...clip.keys].every(Number.isFinite)).toBe(true)
  })

  it('goes on from a stored state without a jump, with the same people in the same set', async () => {
    const first = await play([role('cat'), role('top-hat', { attach: 'wear', parent: 0, verbs: [] })])
    const state = readState(writeState(first.end))
    expect(state).toBeDefined()
    const second = await play([role('cat', { verbs: ['run'] })], { seed: 9, previous: state })
    expect(second.background).toEqual(first.background)
    expect(second.nouns).toEqual(first.nouns)
    expect(second.script.cast[0]?.verbs).toEqual(['run'])
    const end = direction.keys - prefixKeys
    // All but the key before the last one, which is not shown: it gives the curve the speed with which the first clip ended.
    for (const slot of [0, 1, cameraSlot])
      for (const c of [channel.x, channel.height, channel.log2Size])
        for (let key = 0; key < prefixKeys; key += key === prefixKeys - 3 ? 2 : 1)
          expect(second.keys[keyOffset(slot, key, 48) + c]).toBeCloseTo(
            first.keys[keyOffset(slot, end + key, 48) + c] ?? 9,
            5,
          )
    const speed = (clip: Performance, from: number, to: number) =>
      [cameraSlot, 0, 1].flatMap(slot => {
        const [a, b] = [momentAt(clip, from), momentAt(clip, to)]
        const i = slot * channelCount
        return [channel.x, channel.height].map(c => ((b[i + c] ?? 0) - (a[i + c] ?? 0)) / (to - from))
      })
    const [before, after] = [speed(first, 4.999, 5), speed(second, 0, 0.001)]
    for (const [i, value] of before.entries()) expect(after[i]).toBeCloseTo(value, 1)
  })

  it('leaves behind where it ended, also where it is shorter than what was directed', async () => {
    const first = await play([role('cat', { verbs: ['run'] })], { seconds: 3 })
    const second = await play([role('cat', { verbs: ['run'] })], { seed: 9, previous: first.end })
    const at = channel.x + cameraSlot * channelCount
    for (const i of [channel.x, channel.height, at])
      expect(momentAt(second, 0)[i]).toBeCloseTo(momentAt(first, 3)[i] ?? 9, 5)
  })

  it('lets newcomers in through free slots and keeps who is not mentioned', async () => {
    const first = await play([role('cat'), role('dog', { phrase: 1 })])
    const second = await play([role('dog', { verbs: ['jump'] }), role('rabbit', { phrase: 1 })], {
      previous: first.end,
    })
    const nouns = second.slots.map(slot => second.nouns[slot])
    expect(second.script.cast.map(({ noun }) => noun)).toEqual(nouns)
    expect(nouns).toEqual(['dog', 'rabbit', 'cat'])
    expect(second.slots.slice(0, 1)).toEqual([1])
  })

  it('moves the camera along its axes', async () => {
    const asked: Parameters<Director>[0][] = []
    const clip = await play([role('cat')], { camera: { axes: { zoom: 10, horizontal: -10 } } }, asked)
    const at = (key: number, c: number) => clip.keys[keyOffset(cameraSlot, key, 48) + c] ?? 9
    expect(at(7, channel.log2Size)).toBeCloseTo(0, 2)
    expect(at(47, channel.log2Size)).toBeCloseTo(0.5, 2)
    expect(at(47, channel.x)).toBeCloseTo(-0.65, 2)
    expect(asked[0]?.mask[cameraSlot * maskWidth(direction) + 1 + direction.keys + 20]).toBe(1)
  })

  it('puts brushed actors exactly on their paths, whatever their size', async () => {
    const stroke: Stroke = {
      grid: { columns: 8, rows: 8 },
      cells: [34],
      motion: {
        path: [
          { x: 0.3, y: 0.55 },
          { x: 0.7, y: 0.7 },
        ],
      },
    }
    const clip = await play([role('cat')], { strokes: [stroke] })
    const tall = 2 ** -1 * (direction.nouns[direction.nounIndex.get('cat') ?? 0]?.h ?? 1)
    for (const [key, share] of [
      [7, 0],
      [27, 0.5],
      [47, 1],
    ] as const) {
      const goal = toWorld(pathAt(stroke, share), 16 / 9)
      const at = (c: number) => clip.keys[keyOffset(0, key, 48) + c] ?? 9
      expect(at(channel.x)).toBeCloseTo(goal.x, 4)
      expect(at(channel.y) + at(channel.height) + tall / 2).toBeCloseTo(goal.y, 4)
    }
  })

  it('invents only decor of the set, and nobody whom the words name or deny', async () => {
    const crowd: Director = async question => {
      const out = await fakeDirector(direction)(question)
      const code = direction.codes
        .subarray((direction.nounIndex.get('butterfly') ?? 0) * direction.codeLength)
        .subarray(0, direction.codeLength)
      for (let token = 0; token < 24; token++) if (token % 12 < 10) out.set(code, token * rowWidth(direction))
      return out
    }
    const free = await perform(crowd, direction, script([role('cat')]), options())
    expect(new Set(free.nouns.slice(1))).toEqual(new Set(['butterfly', undefined]))
    const named = await perform(crowd, direction, script([role('butterfly')]), options())
    expect(named.nouns.slice(1)).not.toContain('butterfly')
    const picture = await perform(crowd, direction, script([role('cat')]), options({ picture: true }))
    expect(picture.nouns.slice(1).every(noun => noun === undefined)).toBe(true)
  })

  it('stops between steps when it is called off', async () => {
    const stop = new AbortController()
    const asked: Parameters<Director>[0][] = []
    const director = fakeDirector(direction, asked)
    const running = perform(
      question => {
        if (asked.length === 1) stop.abort(new Error('enough'))
        return director(question)
      },
      direction,
      script([role('cat')]),
      options({ steps: 10, signal: stop.signal }),
    )
    await expect(running).rejects.toThrow('enough')
    expect(asked.length).toBeLessThan(4)
  })
})

describe('end states', () => {
  it('refuses bytes that are none', async () => {
    const { end } = await play([role('cat')])
    const bytes = writeState(end)
    expect(readState(bytes)?.nouns).toEqual(end.nouns)
    expect(bytes.length).toBeLessThan(20_000)
    expect(readState(new Uint8Array([1, 2, 3]))).toBeUndefined()
    expect(readState(bytes.slice(0, 500))).toBeUndefined()
    expect(readState(writeState({ ...end, keys: end.keys.slice(1) }))).toBeUndefined()
    expect(readState(writeState({ ...end, keys: end.keys.map(() => Number.NaN) }))).toBeUndefined()
  })
})
