import { setTimeout as pause } from 'node:timers/promises'

/** Resolves once something is so, for what tells nobody when it changes. Works outside of vitest as well. */
export async function until(so: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  for (const late = Date.now() + ms; !(await so()); await pause(25))
    if (Date.now() > late) throw new Error(`not so within ${ms} ms: ${so}`)
}
