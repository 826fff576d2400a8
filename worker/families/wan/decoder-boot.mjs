// Node 20 cannot start a thread from a .ts file, even under tsx: this starts tsx inside the thread first. Unused in the build.
import { register } from 'tsx/esm/api'

register()
await import('./decoder-thread.ts')
