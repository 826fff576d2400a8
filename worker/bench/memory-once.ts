import { memoryAt } from './transformer.ts'

/** One measurement of bench:wan's memory in a process of its own. Started by wan.ts. */
process.once('message', task => {
  const { folder, tokens, threads } = task as { folder: string; tokens: number; threads: number }
  memoryAt(folder, tokens, threads).then(
    bytes => process.send?.({ bytes }, () => process.exit(0)),
    error => process.send?.({ error: String(error) }, () => process.exit(1)),
  )
})
