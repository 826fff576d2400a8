import { join } from 'node:path'
import { UserError } from '../../../core/errors.ts'
import { isOutOfMemory } from '../../onnx/out-of-memory.ts'
import { openSession, type Session, type SessionOptions } from '../../onnx/session.ts'
import { type Decoder, openDecoder } from './decoder.ts'
import type { Size } from './geometry.ts'
import { choosePlan, describePlans, type Plan, plansOf } from './memory.ts'
import type { ComponentName, WanModel } from './settings.ts'
import type { VaeGeometry } from './vae.ts'

/** The graphs of a package, loaded and released as the memory plan says. */

/** Graphs that run in this thread; the decoder has its own. */
type GraphName = 'text_encoder' | 'image_encoder' | 'transformer' | 'transformer_2' | 'vae_encoder'

export interface Parts {
  readonly model: WanModel
  readonly plan: Plan
  /** Chooses the plan for a clip of this size, unless memory ran out at it before. */
  planFor(size: Size, frames: number): void
  /** A loaded graph; what has no room beside it is released first. */
  graph(name: GraphName): Promise<Session>
  decoder(): Promise<Decoder>
  /** It was used: released, unless it stays between clips. */
  done(name: GraphName): Promise<void>
  /**
   * Runs something that may run out of memory: then everything is released and it is tried again under the next smaller plan.
   * Throws UserError `failure.memory` after the smallest.
   */
  fitting<T>(work: () => Promise<T>): Promise<T>
  /** After running out of memory: goes to the next smaller plan. Throws UserError `failure.memory` if there is none, `error` if it is another. */
  shrink(error: unknown): Promise<void>
  /** Geometry of the autoencoder as the loaded graph wants it. */
  vae(which: 'encoder' | 'decoder'): VaeGeometry
  /** Latent frames that go through the autoencoder per call. */
  readonly chunk: number
  dispose(): Promise<void>
}

export interface PartsOptions extends Pick<SessionOptions, 'threads' | 'device'> {
  /** Bytes that may be used; undefined = unknown. */
  readonly freeBytes: number | undefined
  /** A line for the operator's log. */
  note(text: string): void
  /** How graphs are loaded (tests put faults here). */
  readonly open?: typeof openSession
  readonly openThread?: typeof openDecoder
}

/** Latent frames per call where every call moves the caches to the device and back. */
const deviceChunk = 4

export function openParts(folder: string, model: WanModel, options: PartsOptions): Parts {
  const { open = openSession, openThread = openDecoder, note } = options
  const session: SessionOptions = { threads: options.threads, device: options.device }
  const graphs = new Map<GraphName, Session>()
  let thread: Decoder | undefined
  let { chosen: plan } = choosePlan(model, { width: 0, height: 0 }, 0, undefined)
  /** The largest plan that is still believed in. */
  let ceiling = 0
  let described = ''

  const onDevice = options.device !== 'cpu'
  const loops = (which: 'encoder' | 'decoder') => onDevice && model.components[`vae_${which}_loop`] !== undefined
  const fileOf = (name: ComponentName): string => {
    const file = model.components[name]?.file
    if (!file) throw new Error(`${model.id} has no ${name}`)
    return join(folder, file)
  }

  async function release(name: GraphName): Promise<void> {
    const graph = graphs.get(name)
    graphs.delete(name)
    await graph?.release()
  }
  async function closeThread(): Promise<void> {
    const old = thread
    thread = undefined
    await old?.close()
  }
  async function releaseAll(): Promise<void> {
    for (const name of [...graphs.keys()]) await release(name)
    await closeThread()
  }
  async function makeRoom(name: GraphName | 'decoder'): Promise<void> {
    if (name !== 'decoder' && plan.alone) await closeThread()
    for (const other of [...graphs.keys()]) {
      const rivals = isExpert(name) && isExpert(other) && plan.experts === 1
      if (other !== name && (plan.alone || rivals)) await release(other)
    }
  }

  const parts: Parts = {
    model,
    get plan() {
      return plan
    },
    get chunk() {
      return onDevice ? deviceChunk : 1
    },
    planFor(size, frames) {
      const all = plansOf(model)
      const { chosen, needs } = choosePlan(model, size, frames, options.freeBytes)
      const index = Math.max(
        ceiling,
        all.findIndex(one => one.name === chosen.name),
      )
      plan = all[index] ?? chosen
      const line = describePlans(plan, needs, options.freeBytes, options.device)
      if (line !== described) note(`${model.id}, ${size.width}x${size.height}, ${frames} frames: ${line}`)
      described = line
    },
    async graph(name) {
      await makeRoom(name)
      const loaded = graphs.get(name)
      if (loaded) return loaded
      const graph = await open(fileOf(name === 'vae_encoder' && loops('encoder') ? 'vae_encoder_loop' : name), session)
      graphs.set(name, graph)
      return graph
    },
    async decoder() {
      await makeRoom('decoder')
      thread ??= await openThread(fileOf(loops('decoder') ? 'vae_decoder_loop' : 'vae_decoder'), session)
      return thread
    },
    async done(name) {
      if (plan.alone || name === 'text_encoder' || name === 'image_encoder') await release(name)
    },
    async fitting(work) {
      for (;;) {
        try {
          return await work()
        } catch (error) {
          await parts.shrink(error)
        }
      }
    },
    async shrink(error) {
      if (!isOutOfMemory(error)) throw error
      await releaseAll()
      const all = plansOf(model)
      const next = all[all.findIndex(one => one.name === plan.name) + 1]
      if (!next) throw new UserError('failure.memory', {}, error)
      note(`${model.id}: out of memory under the plan ${plan.name}, going on under ${next.name}`)
      plan = next
      ceiling = all.indexOf(next)
    },
    vae: which => ({
      channels: model.vae.channels,
      spatial: model.vae.spatial,
      temporal: model.vae.temporal,
      cacheType: model.settings.vae.cacheType,
      caches: which === 'encoder' ? model.settings.vae.encoderCaches : model.settings.vae.decoderCaches,
      loops: loops(which),
    }),
    dispose: releaseAll,
  }
  return parts
}

const isExpert = (name: string): boolean => name === 'transformer' || name === 'transformer_2'
