import { makePackage } from './test-package.ts'

/** Writes the testcard package into a folder of models; for tests outside the worker, which run it as a process. */

const [folder] = process.argv.slice(2)
if (!folder) throw new Error('which folder?')
await makePackage(folder)
