/** Rate limits as Discord keeps them: a bucket per route and channel (or token), and one for all. */

interface Bucket {
  left: number
  resetAt: number
}

/** How many calls in how many ms; Discord does not publish these, they are what its headers say at the time of writing. */
const limits: readonly (readonly [RegExp, number, number])[] = [
  [/^POST \/channels\/:id\/messages$/, 5, 5_000],
  [/^PATCH \/channels\/:id\/messages\/:id$/, 5, 5_000],
  [/^DELETE \/channels\/:id\/messages\/:id$/, 5, 1_000],
  [/^GET \/channels\/:id\/messages$/, 50, 5_000],
  [/^\w+ \/webhooks\//, 5, 2_000],
  [/^PUT \/applications\//, 2, 20_000],
]
const usual = [50, 1_000] as const
const globalPerSecond = 50

/** How a call went: allowed, with what its headers say, or too early. */
interface Verdict {
  readonly headers: Readonly<Record<string, string>>
  /** Seconds to wait, if the call is refused. */
  readonly retryAfter?: number
  readonly global?: boolean
}

export interface Rates {
  /** `route`: "PATCH /channels/:id/messages/:id"; `major`: what the bucket belongs to; `counted`: it counts to the global limit. */
  check(route: string, major: string, counted: boolean): Verdict
}

/** `haste`: how many times as fast as Discord's they run. */
export function openRates(haste = 1): Rates {
  const buckets = new Map<string, Bucket>()
  const perSecond = globalPerSecond * haste
  const all = { left: perSecond, at: Date.now() }
  return {
    check(route, major, counted) {
      const now = Date.now()
      if (counted) {
        all.left = Math.min(perSecond, all.left + ((now - all.at) * perSecond) / 1000)
        all.at = now
        if (all.left < 1) return { headers: {}, retryAfter: 1 / haste, global: true }
        all.left -= 1
      }
      const [, count, everyMs] = limits.find(([shape]) => shape.test(route)) ?? [undefined, ...usual]
      const key = `${route} ${major}`
      const known = buckets.get(key)
      const bucket = known && now < known.resetAt ? known : { left: count, resetAt: now + everyMs / haste }
      buckets.set(key, bucket)
      const seconds = (bucket.resetAt - now) / 1000
      const headers = {
        'x-ratelimit-limit': String(count),
        'x-ratelimit-remaining': String(Math.max(0, bucket.left - 1)),
        'x-ratelimit-reset': String(bucket.resetAt / 1000),
        'x-ratelimit-reset-after': String(seconds),
        'x-ratelimit-bucket': bucketName(route),
      }
      if (bucket.left === 0) return { headers, retryAfter: seconds }
      bucket.left -= 1
      return { headers }
    },
  }
}

const bucketName = (route: string): string => Buffer.from(route).toString('hex').slice(0, 32)
