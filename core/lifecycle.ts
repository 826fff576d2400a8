/** Calls `stop` once when this process is asked to end: SIGTERM, SIGINT, or the start script that launched it is gone. */
export function onStop(stop: (reason: string) => Promise<void>): void {
  let asked = false
  const once = (reason: string) => () => {
    if (asked) return
    asked = true
    stop(reason).then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', once('SIGTERM'))
  process.once('SIGINT', once('SIGINT'))
  if (process.connected) process.once('disconnect', once('parent gone'))
}

/** Tells the start script that this process now does its work. */
export function tellReady(): void {
  process.send?.('ready')
}
