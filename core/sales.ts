import { z } from 'zod'
import { newestOf } from './people.ts'
import { MemberId } from './place.ts'
import type { Core } from './redis.ts'

/** Credits for money (core/lua/sales.lua). A charge is `<platform>/<the platform's id of the payment>`; it counts once, for ever. */

const Sale = z.object({
  charge: z.string(),
  account: z.string(),
  /** Who paid, and is paid back. */
  member: MemberId,
  pack: z.string(),
  /** What it was worth then; 0 = nothing we sell, it can only be given back. */
  credits: z.coerce.number(),
  /** As the platform counts, e.g. Stars. */
  price: z.coerce.number(),
  /** Unix milliseconds. */
  at: z.coerce.number(),
  /** `returning`: the credits are back with us, the money is not yet back with the member. */
  state: z.enum(['paid', 'returning', 'returned']),
  /** Credits taken back. */
  taken: z.coerce.number(),
})
export type Sale = z.infer<typeof Sale>

export const chargeOf = (platform: string, id: string): string => `${platform}/${id}`

/** Credits a charge. `again`: this very update did it before; `known`: another update did. */
export async function sell(
  core: Core,
  sale: Pick<Sale, 'charge' | 'account' | 'member' | 'pack' | 'credits' | 'price'> & { readonly update: string },
): Promise<'ok' | 'again' | 'known'> {
  const { charge, account, member, pack, credits, price, update } = sale
  return (await core.call('tr_sale', charge, account, member, pack, credits, price, update)) as 'ok' | 'again' | 'known'
}

export async function saleOf(core: Core, charge: string): Promise<Sale | undefined> {
  const fields = await core.redis.hgetall(`${core.root}:sale:${charge}`)
  return fields['state'] === undefined ? undefined : Sale.parse({ ...fields, charge })
}

/** What a person paid for, under any of their names, newest first. */
export async function salesOf(core: Core, member: MemberId, limit: number): Promise<Sale[]> {
  const sales = await Promise.all((await newestOf(core, 'sales', member, limit)).map(charge => saleOf(core, charge)))
  return sales.filter(sale => sale !== undefined)
}

/**
 * Takes the credits of a charge back as far as they are there; the money is the caller's to give back, then `returned`. `taken`: just
 * now; `returning`: earlier, and the money may still be due; `returned`: all done before.
 */
export async function takeBack(
  core: Core,
  charge: string,
): Promise<{ state: 'unknown' | 'taken' | 'returning' | 'returned'; taken: number }> {
  const [state, taken] = (await core.call('tr_take_back', charge)) as [
    'unknown' | 'taken' | 'returning' | 'returned',
    number,
  ]
  return { state, taken }
}

/** The money of a charge is back with the member. False if that was known. */
export const returned = async (core: Core, charge: string): Promise<boolean> =>
  (await core.call('tr_returned', charge)) === 1
