import type { Size } from './geometry.ts'
import type { ComponentName, WanModel } from './settings.ts'

/** How much of a model is held at a time: plans from the quickest to the smallest, and what each needs. Pure arithmetic. */

export interface Plan {
  readonly name: 'resident' | 'experts-in-turn' | 'sequential' | 'tiled'
  /** Only one graph is loaded at a time. */
  readonly alone: boolean
  /** Experts that may be loaded together. */
  readonly experts: 1 | 2
  /** Latent cells per side that the autoencoder sees at a time; absent = all. */
  readonly tile?: number
}

/** The reference decodes tiles of 256 pixels. */
const tilePixels = 256

/** All plans of a model, the quickest first. */
export function plansOf(model: WanModel): Plan[] {
  const tile = tilePixels / model.vae.spatial
  return [
    { name: 'resident', alone: false, experts: 2 },
    ...(model.components['transformer_2'] ? [{ name: 'experts-in-turn', alone: false, experts: 1 } as const] : []),
    { name: 'sequential', alone: true, experts: 1 },
    { name: 'tiled', alone: true, experts: 1, tile },
  ]
}

/** Bytes of a component: its graph and the weights beside it. */
function weightsOf({ components, files }: Pick<WanModel, 'components' | 'files'>, name: ComponentName): number {
  const file = components[name]?.file
  if (!file) return 0
  const graph = files[file]?.bytes ?? 0
  // A looping autoencoder shares its weights with the plain one.
  const data = files[`${file}.data`] ?? files[`${file.replace(/_loop\.onnx$/, '.onnx')}.data`]
  return graph + (data?.bytes ?? 0)
}

/** Bytes of activations of the largest stage for a clip, from what the package was found to need; 0 where it does not say. */
function activations(model: WanModel, size: Size, frames: number): number {
  const short = Math.min(size.width, size.height)
  const known = Object.entries(model.memory).flatMap(([name, bytes]) => {
    const side = Number(/^(\d+)p$/.exec(name)?.[1])
    return side > 0 ? [{ side, bytes }] : []
  })
  const [nearest] = known.sort((a, b) => Math.abs(a.side - short) - Math.abs(b.side - short))
  if (!nearest) return 0
  // The package counts one expert with its activations.
  const expert = Math.max(weightsOf(model, 'transformer'), weightsOf(model, 'transformer_2'))
  const whole = Math.max(0, nearest.bytes - expert)
  const pixels = nearest.side ** 2 * (16 / 9) * model.frames.most
  return whole * ((size.width * size.height * frames) / pixels)
}

/** Bytes a plan holds at its worst moment: weights of what is loaded together and the activations of whatever runs. */
function bytesOf(plan: Plan, model: WanModel, size: Size, frames: number): number {
  const weight = (name: ComponentName) => weightsOf(model, name)
  const high = weight('transformer')
  const low = weight('transformer_2')
  const experts = plan.experts === 2 ? high + low : Math.max(high, low)
  const vae = Math.max(weight('vae_encoder'), weight('vae_decoder'))
  const readers = Math.max(weight('text_encoder'), weight('image_encoder'))
  const runs = activations(model, size, frames)
  if (!plan.alone) return experts + weight('vae_encoder') + weight('vae_decoder') + Math.max(readers, runs)
  // In tiles the autoencoder needs about what the share of a tile needs.
  const share = plan.tile ? Math.min(1, (plan.tile * model.vae.spatial) ** 2 / (size.width * size.height)) : 1
  return Math.max(readers, experts + runs, vae + runs * share)
}

/** The quickest plan that fits into what is free, and all of them with their needs; the smallest when none does or nothing is known. */
export function choosePlan(
  model: WanModel,
  size: Size,
  frames: number,
  freeBytes: number | undefined,
): { readonly chosen: Plan; readonly needs: readonly { readonly plan: Plan; readonly bytes: number }[] } {
  const needs = plansOf(model).map(plan => ({ plan, bytes: bytesOf(plan, model, size, frames) }))
  const last = needs.at(-1)
  const fitting = freeBytes === undefined ? needs[0] : needs.find(({ bytes }) => bytes <= freeBytes * headroom)
  const chosen = (fitting ?? last)?.plan
  if (!chosen) throw new Error('there is no memory plan')
  return { chosen, needs }
}

/** The part of free memory that is planned with: estimates are estimates. */
const headroom = 0.9

/** One line for the log. */
export function describePlans(
  chosen: Plan,
  needs: readonly { readonly plan: Plan; readonly bytes: number }[],
  freeBytes: number | undefined,
  where: string,
): string {
  const sizeOf = (bytes: number): string =>
    bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
  const each = needs.map(({ plan, bytes }) => `${plan.name} ${sizeOf(bytes)}`).join(', ')
  const free = freeBytes === undefined ? 'free memory unknown' : `${sizeOf(freeBytes)} free`
  return `memory plan ${chosen.name} on ${where} (${free}; computed needs: ${each})`
}
