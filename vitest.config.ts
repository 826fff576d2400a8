import { defineConfig } from 'vitest/config'

/** One project per test tier; a test file's suffix says what it needs (see CONTRIBUTING.md). */
const rooms = '{bots,core,worker}/**'
const tier = (name: string, include: string, timeout: number, parallel = true) => ({
  test: {
    name,
    include: [include],
    exclude: ['**/node_modules/**', ...(name === 'unit' ? [`${rooms}/*.{redis,media,e2e,gpu,slow}.test.ts`] : [])],
    testTimeout: timeout,
    hookTimeout: timeout,
    fileParallelism: parallel,
  },
})

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      tier('unit', `${rooms}/*.test.ts`, 10_000),
      tier('redis', `${rooms}/*.redis.test.ts`, 60_000),
      tier('media', `${rooms}/*.media.test.ts`, 120_000, false),
      tier('e2e', `${rooms}/*.e2e.test.ts`, 240_000, false),
      tier('slow', `${rooms}/*.slow.test.ts`, 1_200_000, false),
    ],
  },
})
