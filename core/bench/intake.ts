import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Queue } from 'bullmq'
import { audit } from '../books.ts'
import { checkRecipe, loadCatalogue, priceOf } from '../catalogue.ts'
import { accept } from '../intake.ts'
import { openLog } from '../log.ts'
import { parse } from '../parse/parse.ts'
import { type Core, openCore } from '../redis.ts'
import { Recipe, type RenderRequest } from '../request.ts'
import { startRedis } from '../testing/redis.ts'
import { grant } from '../wallet.ts'

/**
 * `npm run bench:intake`: how many messages a second become tickets (read, checked, paid for, in line), beside as many bare BullMQ
 * adds in the same run, in turns: of the same requests as job data, which is what a bot without credits would do, and of empty jobs. And how long one message takes at a steady 500 a second. Own Redis, appendfsync always.
 * Last line: one JSON object.
 */

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    members: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' },
  },
})
const [messages, members, rate, seconds] = [values.messages, values.members, values.rate, values.seconds].map(Number)
if (!messages || !members || !rate || !seconds)
  throw new Error('messages, members, rate and seconds are numbers above zero')

/** How many messages are on their way at once in the throughput part. */
const parallel = 200
const rounds = 4
const lines = [
  '一只黑白相间的猫追着蝴蝶 10秒 竖屏',
  'a cat chasing a butterfly --ar 9:16 --seconds 10',
  'a fox in the snow, zoom in',
  '两只狐狸在雪地里跳舞 推近',
]
const catalogue = loadCatalogue()
const alive = new Set([catalogue.defaults.model])
let said = 0

function requestOf(n: number): RenderRequest {
  const wish = parse(lines[n % lines.length] ?? '')
  const recipe = Recipe.parse({ ...catalogue.defaults, kind: 'video', seed: n, ...wish })
  checkRecipe(catalogue, recipe, alive)
  const member = `web:m${n % (members ?? 1)}`
  const place = { platform: 'web', channel: `room${n % 50}`, private: false }
  return { recipe, member, payer: member, place, locale: 'en' }
}

/** From words to a ticket, as a bot does it. */
async function message(core: Core): Promise<void> {
  const n = said++
  const request = requestOf(n)
  const answer = await accept(core, {
    update: `web:bench:${n}`,
    request,
    price: priceOf(catalogue, request.recipe),
    limits: { memberOpen: 1e9, placeOpen: 1e9 },
    daily: 66,
  })
  if ('refusal' in answer) throw new Error(answer.refusal.code)
}

/** Does `count` tasks, `parallel` at a time; how many a second. */
async function perSecond(count: number, task: (n: number) => Promise<void>): Promise<number> {
  let next = 0
  const started = performance.now()
  const lane = async (): Promise<void> => {
    while (next < count) await task(next++)
  }
  await Promise.all(Array.from({ length: parallel }, lane))
  return count / ((performance.now() - started) / 1000)
}

/** Latencies (ms) of messages that come at a steady rate, whether the ones before are answered or not. */
async function steady(core: Core, perSec: number, secs: number): Promise<number[]> {
  const took: number[] = []
  const open: Promise<void>[] = []
  const started = performance.now()
  for (let i = 0; i < perSec * secs; i++) {
    const due = started + (i * 1000) / perSec
    if (due > performance.now()) await pause(due - performance.now())
    open.push(message(core).then(() => void took.push(performance.now() - due)))
  }
  await Promise.all(open)
  return took.sort((a, b) => a - b)
}

const at = (sorted: readonly number[], share: number): number =>
  Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(2))
const mean = (all: readonly number[]): number => Math.round(all.reduce((sum, n) => sum + n, 0) / all.length)

const server = await startRedis()
const core = await openCore({ url: server.url, log: openLog('warn', 'bench') })
const queue = new Queue('bench', { connection: { url: server.url } })
try {
  for (let i = 0; i < members; i++)
    await grant(core, { op: `bench:${i}`, account: `web:m${i}`, credits: 1e9, reason: 'bench', by: 'bench' })
  await perSecond(1000, () => message(core))
  const part = Math.ceil(messages / rounds)
  const tickets: number[] = []
  const adds: number[] = []
  const empty: number[] = []
  const prepared = Array.from({ length: part }, (_, n) => requestOf(n))
  for (let round = 0; round < rounds; round++) {
    tickets.push(await perSecond(part, () => message(core)))
    adds.push(await perSecond(part, async n => void (await queue.add('render', prepared[n]))))
    empty.push(await perSecond(part, async () => void (await queue.add('render', {}))))
    const [ticket, add, bare] = [tickets, adds, empty].map(all => Math.round(all.at(-1) ?? 0))
    console.log(
      `round ${round + 1}: ${ticket} tickets/s, ${add} adds of the same requests/s, ${bare} adds of nothing/s`,
    )
  }
  const took = await steady(core, rate, seconds)
  const { problems } = await audit(core)
  const figures = {
    accepted: part * rounds,
    members,
    ticketsPerSecond: mean(tickets),
    bareAddsPerSecond: mean(adds),
    emptyAddsPerSecond: mean(empty),
    ratio: Number((mean(tickets) / mean(adds)).toFixed(2)),
    ratioToEmpty: Number((mean(tickets) / mean(empty)).toFixed(2)),
    steady: { perSecond: rate, seconds, p50: at(took, 0.5), p99: at(took, 0.99), max: at(took, 1) },
    appendfsync: 'always',
    booksBalance: problems.length === 0,
  }
  console.log(JSON.stringify(figures))
  if (problems.length > 0) process.exitCode = 1
} finally {
  await queue.close()
  await core.close()
  await server.stop()
}
