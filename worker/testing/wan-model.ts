import { readWanModel, type WanModel } from '../families/wan/settings.ts'

/** model.json of a Wan package that has no files: as large as the 14B models, for tests of decisions. */

const variants = {
  t2v: { conditioning: 'none', tasks: ['text-to-video', 'text-to-image'], lastFrame: 'no' },
  'i2v-a14b': {
    conditioning: 'first-last',
    tasks: ['image-to-video', 'first-last-frame', 'extend'],
    lastFrame: 'optional',
  },
  flf: { conditioning: 'first-last', tasks: ['first-last-frame'], lastFrame: 'required' },
  inp: {
    conditioning: 'known-frames',
    tasks: ['text-to-video', 'text-to-image', 'image-to-video', 'first-last-frame', 'last-frame', 'extend'],
    lastFrame: 'optional',
  },
  ti2v: {
    conditioning: 'per-token',
    tasks: ['text-to-video', 'text-to-image', 'image-to-video', 'extend'],
    lastFrame: 'no',
  },
  move: { conditioning: 'first', tasks: ['image-to-video', 'extend', 'camera', 'brush'], lastFrame: 'no' },
} as const

/** `more` overrides fields of model.json. */
export function wanModel(variant: keyof typeof variants, more: Record<string, unknown> = {}): WanModel {
  const { conditioning, tasks, lastFrame } = variants[variant]
  const parts = {
    text_encoder: 11e9,
    transformer: 28e9,
    ...(variant === 'i2v-a14b' && { transformer_2: 28e9 }),
    ...(conditioning !== 'none' && { vae_encoder: 1e8 }),
    vae_decoder: 2e8,
  }
  const sha256 = '0'.repeat(64)
  const masked = conditioning !== 'none' && conditioning !== 'per-token'
  return readWanModel({
    format: 1,
    id: 'wan-test',
    family: 'wan',
    variant,
    tasks,
    tiers: ['standard'],
    components: Object.fromEntries(Object.keys(parts).map(name => [name, { file: `${name}.onnx`, dtype: 'float16' }])),
    sizes: {
      multiple: 16,
      leastSide: 256,
      mostSide: 1280,
      mostPixels: 832 * 480,
      native: [{ width: 832, height: 480 }],
    },
    frames: { fps: [16], multiple: 4, offset: 1, most: 81 },
    vae: { channels: 2, spatial: 8, temporal: 4, mean: [0, 0], std: [1, 1] },
    text: { length: 512 },
    scheduler: { type: 'unipc', shift: 5 },
    sampling: { standard: { steps: 20, guidance: 4, ...(variant === 'i2v-a14b' && { guidanceLow: 3 }) } },
    ...(variant === 'i2v-a14b' && { boundary: 0.9 }),
    conditioning,
    motion: variant === 'move' ? 'tracks' : 'none',
    memory: { '480p': 40e9 },
    licence: { name: 'Apache-2.0' },
    source: { name: 'test', revision: 'test' },
    settings: {
      channels: { in: masked ? 8 : 2, out: 2 },
      patch: [1, 2, 2],
      expandTimesteps: variant === 'ti2v',
      lastFrame,
      text: { dim: 4, pad: 0, end: 1 },
      image: null,
      vae: { cacheType: 'float16', decoderCaches: [], encoderCaches: [] },
      overlap: 13,
    },
    files: Object.fromEntries(
      Object.entries(parts).flatMap(([name, bytes]) => [
        [`${name}.onnx`, { sha256, bytes: 1e6 }],
        [`${name}.onnx.data`, { sha256, bytes }],
      ]),
    ),
    ...more,
  })
}
