import * as fc from 'fast-check'

/** Random sequences of everything that can happen to credits and jobs, for the property tests (model.ts says what must come of them). */

export const members = ['web:ann', 'web:bob', 'web:cy'] as const
const days = ['2026-01-01', '2026-01-02', '2026-01-03'] as const
export const places = ['web/r/', 'web/s/'] as const

const nth = fc.nat(4)
const member = fc.constantFrom(...members)
const credits = fc.constantFrom(1, 20, 35, 100)
const worker = fc.constantFrom('w1', 'w2')
/** Which epoch the caller believes in, counted back from the right one. */
const behind = fc.constantFrom(0, 0, 0, 1)
const step = <K extends string, F extends object>(
  kind: K,
  fields: { [N in keyof F]: fc.Arbitrary<F[N]> },
  weight: number,
) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), ...fields }) as fc.Arbitrary<{ kind: K } & F>,
})

const grant = step('grant', { op: nth, account: member, credits: fc.constantFrom(20, 35, 100, 1.5, -20) }, 4)
const code = step('code', { op: fc.nat(1), credits: fc.constantFrom(5, 7), uses: fc.constantFrom(1, 2) }, 1)
const redeem = step('redeem', { account: member, code: fc.nat(2) }, 2)
const hold = step('hold', { hold: nth, account: member, credits }, 3)
const resolve = step('resolve', { hold: nth, how: fc.constantFrom('capture', 'release') }, 4)
const daily = step(
  'daily',
  { account: member, credits: fc.constantFrom(0, 66, 66, 90), day: fc.constantFrom(...days) },
  3,
)
const sale = step(
  'sale',
  { charge: fc.nat(2), account: member, credits: fc.constantFrom(0, 100, 500), update: fc.nat(2) },
  2,
)
const takeBack = step('takeBack', { charge: fc.nat(2) }, 1)
const returned = step('returned', { charge: fc.nat(2) }, 1)
const offer = step('offer', { account: member, code: fc.nat(1) }, 1)
const link = step('link', { account: member, code: fc.nat(1) }, 2)
const unlink = step('unlink', { account: member, everybody: fc.boolean() }, 1)
const accept = step(
  'accept',
  {
    update: fc.nat(20),
    member,
    payer: member,
    credits: fc.constantFrom(0, 20, 35),
    place: fc.nat(1),
    day: fc.constantFrom(...days),
  },
  6,
)
const dispatch = step('dispatch', { room: fc.constantFrom(1, 2, 3) }, 3)
const claim = step('claim', { job: nth, worker }, 5)
const die = step('die', { job: nth }, 2)
const renew = step('renew', { job: nth, behind }, 2)
const rendered = step('rendered', { job: nth, behind }, 3)
const fail = step('fail', { job: nth, behind: fc.constantFrom(undefined, 0, 1) }, 2)
const cancel = step('cancel', { job: nth, by: member, operator: fc.boolean() }, 3)
const delivering = step('delivering', { job: nth }, 3)
const settle = step('settle', { job: nth }, 3)
const told = step('told', { job: nth }, 3)

/** Steps that belong together, so that sequences get far: random ones seldom do. */
const story = <S>(weight: number, ...parts: readonly { arbitrary: fc.Arbitrary<S> }[]) => ({
  weight,
  arbitrary: fc.tuple(...parts.map(part => part.arbitrary)),
})
const alone = <S>({ weight, arbitrary }: { weight: number; arbitrary: fc.Arbitrary<S> }) => ({
  weight,
  arbitrary: arbitrary.map(one => [one]),
})
/** The same job through all of a story. */
const ofOneJob = (weight: number, ...parts: readonly { arbitrary: fc.Arbitrary<Step> }[]) => ({
  weight,
  arbitrary: fc
    .tuple(nth, ...parts.map(part => part.arbitrary))
    .map(([job, ...steps]) => steps.map(one => ('job' in one ? { ...one, job } : one))),
})
/** The same account and charge through all of a story. */
const ofOneAccount = (weight: number, ...parts: readonly { arbitrary: fc.Arbitrary<Step> }[]) => ({
  weight,
  arbitrary: fc
    .tuple(member, fc.nat(2), ...parts.map(part => part.arbitrary))
    .map(([account, charge, ...steps]) =>
      steps.map(one => ({ ...one, ...('account' in one && { account }), ...('charge' in one && { charge }) }) as Step),
    ),
})
/** Many requests of one member in one place. */
const rush = {
  weight: 1,
  arbitrary: fc
    .tuple(member, fc.nat(1), fc.array(accept.arbitrary, { minLength: 4, maxLength: 7 }))
    .map(([who, place, asked]): Step[] =>
      asked.map((one, i) => ({ ...one, place, update: 20 + i, credits: 0, ...(place === 0 && { member: who }) })),
    ),
}

/** A sequence of steps; jobs, holds, updates and operations are named by small numbers so that they meet again. */
export const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof(
      ...[
        grant,
        daily,
        code,
        redeem,
        sale,
        takeBack,
        returned,
        offer,
        link,
        unlink,
        hold,
        resolve,
        accept,
        dispatch,
        claim,
        die,
        renew,
        rendered,
        fail,
        cancel,
        delivering,
        settle,
        told,
      ].map(one => alone<Step>(one)),
      story<Step>(2, code, redeem, redeem, redeem),
      ofOneAccount(1, sale, sale, takeBack, returned, takeBack),
      ofOneAccount(2, sale, hold, daily, takeBack, daily),
      story<Step>(2, daily, hold, offer, link, daily, resolve),
      story<Step>(1, offer, link, accept, accept, unlink, daily),
      story<Step>(2, grant, hold, resolve, resolve),
      story<Step>(2, daily, hold, resolve, daily),
      story<Step>(4, grant, accept),
      rush,
      ofOneJob(4, claim, rendered, delivering, settle),
      ofOneJob(2, claim, cancel, rendered),
      ofOneJob(2, claim, die, claim, renew, die, claim, die, claim),
      ofOneJob(1, claim, renew, rendered, settle),
    ),
    { minLength: 1, maxLength: 24 },
  )
  .map(stories => stories.flat())

interface Steps {
  grant: typeof grant
  daily: typeof daily
  sale: typeof sale
  takeBack: typeof takeBack
  returned: typeof returned
  offer: typeof offer
  link: typeof link
  unlink: typeof unlink
  code: typeof code
  redeem: typeof redeem
  hold: typeof hold
  resolve: typeof resolve
  accept: typeof accept
  dispatch: typeof dispatch
  claim: typeof claim
  die: typeof die
  renew: typeof renew
  rendered: typeof rendered
  fail: typeof fail
  cancel: typeof cancel
  delivering: typeof delivering
  settle: typeof settle
  told: typeof told
}
type Made<A> = A extends { arbitrary: fc.Arbitrary<infer S> } ? S : never
export type Step = Made<Steps[keyof Steps]>
