import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import { ClipId, promptLimit, recipeWith } from '../request.ts'
import { clean } from './clean.ts'
import { parse, print } from './parse.ts'
import type { Wish } from './wish.ts'

describe('dashed options', () => {
  test.each<[string, Wish]>([
    [
      'a cat chasing a butterfly --ar 9:16 --seconds 10',
      { prompt: 'a cat chasing a butterfly', ratio: '9:16', seconds: 10 },
    ],
    ['--tier high a cat --seed 42', { prompt: 'a cat', tier: 'high', seed: 42 }],
    ['a cat --no text, logo --model theatre', { prompt: 'a cat', negative: 'text, logo', model: 'theatre' }],
    [
      'a cat --guidance 4.5 --fps 30 --camera push-in',
      { prompt: 'a cat', guidance: 4.5, fps: 30, camera: { preset: 'push-in' } },
    ],
    ['a cat --camera zoom in --seed 1', { prompt: 'a cat', seed: 1, camera: { preset: 'push-in' } }],
    ['a cat --camera zoom:5,pan=-2', { prompt: 'a cat', camera: { axes: { zoom: 5, pan: -2 } } }],
    ['a cat --camera push-in+pan-left', { prompt: 'a cat', camera: { axes: { zoom: 5, horizontal: -5 } } }],
    ['猫 --运镜 拉远,升降', { prompt: '猫', camera: { axes: { zoom: -5, vertical: 5 } } }],
    ['a cat --camera orbit+orbit', { prompt: 'a cat', camera: { preset: 'orbit' } }],
    ['一只猫 推近 --camera orbit', { prompt: '一只猫', camera: { preset: 'orbit' } }],
    ['猫 —ar 9：16 －－seconds 10', { prompt: '猫', ratio: '9:16', seconds: 10 }],
    ['猫 --比例 竖屏 --时长=10秒 --画质 高品质', { prompt: '猫', ratio: '9:16', seconds: 10, tier: 'high' }],
    ['a cat --ar 9x16 --ar 1:1', { prompt: 'a cat', ratio: '1:1' }],
    ['a cat --seconds 15, portrait', { prompt: 'a cat', seconds: 15, ratio: '9:16' }],
    ['--last a cat runs home --seed 4', { prompt: 'a cat runs home', last: true, seed: 4 }],
    ['a cat runs home --no rain --last', { prompt: 'a cat runs home', negative: 'rain', last: true }],
    ['--尾帧，一只猫回家', { prompt: '一只猫回家', last: true }],
    ['一只猫回家 —最后一帧', { prompt: '一只猫回家', last: true }],
    ['a cat runs home --last, portrait', { prompt: 'a cat runs home', last: true, ratio: '9:16' }],
    ['--last-frame:a cat --end-frame --last', { prompt: 'a cat', last: true }],
    ['a cat — it runs -- and <!-- jumps -->', { prompt: 'a cat — it runs -- and <!-- jumps -->' }],
  ])('%s', (text, wish) => expect(parse(text)).toEqual(wish))

  test.each([
    ['a cat --second-s 5', 'refusal.option-unknown-near', { near: '--seconds' }],
    ['a cat --raito 9:16', 'refusal.option-unknown-near', { near: '--ratio' }],
    ['a cat --xyzzyplugh', 'refusal.option-unknown', {}],
    ['a cat --ar', 'refusal.option-empty', { option: '--ar' }],
    ['a cat --no --seed 4', 'refusal.option-empty', { option: '--no' }],
    ['a cat --camera pushin', 'refusal.option-value-near', {}],
    ['a cat --camera orbit+push-in', 'refusal.camera-mix', { cameras: 'orbit, push-in' }],
    ['a cat --camera pan-left,pan-right', 'refusal.camera-mix', {}],
    ['一只猫 推近 拉远', 'refusal.camera-mix', { cameras: 'push-in, pull-out' }],
    ['一只猫，固定，跟拍', 'refusal.camera-mix', { cameras: 'fixed, follow' }],
    ['a cat --camera push-in+barrel', 'refusal.option-value', {}],
    ['a cat --tier hihg', 'refusal.option-value-near', { near: 'high' }],
    ['a cat --seconds 0', 'refusal.option-value', { allowed: '1–180' }],
    ['a cat --seconds 1e1', 'refusal.option-value', {}],
    ['a cat --seed -3', 'refusal.option-value', {}],
    ['a cat --fps 25', 'refusal.option-value', {}],
    ['a cat --seconds 500', 'refusal.option-value', { value: '500' }],
    ['x'.repeat(10_000), 'refusal.prompt-too-long', { chars: 10_000 }],
    ['x '.repeat(10_000), 'refusal.prompt-too-long', {}],
  ])('%s is refused', (text, code, params) => {
    const error = thrown(text)
    expect(error?.code).toBe(code)
    expect(error?.params).toMatchObject(params)
  })
})

describe('plain words', () => {
  test.each<[string, Wish]>([
    [
      '一只猫追蝴蝶 10秒 竖屏 推近',
      { prompt: '一只猫追蝴蝶', seconds: 10, ratio: '9:16', camera: { preset: 'push-in' } },
    ],
    [
      '一只猫追蝴蝶，10秒，竖屏，环绕。',
      { prompt: '一只猫追蝴蝶。', seconds: 10, ratio: '9:16', camera: { preset: 'orbit' } },
    ],
    ['竖屏10秒 一只猫', { prompt: '一只猫', seconds: 10, ratio: '9:16' }],
    ['一只猫追蝴蝶10秒', { prompt: '一只猫追蝴蝶', seconds: 10 }],
    ['一只企鹅穿西装 1080p 拉远', { prompt: '一只企鹅穿西装', tier: 'high', camera: { preset: 'pull-out' } }],
    ['一只猫，大师', { prompt: '一只猫', tier: 'master' }],
    ['十秒，一只猫', { prompt: '一只猫', seconds: 10 }],
    ['10秒', { prompt: '', seconds: 10 }],
    [
      'a cat chasing a butterfly, portrait, zoom in',
      { prompt: 'a cat chasing a butterfly', ratio: '9:16', camera: { preset: 'push-in' } },
    ],
    ['a cat 10s portrait zoom in', { prompt: 'a cat', seconds: 10, ratio: '9:16', camera: { preset: 'push-in' } }],
    ['square, a dog runs. 10 seconds', { prompt: 'a dog runs.', ratio: '1:1', seconds: 10 }],
    ['a dog runs\n1080p\nat night', { prompt: 'a dog runs\nat night', tier: 'high' }],
    ['a cat, high quality', { prompt: 'a cat', tier: 'high' }],
    ['一只猫，高清', { prompt: '一只猫', tier: 'high' }],
    ['一只猫，大师级', { prompt: '一只猫', tier: 'master' }],
    ['一只猫 大师画质', { prompt: '一只猫', tier: 'master' }],
    ['a dog, camera follows', { prompt: 'a dog', camera: { preset: 'follow' } }],
    ['a dog, follow shot', { prompt: 'a dog', camera: { preset: 'follow' } }],
    ['一只狗 跟拍', { prompt: '一只狗', camera: { preset: 'follow' } }],
    ...(
      [
        ...[['推近', 'push-in'] as const, ['拉远', 'pull-out'] as const, ['左移', 'pan-left'] as const],
        ...[['右移', 'pan-right'] as const, ['环绕', 'orbit'] as const, ['跟拍', 'follow'] as const],
        ...[['升降', 'crane-up'] as const, ['手持', 'handheld'] as const, ['固定', 'fixed'] as const],
      ] as const
    ).map(([word, preset]): [string, Wish] => [`一只猫追蝴蝶 ${word}`, { prompt: '一只猫追蝴蝶', camera: { preset } }]),
    ['一只猫 推近 左移 升降', { prompt: '一只猫', camera: { axes: { zoom: 5, horizontal: -5, vertical: 5 } } }],
    ['a dog, pull out, pan right', { prompt: 'a dog', camera: { axes: { zoom: -5, horizontal: 5 } } }],
    ['a dog, handheld', { prompt: 'a dog', camera: { preset: 'handheld' } }],
    ['一只猫回家 尾帧', { prompt: '一只猫回家', last: true }],
    ['作为最后一帧，一只猫回家', { prompt: '一只猫回家', last: true }],
    ['一只猫回家，最后一帧，竖屏', { prompt: '一只猫回家', last: true, ratio: '9:16' }],
    ['a cat runs home as the last frame', { prompt: 'a cat runs home', last: true }],
    ['a cat runs home, end on this', { prompt: 'a cat runs home', last: true }],
    ['a film that has lost its last frame', { prompt: 'a film that has lost its last frame' }],
    ['最后一帧里有一只猫', { prompt: '最后一帧里有一只猫' }],
    ['a boat, crane up', { prompt: 'a boat', camera: { preset: 'crane-up' } }],
    ['a cat runs, 5 seconds, then it jumps', { prompt: 'a cat runs, then it jumps', seconds: 5 }],
    ['a cat 10 seconds, portrait', { prompt: 'a cat', seconds: 10, ratio: '9:16' }],
    ['a cat --tier 高 --camera following', { prompt: 'a cat', tier: 'high', camera: { preset: 'follow' } }],
    ['a cat in 9:16', { prompt: 'a cat in', ratio: '9:16' }],
  ])('%s', (text, wish) => expect(parse(text)).toEqual(wish))

  test.each([
    'a cat, high',
    '一只猫，高，跳',
    'a knight, master',
    'a flag, standard',
    'a master cooks',
    '大师傅做菜',
    'wait 5 seconds, then jump',
    'a man waits 5 seconds',
    'run 10 seconds, stop, run',
    '跑10秒，停下，再跑',
    '跑 10秒，停下，再跑',
    'a dog, following',
    'a boat, rise',
    'the moon, orbit',
    '热气球，上升',
    '一群鸭子，跟随',
    'it lasts 300 seconds',
    '100米跑 300秒',
    'a cat, 500 seconds',
    'a man sleeps 30 seconds',
    'a 10 second rule',
    'the 10 second rule breaks',
    'a man waits for 10 seconds',
    'a disco in the 80s',
    'dancers of the 70s',
    'a girl paints a portrait',
    'a wide landscape',
    'planets in orbit',
    'Times Square',
    'follow the white rabbit',
    '5 seconds later the cat jumps',
    '他等了 10秒',
    '他等了10秒',
    '10秒后猫跳起来',
    '10秒 后猫跳起来',
    '每隔10秒',
    '太极 大师',
    '一位太极大师在竖屏前',
    '镜头缓缓推近',
    '比分 4:3',
    'a sign saying "10s"',
    'buy 1,000 apples',
    'the fixed price of 3.5 apples',
  ])('%s stays as it is', text => expect(parse(text)).toEqual({ prompt: text }))
})

describe('text from the wild', () => {
  test.each([
    ["Robert'); DROP TABLE students;--"],
    ['<script>alert(1)</script>'],
    ['$(rm -rf /) `id` && curl x | sh'],
    ["drawtext=text='a':textfile=/etc/passwd,movie=x.mp4[v]"],
    ['🐱🦋👩‍👩‍👧‍👦'],
    ['قطة تطارد فراشة'],
    ['{{constructor}} {credits} %s %n'],
  ])('%s is only text', text => expect(parse(text)).toEqual({ prompt: clean(text) }))

  test('control characters and bidi overrides go, joiners stay', () => {
    expect(parse('a\u0000cat\u001b[31m \u202erev\u202c 👩‍🚀 \ud800x').prompt).toBe('a cat [31m rev 👩‍🚀 x')
  })
})

const anyRecipe = recipeWith(ClipId).partial()
const fragment = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...'10秒 竖屏 推近 大师 portrait 10s , ， . 。 \n a cat --ar 9:16 --seconds 12 --no --camera zoom in zoom:3 —seed 42 --tier high --fps --model 猫 等了 for 10 seconds 1080p 720p 2048s ３秒 －－ar 4:3 --x= --no=--ar --last --last=--ar --尾帧， 尾帧 最后一帧 as the last frame'.split(
      ' ',
    ),
  ),
)
const line = fc.array(fragment, { maxLength: 12 }).map(parts => parts.join(' '))

describe('any text', () => {
  test('parses to a valid recipe or gives one UserError', () => {
    fc.assert(
      fc.property(line, text => {
        const wish = attempt(text)
        if (!wish) return
        const { ratio, seconds, tier, seed, guidance, camera, fps, negative, prompt } = anyRecipe.parse({
          ...wish,
          model: undefined,
        })
        expect({ ratio, seconds, tier, seed, guidance, camera, fps, prompt }).toEqual({ ...blank, ...without(wish) })
        expect(negative).toBe(wish.negative ?? '')
        expect(prompt?.length).toBeLessThanOrEqual(promptLimit)
      }),
      { numRuns: 2000 },
    )
  })

  test('print(parse(x)) parses to the same', () => {
    fc.assert(
      fc.property(line, text => {
        const wish = attempt(text)
        if (wish) expect(parse(print(wish))).toEqual(wish)
      }),
      { numRuns: 4000 },
    )
  })

  test('cleaning twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(clean(clean(text))).toBe(clean(text))
      }),
      { numRuns: 3000 },
    )
  })
})

const blank = Object.fromEntries(
  ['ratio', 'seconds', 'tier', 'seed', 'guidance', 'camera', 'fps'].map(key => [key, undefined]),
)
const without = ({ negative: _, model: __, last: ___, ...rest }: Wish): Omit<Wish, 'negative' | 'model' | 'last'> =>
  rest

function thrown(text: string): UserError | undefined {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  return undefined
}

const attempt = (text: string): Wish | undefined => (thrown(text) ? undefined : parse(text))
