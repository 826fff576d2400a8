import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from './parse/parse.ts'
import { recipeLine } from './recipe-line.ts'
import { cameraAxes, cameraPresets, Recipe, ratios, tiers } from './request.ts'

const media = fc.constantFrom('pictures/first-frame.png', 'pictures/other-one.jpg')
const camera = fc.oneof(
  fc.constantFrom(...cameraPresets).map(preset => ({ preset })),
  fc
    .dictionary(fc.constantFrom(...cameraAxes), fc.integer({ min: -10, max: 10 }), { minKeys: 1 })
    .map(axes => ({ axes })),
)
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.constantFrom(...'a cat 猫 竖屏 10秒 推近 portrait --seed 5 --no rain , 。 \n /video high'.split(' ')), {
      maxLength: 8,
    })
    .map(parts => parts.join(' ')),
)
const recipe = fc
  .record(
    {
      kind: fc.constantFrom('video' as const, 'image' as const),
      prompt: words,
      negative: words,
      model: fc.constantFrom('theatre', 'wan2.1-t2v-1.3b'),
      tier: fc.constantFrom(...tiers),
      seconds: fc.integer({ min: 1, max: 180 }),
      ratio: fc.constantFrom(...ratios),
      seed: fc.integer({ min: 0, max: 0xffffffff }),
      guidance: fc.integer({ min: 0, max: 200 }).map(tenths => tenths / 10),
      fps: fc.constantFrom(24 as const, 30 as const),
      firstFrame: media,
      continues: fc.constant('0123456789abcdef'),
      camera,
    },
    { requiredKeys: ['kind', 'prompt', 'negative', 'model', 'tier', 'seconds', 'ratio', 'seed'] },
  )
  .map(made => Recipe.parse(made))

/** What a line asks for, where `--like` names this clip; as bots/making.ts does it. */
function asked(line: string, clip: Recipe): unknown {
  const [, command = '', text = ''] = /^\/(\w+) (.*)$/su.exec(line) ?? []
  const { like, prompt, ...options } = parse(text)
  const base = like === undefined ? { negative: '' } : clip
  const words = prompt === '' && like !== undefined ? clip.prompt : prompt
  return { ...base, ...options, prompt: words, kind: command }
}

test('the line of any recipe asks for that very recipe again', () => {
  fc.assert(
    fc.property(recipe, made => {
      expect(asked(recipeLine(made, 'K7Q2'), made)).toEqual(made)
    }),
    { numRuns: 1500 },
  )
})

test('is as plain as it can be', () => {
  const plain = Recipe.parse({
    ...{ kind: 'video', prompt: '一只猫追蝴蝶', model: 'theatre', tier: 'high', seconds: 10, ratio: '9:16', seed: 42 },
    ...{ negative: 'rain, dogs', guidance: 4.5, fps: 30, camera: { axes: { zoom: 5, pan: -2 } } },
  })
  expect(recipeLine(plain, 'K7Q2')).toBe(
    '/video 一只猫追蝴蝶 --ar 9:16 --seconds 10 --tier high --seed 42 --model theatre --guidance 4.5 --camera pan:-2,zoom:5 --fps 30 --no rain, dogs',
  )
  expect(recipeLine({ ...plain, firstFrame: 'pictures/first-frame.png' }, 'K7Q2')).toMatch(
    / --no rain, dogs --like K7Q2$/,
  )
  expect(recipeLine({ ...plain, prompt: 'a sign: --sale' }, 'K7Q2')).toBe(
    '/video --ar 9:16 --seconds 10 --tier high --seed 42 --model theatre --guidance 4.5 --camera pan:-2,zoom:5 --fps 30 --like K7Q2',
  )
})
