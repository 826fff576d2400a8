import { describe, expect, it } from 'vitest'
import type { Noun } from '../../families/theatre/nouns.ts'
import { type Channel, channel, channelCount } from '../../families/theatre/scene.ts'
import { camera, follows } from './predicates/camera.ts'
import { duo } from './predicates/duo.ts'
import { solo } from './predicates/solo.ts'
import { steady } from './predicates/steady.ts'
import { type Track, trackOf } from './track.ts'

const noun: Noun = {
  id: 'cat',
  group: 'ground-small',
  size: 0.5,
  w: 1,
  h: 1,
  gait: 'quad',
  anchors: {},
  fit: {},
  tags: [],
}
const keyCount = 41

type Motion = Partial<Record<Channel, (second: number) => number>>

/** Five seconds of hand-made states; what is not given is a half-unit sprite that stands on the ground and looks right. */
function track(motion: Motion = {}): Track {
  const rest: Motion = { presence: () => 1, log2Size: () => -1, facing: () => 1, y: () => -0.6 }
  const states = new Float32Array(keyCount * channelCount)
  for (let key = 0; key < keyCount; key++)
    for (const [name, at] of Object.entries({ ...rest, ...motion }))
      states[key * channelCount + channel[name as Channel]] = at(key / 8)
  return trackOf(states, keyCount, 0, 0, noun, 0, 5)
}

const wave = (hertz: number, amount: number) => (t: number) => amount * Math.sin(2 * Math.PI * hertz * t)
const hop = (t: number) => Math.max(0, 0.4 * Math.sin(2 * Math.PI * 0.8 * t))
const still = track()

/** verb -> (does it, almost does it). */
const alone: Record<string, [Motion, Motion]> = {
  walk: [{ x: t => 0.3 * t }, {}],
  run: [{ x: t => 0.8 * t - 2, leg: () => 1 }, { x: t => 0.8 * t - 2 }],
  jump: [{ height: hop }, { height: t => Math.max(0, 0.4 - Math.abs(t - 2)) }],
  fly: [{ height: () => 0.6, x: t => 0.4 * t }, { x: t => 0.4 * t }],
  slide: [{ x: t => 0.4 * t }, { x: t => 0.4 * t, leg: () => 1 }],
  drive: [{ x: t => 0.5 * t }, { x: t => 0.05 * t }],
  roll: [{ rotation: t => 0.3 * t }, {}],
  dance: [{ lean: wave(1, 0.2), squash: wave(2, 0.1) }, { lean: wave(1, 0.01) }],
  spin: [{ rotation: t => 0.4 * t }, { rotation: wave(1, 0.1) }],
  fall: [{ height: t => Math.max(0, 1.6 - t) }, { height: () => 1.6 }],
  float: [{ height: t => 0.15 * t }, {}],
  grow: [{ log2Size: t => -2 + 0.3 * t }, { log2Size: t => -1 - 0.3 * t }],
  shrink: [{ log2Size: t => -0.5 - 0.3 * t }, {}],
  explode: [{ presence: t => (t < 2.5 ? 1 : -1) }, {}],
  appear: [{ presence: t => (t < 1 ? -1 : 1) }, {}],
  vanish: [{ presence: t => (t < 3.5 ? 1 : -1) }, {}],
  sleep: [{ squash: () => -0.2 }, { squash: () => -0.2, x: t => t }],
  wave: [{ lean: wave(1, 0.15) }, {}],
  launch: [{ height: t => Math.max(0, t - 2) }, { height: () => 1.5 }],
  celebrate: [{ height: hop }, {}],
  parkour: [{ height: hop, x: t => 0.6 * t }, { x: t => 0.6 * t }],
  look: [{ facing: t => (t < 2 ? 1 : -1) }, {}],
  hide: [{ x: t => Math.min(1.7, t) }, { x: t => Math.min(1, t) }],
}

describe('what one does alone', () => {
  it.each(Object.entries(alone))('tells %s from almost', (verb, [good, bad]) => {
    expect(solo[verb]?.(track(good))).toBe(true)
    expect(solo[verb]?.(track(bad))).toBe(false)
  })

  it('takes who is gone altogether for no hider', () => {
    expect(solo['hide']?.(track({ x: t => Math.min(2.4, t) }))).toBe(false)
  })

  it('knows every verb of the evaluation', () => {
    for (const verb of ['cry', 'laugh', 'sing', 'speech', 'meeting', 'gather', 'work', 'sit'])
      expect(solo[verb]).toBeDefined()
  })
})

const run = (lag: number) => ({
  x: wave(0.25, 1),
  facing: (t: number) => Math.sign(Math.cos(2 * Math.PI * 0.25 * t)),
  ...(lag ? { x: (t: number) => wave(0.25, 1)(t - lag) } : {}),
})
const pairs: Record<string, [Motion, Motion, Motion, Motion]> = {
  chase: [run(0.5), run(0), run(0), run(0.5)],
  race: [{ x: t => t }, { x: t => t - 0.3 }, { x: t => t }, { x: t => -t }],
  orbit: [{ x: wave(0.25, 0.6), height: t => 0.5 + 0.2 * Math.cos(2 * Math.PI * 0.25 * t) }, {}, { x: () => 0.6 }, {}],
  ride: [{ x: t => 0.4 * t, height: () => 0.3 }, { x: t => 0.4 * t }, { x: t => 0.4 * t + 1 }, { x: t => 0.4 * t }],
  eat: [{}, { x: () => 0.4, presence: t => (t < 3 ? 1 : -1) }, {}, { x: () => 2, presence: t => (t < 3 ? 1 : -1) }],
  kick: [
    {},
    { x: t => 0.4 + Math.max(0, t - 1), height: t => Math.max(0, 0.4 - Math.abs(t - 1.6)) },
    {},
    { x: () => 0.4 },
  ],
  throw: [
    {},
    { x: t => Math.max(0, t - 1), height: t => Math.max(0, 0.6 - Math.abs(t - 1.6)) },
    {},
    { x: t => t, height: () => 0.6 },
  ],
  meet: [{ x: () => -0.3 }, { x: () => 0.3, facing: () => -1 }, { x: () => -0.3, facing: () => -1 }, { x: () => 0.3 }],
  hug: [{ x: () => -0.2 }, { x: () => 0.2 }, { x: () => -1 }, { x: () => 1 }],
  fight: [{ x: () => -0.3, lean: wave(1, 0.2) }, { x: () => 0.3 }, { x: () => -0.3 }, { x: () => 0.3 }],
  push: [{ x: t => 0.2 * t }, { x: t => 0.2 * t + 0.5 }, {}, { x: () => 0.5 }],
  pull: [{ x: t => 0.2 * t }, { x: t => 0.2 * t - 0.5 }, { x: t => 0.2 * t }, { x: t => 0.2 * t + 0.5 }],
  on: [{ height: () => 0.5 }, {}, {}, {}],
  beside: [{ x: () => 0.6 }, {}, {}, {}],
  behind: [{ y: () => -0.4 }, {}, { y: () => -0.7 }, {}],
  'in-front': [{ y: () => -0.75 }, {}, {}, {}],
  under: [{}, { height: () => 0.4 }, { x: () => 2 }, {}],
  above: [{ height: () => 0.7 }, {}, {}, {}],
  hold: [{ x: t => t }, { x: t => t + 0.2 }, { x: t => t }, {}],
}

describe('what one does to another', () => {
  it.each(Object.entries(pairs))('tells %s from almost', (verb, [a, b, badA, badB]) => {
    expect(duo[verb]?.(track(a), track(b))).toBe(true)
    expect(duo[verb]?.(track(badA), track(badB))).toBe(false)
  })
})

describe('the camera', () => {
  it.each([
    ['push-in', { log2Size: (t: number) => 0.1 * t }, 'pull-out'],
    ['pull-out', { log2Size: (t: number) => -0.1 * t }, 'push-in'],
    ['pan-left', { x: (t: number) => -0.2 * t }, 'pan-right'],
    ['pan-right', { x: (t: number) => 0.2 * t }, 'pan-left'],
    ['crane-up', { y: (t: number) => 0.08 * t }, 'crane-down'],
    ['crane-down', { y: (t: number) => -0.08 * t }, 'crane-up'],
    ['orbit', { x: wave(0.2, 0.4) }, 'fixed'],
    ['zoom-fast', { log2Size: (t: number) => (t < 2 ? 0 : 0.7) }, 'fixed'],
    ['handheld', { x: wave(0.8, 0.03) }, 'push-in'],
    ['fixed', {}, 'pan-left'],
  ] as [string, Motion, string][])('%s is told from its opposite', (move, motion, other) => {
    expect(camera[move]?.(track({ log2Size: () => 0, ...motion }))).toBe(true)
    expect(camera[other]?.(track({ log2Size: () => 0, ...motion }))).toBe(false)
  })

  it('follows who goes away, or does not', () => {
    const goer = track({ x: t => t - 2.5 })
    expect(follows(track({ x: t => 0.95 * (t - 2.5) }), goer)).toBe(true)
    expect(follows(still, goer)).toBe(false)
  })
})

describe('steadiness', () => {
  it('refuses teleports and jerks, but not of a kicked ball', () => {
    expect(steady(track({ x: wave(0.3, 0.8) }), still, false)).toBe(true)
    expect(steady(track({ x: t => (t < 2 ? 0 : 1) }), still, true)).toBe(false)
    const start = track({ x: t => (t < 2 ? 0 : 3.6 * (t - 2)) })
    expect(steady(start, still, false)).toBe(false)
    expect(steady(start, still, true)).toBe(true)
  })

  it('does not look at who is off stage', () => {
    expect(steady(track({ x: t => (t < 2 ? 0 : 1), presence: t => (t < 2 ? 1 : -1) }), still, false)).toBe(true)
  })
})
