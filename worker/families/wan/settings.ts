import { z } from 'zod'
import { ModelJson } from '../../model-json.ts'

/** `settings` of a Wan package; worker/export/PACKAGE.md says what the graphs take and give. */

const whole = z.number().int().positive()
/** [channels, frames, times the latent's height and width]. */
const Cache = z.tuple([whole, whole, whole])

const Image = z.object({
  /** Side of the square picture the encoder takes. */
  size: whole,
  /** Tokens and numbers per token that come out for each picture. */
  tokens: whole,
  dim: whole,
  /** Pictures the transformer wants: 2 for first and last. */
  pictures: z.union([z.literal(1), z.literal(2)]),
  /** The shorter side is made this long first; a pair is an exact width and height. */
  shortestEdge: z.union([whole, z.tuple([whole, whole])]).nullable(),
  /** Then the middle is cut out. */
  crop: whole.nullable(),
  resample: z.enum(['bicubic', 'lanczos']),
  /** A level of 0..255 times this, less the mean, over the deviation. */
  scale: z.number().positive(),
  mean: z.array(z.number()).length(3),
  std: z.array(z.number().positive()).length(3),
})
export type ImageSettings = z.infer<typeof Image>

export const WanSettings = z.object({
  /** Of the transformer's input and output. */
  channels: z.object({ in: whole, out: whole }),
  patch: z.tuple([whole, whole, whole]),
  /** A timestep for every token instead of one for all. */
  expandTimesteps: z.boolean(),
  lastFrame: z.enum(['no', 'optional', 'required']),
  text: z.object({ dim: whole, pad: z.number().int().nonnegative(), end: z.number().int().nonnegative() }),
  image: Image.nullable(),
  vae: z.object({
    cacheType: z.enum(['float32', 'float16']),
    decoderCaches: z.array(Cache),
    encoderCaches: z.array(Cache),
  }),
  /** Frames of a clip before that the next one is told, 1 + 4k of them, by models that take more than one. */
  overlap: whole.default(5),
})

const componentNames = [
  'text_encoder',
  'transformer',
  'transformer_2',
  'image_encoder',
  'vae_encoder',
  'vae_encoder_loop',
  'vae_decoder',
  'vae_decoder_loop',
] as const
export type ComponentName = (typeof componentNames)[number]

/** A Wan package's model.json, with what the family needs made certain. */
export interface WanModel extends ModelJson {
  readonly vae: NonNullable<ModelJson['vae']>
  readonly text: NonNullable<ModelJson['text']>
  readonly scheduler: NonNullable<ModelJson['scheduler']>
  readonly settings: ModelJson['settings'] & z.infer<typeof WanSettings>
}

/** Checks a model.json of family `wan` beyond its schema. Throws an Error with one line that names what is wrong. */
export function readWanModel(raw: unknown): WanModel {
  const model = ModelJson.parse(raw)
  const parsed = WanSettings.safeParse(model.settings)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`model.json: settings.${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { vae, text, scheduler } = model
  if (!vae || !text || !scheduler) throw new Error('model.json: a Wan package needs "vae", "text" and "scheduler"')
  const settings = { ...model.settings, ...parsed.data }
  const wan: WanModel = { ...model, vae, text, scheduler, settings }
  checkWhole(wan)
  return wan
}

function checkWhole(model: WanModel): void {
  const { settings, vae, components, conditioning } = model
  const say = (what: string): never => {
    throw new Error(`model.json: ${what}`)
  }
  const needed: ComponentName[] = ['text_encoder', 'transformer', 'vae_decoder']
  if (model.boundary !== undefined) needed.push('transformer_2')
  if (settings.image) needed.push('image_encoder')
  if (conditioning !== 'none') needed.push('vae_encoder')
  for (const name of needed) if (!components[name]) say(`a ${model.variant} package needs the component "${name}"`)
  for (const list of [vae.mean, vae.std])
    if (list.length !== vae.channels) say(`vae: ${list.length} statistics for ${vae.channels} channels`)
  if (settings.overlap % vae.temporal !== 1 % vae.temporal) say(`settings.overlap must be 1 + ${vae.temporal}k`)
  const { type, order = 2, solver = 'bh2', lowerOrderFinal = true, trainTimesteps = 1000 } = model.scheduler
  if (trainTimesteps !== 1000) say('scheduler: trainTimesteps is 1000 for every Wan')
  if (type === 'unipc' && (order !== 2 || solver !== 'bh2' || lowerOrderFinal !== true))
    say('scheduler: UniPC is there with order 2, solver bh2 and lowerOrderFinal only')
  const masked = conditioning === 'first' || conditioning === 'first-last' || conditioning === 'known-frames'
  const expected = vae.channels + (masked ? 4 + vae.channels : 0)
  if (settings.channels.in !== expected)
    say(`settings.channels.in is ${settings.channels.in}, but conditioning "${conditioning}" makes ${expected}`)
  if (settings.channels.out !== vae.channels) say(`settings.channels.out is not the VAE's ${vae.channels}`)
}
