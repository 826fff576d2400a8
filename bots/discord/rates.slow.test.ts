import { expect, test, vi } from 'vitest'
import { talk } from './testing/road.ts'

test('half an hour at 25 messages a second: no 429 of our making, no call before a wait is over, nothing unsaid', async () => {
  vi.useFakeTimers()
  const { wanted, said, fast, early } = await talk(30)
  vi.useRealTimers()
  expect({ said, fast, early }).toEqual({ said: wanted, fast: [], early: [] })
})
