import { getPriority, setPriority } from 'node:os'
import { failureOf, UserError } from '../core/errors.ts'
import { openStore, type Store } from '../core/store.ts'
import { edit } from './edit/edit.ts'
import { isOutOfMemory } from './onnx/out-of-memory.ts'
import { loaderOf, stageFamily } from './pipelines/index.ts'
import type { Pipeline, Stage } from './pipelines/pipeline.ts'
import { type FromChild, type Setup, ToChild } from './protocol.ts'
import { render } from './render.ts'

/** The forked process that loads models and renders. It may block or die at any time; the parent does neither. */

const say = (message: FromChild): void => void process.send?.(message)

// Only the parent decides when a render ends. Without a parent there is nobody to render for.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => process.exit(0))

let tools: { setup: Setup; store: Store } | undefined
let loaded: { id: string; pipeline: Pipeline } | undefined
let running: { number: number; stop: AbortController } | undefined
/** The newest order that was called off, be it running or still in line. */
let calledOff = -1

/** The pipeline of a model; the one before it is disposed first, so that two never share the memory. */
async function pipelineOf(id: string, signal: AbortSignal): Promise<Pipeline> {
  if (loaded?.id === id) return loaded.pipeline
  const before = loaded
  loaded = undefined
  await before?.pipeline.dispose()
  const setup = ready().setup
  const model = setup.packages.find(one => one.id === id)
  if (!model) throw new UserError('refusal.model-away', { model: id })
  const load = await loaderOf(model.family, setup.families)
  const pipeline = await load(model, {
    threads: setup.threads,
    device: setup.device,
    signal,
    stages: setup.packages.filter(({ family }) => family === stageFamily),
    note: text => say({ type: 'note', text }),
  })
  loaded = { id, pipeline }
  return pipeline
}

function ready(): NonNullable<typeof tools> {
  if (!tools) throw new Error('not set up')
  return tools
}

async function onRender({ number, order }: Extract<ToChild, { type: 'render' }>): Promise<void> {
  const stop = new AbortController()
  running = { number, stop }
  if (number <= calledOff) stop.abort()
  try {
    stop.signal.throwIfAborted()
    const { setup, store } = ready()
    const tools = {
      store,
      label: setup.label,
      scratch: setup.scratch,
      signal: stop.signal,
      progress: progressOf(number),
    }
    const made =
      order.recipe.kind === 'edit'
        ? await edit(order, tools)
        : await render(order, { ...tools, pipeline: await pipelineOf(order.recipe.model, stop.signal) })
    say({ type: 'made', number, made })
  } catch (error) {
    say({
      type: 'failed',
      number,
      failure: isOutOfMemory(error) ? { code: 'failure.memory', params: {} } : failureOf(error),
      ...(!(error instanceof UserError) && { trouble: detail(error) }),
    })
  } finally {
    running = undefined
  }
}

/** A bar needs ten words a second, not one for every frame; that a stage is over is one of them. */
function progressOf(number: number): (stage: Stage, done: number) => void {
  let last: { stage: Stage; at: number } | undefined
  return (stage, done) => {
    const at = performance.now()
    if (last?.stage === stage && at - last.at < 100 && done < 1) return
    last = { stage, at }
    say({ type: 'progress', number, stage, done })
  }
}

async function onWarm(model: string): Promise<void> {
  try {
    await pipelineOf(model, new AbortController().signal)
    say({ type: 'warmed', model })
  } catch (error) {
    say({ type: 'warmed', model, trouble: detail(error) })
  }
}

const detail = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

/** Orders come one after the other; only `abort` may overtake. */
let line: Promise<void> = Promise.resolve()
process.on('message', raw => {
  const message = ToChild.parse(raw)
  if (message.type === 'abort') {
    calledOff = Math.max(calledOff, message.number)
    if (running?.number === message.number) running.stop.abort()
    return
  }
  line = line.then(async () => {
    if (message.type === 'setup') {
      tools = { setup: message.setup, store: await openStore(message.setup.store) }
      say({ type: 'ready' })
    } else if (message.type === 'warm') await onWarm(message.model)
    else await onRender(message)
  })
  line.catch(error => {
    process.stderr.write(`${detail(error)}\n`)
    process.exit(1)
  })
})

// The chat must stay quick on a machine that renders.
setPriority(Math.min(19, getPriority() + 5))
