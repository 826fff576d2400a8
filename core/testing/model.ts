import { places, type Step } from './steps.ts'

/**
 * What credits and jobs should do, written once more and differently: plain objects, no Redis. The property tests run random
 * sequences against both and compare every answer and the books at the end.
 */

export const limits = { member: 3, place: 4 } as const
const model = 'theatre'
const mostClaims = 3

interface Wallet {
  avail: number
  held: number
  free: number
  day: string
  got: number
}
interface Hold {
  state: 'open' | 'captured' | 'released'
  account: string
  amount: number
  free: number
  day: string
}
export interface ModelJob {
  id: string
  number: number
  member: string
  share: string
  place: string
  price: number
  state: string
  epoch: number
  claims: number
  worker: string
  alive: boolean
  cancelling: boolean
  clip: boolean
  tries: number
  tellings: number
  start: number
  finish: number
}

/** A call of the function library (or of Redis itself) and the answer it must give. */
export interface Expected {
  readonly call: readonly (string | number)[]
  readonly answer: unknown
}

const jobId = (number: number): string => `j${String(number).padStart(8, '0')}-salt`

export class Model {
  readonly wallets = new Map<string, Wallet>()
  readonly holds = new Map<string, Hold>()
  readonly jobs: ModelJob[] = []
  readonly system = { issued: 0, sold: 0, revenue: 0, expired: 0 }
  /** Whose wallet a name uses; absent = its own. */
  private readonly joined = new Map<string, string>()
  private readonly offers = new Map<string, string>()
  private readonly sales = new Map<
    string,
    { by: string; account: string; credits: number; state: string; taken: number }
  >()
  readonly line: ModelJob[] = []
  readonly flight: ModelJob[] = []
  private readonly ops = new Map<string, string>()
  private readonly codes = new Map<string, { asked: string; credits: number; left: number; by: Set<string> }>()
  private readonly updates = new Map<number, ModelJob>()
  private readonly ends = new Map<string, number>()
  private virtual = 0

  /** The name whose wallet this name uses. */
  at(name: string): string {
    return this.joined.get(name) ?? name
  }

  private namesOf(name: string): string[] {
    const owner = this.at(name)
    return [owner, ...[...this.joined].filter(([, host]) => host === owner).map(([guest]) => guest)]
  }

  wallet(name: string): Wallet {
    const account = this.at(name)
    const has = this.wallets.get(account) ?? { avail: 0, held: 0, free: 0, day: '', got: 0 }
    this.wallets.set(account, has)
    return has
  }

  /** Jobs of a member (or a place) that count against its limit. */
  open(where: (job: ModelJob) => boolean): ModelJob[] {
    return this.jobs.filter(job => where(job) && !['failed', 'told', 'delivered'].includes(job.state))
  }

  /** Does one step; the call that does the same in Redis, and its answer. */
  apply(s: Step, root: string): Expected {
    const f = (name: string, answer: unknown, ...args: readonly (string | number)[]): Expected => ({
      call: ['FCALL', name, 1, root, ...args],
      answer,
    })
    switch (s.kind) {
      case 'grant':
        return f(
          'tr_grant',
          this.grant(`op${s.op}`, s.account, s.credits),
          `op${s.op}`,
          s.account,
          s.credits,
          'why',
          'web:op',
        )
      case 'daily':
        return f('tr_daily', this.daily(s.account, s.credits, s.day), s.account, s.credits, s.day)
      case 'code':
        return f('tr_make_code', this.code(s), `code${s.op}`, `CODE-${s.op}`, s.credits, s.uses, 0)
      case 'redeem':
        return f('tr_redeem', this.redeem(s.account, `CODE-${s.code}`), s.account, `CODE-${s.code}`)
      case 'hold':
        return f('tr_hold', this.hold(`h${s.hold}`, s.account, s.credits), `h${s.hold}`, s.account, s.credits)
      case 'resolve':
        return f(`tr_${s.how}`, this.resolve(`h${s.hold}`, s.how === 'capture') ? 'ok' : 'closed', `h${s.hold}`)
      case 'accept': {
        const place = places[s.place] ?? ''
        const args = [`u${s.update}`, 'salt', '{}', s.credits, s.member, s.payer, place, 'web', model, 'standard:5']
        return f('tr_accept', this.accept(s, place), ...args, limits.member, limits.place, 66, s.day)
      }
      case 'sale': {
        const args = [s.account, s.account, 'pack', s.credits, 1, `u${s.update}`] as const
        return f('tr_sale', this.sale(`web/c${s.charge}`, s), `web/c${s.charge}`, ...args)
      }
      case 'takeBack':
        return f('tr_take_back', this.takeBack(`web/c${s.charge}`), `web/c${s.charge}`)
      case 'returned':
        return f('tr_returned', this.returned(`web/c${s.charge}`), `web/c${s.charge}`)
      case 'offer':
        this.offers.set(`L${s.code}`, s.account)
        return f('tr_offer', 1, s.account, `L${s.code}`, 600)
      case 'link':
        return f('tr_link', this.link(`L${s.code}`, s.account), `L${s.code}`, s.account)
      case 'unlink':
        return f('tr_unlink', this.unlink(s.account, s.everybody), s.account, s.everybody ? 1 : 0)
      case 'dispatch':
        return f('tr_dispatch', this.dispatch(s.room), model, s.room)
      case 'die':
        return this.die(s.job, root)
      default:
        return this.applyToJob(s, f)
    }
  }

  private applyToJob(
    s: Extract<Step, { job: number }>,
    f: (name: string, answer: unknown, ...args: readonly (string | number)[]) => Expected,
  ): Expected {
    const job = this.jobs[s.job % Math.max(1, this.jobs.length)]
    const id = job?.id ?? jobId(s.job + 1)
    const epoch = job && 'behind' in s && s.behind !== undefined ? job.epoch - s.behind : undefined
    switch (s.kind) {
      case 'claim':
        return f('tr_claim', job ? this.claim(job, s.worker) : 0, id, s.worker, 1e9)
      case 'renew': {
        const mine = job?.state === 'running' && s.behind === 0
        // A worker that was late, and that nobody followed, goes on.
        if (mine && !job.cancelling) job.alive = true
        return f('tr_renew', mine ? (job.cancelling ? 'cancel' : 'ok') : 'lost', id, epoch ?? 0, 1e9)
      }
      case 'rendered':
        return f('tr_rendered', job && s.behind === 0 ? this.rendered(job) : 0, id, epoch ?? 0, `clip-${id}`, '{}')
      case 'fail': {
        const fenced = s.behind !== undefined && (s.behind !== 0 || job?.state !== 'running')
        const answer = job && !fenced && this.open(j => j === job).length > 0 ? this.giveUp(job) : 0
        return f(
          'tr_fail',
          answer,
          id,
          epoch ?? (s.behind === undefined ? '' : 0),
          '{"code":"failure.internal","params":{}}',
        )
      }
      case 'cancel':
        return f('tr_cancel', job ? this.cancel(job, s.by, s.operator) : 'unknown', id, s.by, s.operator ? 1 : 0)
      case 'delivering':
        return f('tr_delivering', job ? this.delivering(job) : 0, id)
      case 'settle': {
        if (job?.state !== 'delivering') return f('tr_settle', 0, id, '{}', 'web/r//m')
        job.state = 'delivered'
        if (job.price > 0) this.resolve(id, true)
        return f('tr_settle', 1, id, '{}', 'web/r//m')
      }
      case 'told': {
        const answer = job?.state === 'failed' ? 1 : 0
        if (job && answer) job.state = 'told'
        return f('tr_told', answer, id)
      }
      default:
        throw new Error('no such step')
    }
  }

  private grant(op: string, account: string, amount: number): string {
    if (!Number.isInteger(amount) || amount < 1) return 'BADARG'
    const asked = `${account} ${amount}`
    const known = this.ops.get(op)
    if (known !== undefined) return known === asked ? 'again' : 'differs'
    this.ops.set(op, asked)
    this.issue(account, amount)
    return 'ok'
  }

  private issue(account: string, amount: number): void {
    this.wallet(account).avail += amount
    this.system.issued += amount
  }

  private daily(account: string, amount: number, day: string): number {
    const has = this.wallet(account)
    if (amount === 0 || has.day > day) return 0
    if (has.day === day) {
      const more = amount - has.got
      if (more < 1) return 0
      this.issue(account, more)
      has.free += more
      has.got = amount
      return more
    }
    has.avail -= has.free
    this.system.expired += has.free
    this.issue(account, amount)
    has.free = amount
    has.day = day
    has.got = amount
    return amount
  }

  private code({ op, credits: worth, uses }: { op: number; credits: number; uses: number }): string {
    const code = `CODE-${op}`
    const asked = `${worth} ${uses}`
    const known = this.codes.get(code)
    if (known) return known.asked === asked ? code : 'differs'
    this.codes.set(code, { asked, credits: worth, left: uses, by: new Set() })
    return code
  }

  private redeem(account: string, code: string): [string, number] {
    const has = this.codes.get(code)
    if (!has) return ['unknown', 0]
    this.wallet(account)
    if (has.by.has(this.at(account))) return ['used', 0]
    if (has.left < 1) return ['used-up', 0]
    has.left -= 1
    has.by.add(this.at(account))
    this.issue(account, has.credits)
    return ['ok', has.credits]
  }

  private sale(
    charge: string,
    { account, credits, update }: { account: string; credits: number; update: number },
  ): string {
    const known = this.sales.get(charge)
    if (known) return known.by === `u${update}` ? 'again' : 'known'
    this.wallet(account).avail += credits
    this.system.sold += credits
    this.sales.set(charge, { by: `u${update}`, account, credits, state: 'paid', taken: 0 })
    return 'ok'
  }

  private takeBack(charge: string): [string, number] {
    const sale = this.sales.get(charge)
    if (!sale) return ['unknown', 0]
    if (sale.state !== 'paid') return [sale.state, sale.taken]
    const has = this.wallet(sale.account)
    sale.state = 'returning'
    sale.taken = Math.min(has.avail, sale.credits)
    has.avail -= sale.taken
    has.free = Math.min(has.free, has.avail)
    this.system.sold -= sale.taken
    return ['taken', sale.taken]
  }

  private returned(charge: string): number {
    const sale = this.sales.get(charge)
    if (sale?.state !== 'returning') return 0
    sale.state = 'returned'
    return 1
  }

  private link(code: string, name: string): [string, string] {
    const host = this.offers.get(code)
    if (host === undefined) return ['unknown', '']
    const [into, from] = [this.wallet(host), this.wallet(name)]
    if (into === from) return ['self', host]
    this.offers.delete(code)
    const guests = this.namesOf(name)
    const owner = this.at(host)
    // Free credits: those of the later day stay; of one day, what is left of the emptier purse.
    const day = [into.day, from.day].sort().at(-1) ?? ''
    const left = [into, from].filter(purse => purse.day === day)
    const free = Math.min(...left.map(purse => purse.free))
    const lapsed = into.free + from.free - free
    this.system.expired += lapsed
    Object.assign(into, {
      ...{ avail: into.avail + from.avail - lapsed, held: into.held + from.held },
      ...{ free, day, got: Math.max(...left.map(purse => purse.got)) },
    })
    Object.assign(from, { avail: 0, held: 0, free: 0 })
    for (const held of this.holds.values())
      if (held.state === 'open' && held.account === this.at(name)) held.account = owner
    for (const guest of guests) this.joined.set(guest, owner)
    return ['ok', host]
  }

  private unlink(name: string, everybody: boolean): Set<string> | [] {
    const owner = this.at(name)
    const guests = this.namesOf(name).slice(1)
    if (guests.length === 0) return []
    const shared = this.wallet(owner)
    const gone = guests.filter(guest => everybody || name === owner || guest === name)
    for (const guest of gone) {
      this.joined.delete(guest)
      const own = this.wallet(guest)
      own.got = own.day === shared.day ? Math.max(own.got, shared.got) : own.day < shared.day ? shared.got : own.got
      own.day = [own.day, shared.day].sort().at(-1) ?? ''
    }
    return new Set([owner, ...gone])
  }

  private hold(id: string, account: string, amount: number): string {
    if (this.holds.has(id)) return 'used'
    if (this.wallet(account).avail < amount) return 'poor'
    this.take(id, account, amount)
    return 'held'
  }

  private take(id: string, account: string, amount: number): void {
    const has = this.wallet(account)
    const free = Math.min(has.free, amount)
    has.avail -= amount
    has.held += amount
    has.free -= free
    this.holds.set(id, { state: 'open', account: this.at(account), amount, free, day: has.day })
  }

  private resolve(id: string, capture: boolean): boolean {
    const held = this.holds.get(id)
    if (held?.state !== 'open') return false
    const has = this.wallets.get(held.account)
    if (!has) throw new Error(`${held.account} holds and is not there`)
    has.held -= held.amount
    held.state = capture ? 'captured' : 'released'
    if (capture) this.system.revenue += held.amount
    else {
      has.avail += held.amount
      if (has.day === held.day) has.free += held.free
    }
    return true
  }

  private accept(s: Extract<Step, { kind: 'accept' }>, place: string): unknown {
    const known = this.updates.get(s.update)
    if (known) return this.ticket(known, s.payer, true)
    const names = this.namesOf(s.member)
    if (this.open(job => names.includes(job.member)).length >= limits.member) return 'refusal.member-limit'
    if (this.open(job => job.place === place).length >= limits.place) return 'refusal.place-limit'
    if (s.payer === s.member) this.daily(s.payer, 66, s.day)
    if (this.wallet(s.payer).avail < s.credits) return 'refusal.credits'
    const number = this.jobs.length + 1
    const share = names.length > 1 ? `wallet of ${this.at(s.member)}` : s.member
    const start = Math.max(this.virtual, this.ends.get(share) ?? 0)
    const job: ModelJob = {
      ...{
        id: jobId(number),
        number,
        member: s.member,
        share,
        place,
        price: s.credits,
        state: 'queued',
        epoch: 0,
        claims: 0,
      },
      ...{ worker: '', alive: false, cancelling: false, clip: false, tries: 0, tellings: 0 },
      ...{ start, finish: start + Math.max(s.credits, 1) },
    }
    this.ends.set(share, job.finish)
    this.jobs.push(job)
    this.updates.set(s.update, job)
    this.line.push(job)
    this.line.sort((a, b) => a.start - b.start || a.number - b.number)
    if (s.credits > 0) this.take(job.id, s.payer, s.credits)
    return this.ticket(job, s.payer, false)
  }

  private ticket(job: ModelJob, payer: string, repeated: boolean): unknown {
    const waits = job.state === 'queued'
    const inLine = this.line.indexOf(job)
    const ahead = !waits ? 0 : inLine >= 0 ? inLine + this.flight.length : Math.max(0, this.flight.indexOf(job))
    const { id, number, price } = job
    return { job: id, number, ahead, price, credits: this.wallet(payer).avail, repeated }
  }

  private dispatch(room: number): string[] {
    const gone = this.line.splice(0, Math.max(0, room - this.flight.length))
    this.flight.push(...gone)
    this.virtual = gone.at(-1)?.start ?? this.virtual
    return gone.map(job => job.id)
  }

  private leave(job: ModelJob): void {
    const waited = this.line.indexOf(job)
    const flew = this.flight.indexOf(job)
    if (waited >= 0) {
      this.line.splice(waited, 1)
      if (this.ends.get(job.share) === job.finish) this.ends.set(job.share, job.start)
    }
    if (flew >= 0) this.flight.splice(flew, 1)
    if ((waited >= 0 || flew >= 0) && this.line.length + this.flight.length === 0) {
      this.ends.clear()
      this.virtual = 0
    }
  }

  private giveUp(job: ModelJob): 1 {
    if (job.price > 0) this.resolve(job.id, false)
    job.state = 'failed'
    this.leave(job)
    return 1
  }

  private claim(job: ModelJob, by: string): number {
    const free = job.state === 'queued' || (job.state === 'running' && (job.worker === by || !job.alive))
    if (!free) return 0
    if (job.cancelling || job.claims >= mostClaims) {
      this.giveUp(job)
      return -1
    }
    const waited = this.line.indexOf(job)
    if (waited >= 0) {
      this.line.splice(waited, 1)
      this.flight.push(job)
    }
    Object.assign(job, { state: 'running', worker: by, alive: true, epoch: job.epoch + 1, claims: job.claims + 1 })
    return job.epoch
  }

  /** The worker of a job dies: its lease ends. */
  private die(index: number, root: string): Expected {
    const job = this.jobs[index % Math.max(1, this.jobs.length)]
    if (job?.state !== 'running') return { call: ['EXISTS', `${root}:nothing`], answer: 0 }
    job.alive = false
    return { call: ['HSET', `${root}:job:${job.id}`, 'lease', 0], answer: 0 }
  }

  private rendered(job: ModelJob): number {
    if (job.clip && job.state !== 'failed' && job.state !== 'told') return 1
    if (job.state !== 'running') return 0
    if (job.cancelling) {
      this.giveUp(job)
      return -1
    }
    job.state = 'rendered'
    job.clip = true
    this.leave(job)
    return 1
  }

  private cancel(job: ModelJob, by: string, operator: boolean): string {
    if (this.at(job.member) !== this.at(by) && !operator) return 'not-yours'
    if (job.state === 'queued') {
      this.giveUp(job)
      return 'cancelled'
    }
    if (job.state !== 'running') return 'too-late'
    job.cancelling = true
    return 'cancelling'
  }

  private delivering(job: ModelJob): number {
    if (job.state === 'rendered' || job.state === 'delivering') {
      job.state = 'delivering'
      return ++job.tries
    }
    return job.state === 'failed' ? ++job.tellings : 0
  }
}
