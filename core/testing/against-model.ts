import { audit } from '../books.ts'
import type { Core } from '../redis.ts'
import { type Expected, limits, Model } from './model.ts'
import { members, places, type Step } from './steps.ts'

/** Runs a sequence against Redis (one pipeline, a book of its own) and against the model; throws at the first difference. */
export async function agree(core: Core, sequence: readonly Step[], root: string): Promise<number> {
  const model = new Model()
  const line = core.redis.pipeline()
  const expected = together(sequence.map(step => model.apply(step, root)))
  for (const { call } of expected) {
    const [command, ...args] = call.map(String)
    line.call(command ?? '', ...args)
  }
  const answers = (await line.exec()) ?? []
  for (const [i, { answer }] of expected.entries()) {
    const [error, reply] = answers[i] ?? []
    const where = `call ${i} of ${JSON.stringify(sequence)}`
    // Names that left come in no particular order.
    if (answer instanceof Set) same([...(reply as string[])].sort(), [...answer].sort(), where)
    else same(Array.isArray(reply) ? reply.map(plain) : plain(error ?? reply), answer, where)
  }
  await compare({ ...core, root }, model)
  return sequence.length
}

/** Applications that follow each other go in one call, up to three, as intake sends them when there is a crowd. */
function together(expected: readonly Expected[]): Expected[] {
  const calls: Expected[] = []
  for (const one of expected) {
    const last = calls.at(-1)
    if (one.call[1] !== 'tr_accept') calls.push(one)
    else if (last?.call[1] !== 'tr_accept' || (last.answer as unknown[]).length === 3)
      calls.push({ ...one, answer: [one.answer] })
    else {
      const answer = [...(last.answer as unknown[]), one.answer]
      calls.splice(-1, 1, { call: [...last.call, ...one.call.slice(4)], answer })
    }
  }
  return calls
}

/** An answer as the model gives it: tickets, refusals and errors as their code. */
function plain(reply: unknown): unknown {
  if (reply instanceof Error) return reply.message.split(' ')[0]
  if (typeof reply !== 'string' || !reply.startsWith('{')) return reply
  const { ticket, refusal } = JSON.parse(reply) as { ticket?: unknown; refusal?: { code: string } }
  return refusal ? refusal.code : ticket
}

function same(is: unknown, should: unknown, where: string): void {
  const sorted = (value: unknown): string =>
    JSON.stringify(value, (_, v: unknown) =>
      v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v,
    )
  if (sorted(is) !== sorted(should)) throw new Error(`${where}: Redis says ${sorted(is)}, the model ${sorted(should)}`)
}

/** Everything that is kept must be what the model has, and the books must balance. */
async function compare(core: Core, model: Model): Promise<void> {
  const { sheet, problems } = await audit(core)
  same(problems, [], 'books')
  const total = (part: 'avail' | 'held'): number => [...model.wallets.values()].reduce((sum, has) => sum + has[part], 0)
  same(sheet, { ...model.system, available: total('avail'), held: total('held') }, 'sheet')
  const { root } = core
  const line = core.redis.pipeline()
  const wanted: [string, unknown][] = []
  const look = (what: string, should: unknown, ...call: [string, ...string[]]): void => {
    line.call(...call)
    wanted.push([what, should])
  }
  for (const name of members) {
    const has = model.wallet(name)
    look(name, [has.avail, has.held], 'FCALL', 'tr_balance', '1', root, name)
  }
  for (const job of model.jobs)
    look(job.id, [job.state, String(job.epoch)], 'HMGET', `${root}:job:${job.id}`, 'state', 'epoch')
  look(
    'line',
    model.line.map(job => job.id),
    'ZRANGE',
    `${root}:line:theatre`,
    '0',
    '-1',
  )
  look(
    'flight',
    model.flight.map(job => job.id),
    'ZRANGE',
    `${root}:flight:theatre`,
    '0',
    '-1',
  )
  const ended = ['told', 'delivered']
  const active = model.jobs.filter(job => !ended.includes(job.state)).map(job => job.id)
  look('active', active.length, 'ZCARD', `${root}:active`)
  for (const place of places) {
    const open = model.open(job => job.place === place).length
    look(`open at ${place}`, open === 0 ? null : String(open), 'HGET', `${root}:open-at`, place)
  }
  for (const member of new Set(model.jobs.map(job => job.member)))
    look(`open of ${member}`, model.open(job => job.member === member).length, 'SCARD', `${root}:open:${member}`)
  const answers = (await line.exec()) ?? []
  for (const [i, [what, should]] of wanted.entries()) same(answers[i]?.[1], should, what)
  if (model.open(() => true).length > places.length * limits.place)
    throw new Error('more open jobs than the places allow')
}
