import { log } from 'wechaty'
import { freePort } from '../../../core/testing/redis.ts'
import type { World } from './world.ts'

interface PuppetServer {
  start(): Promise<void>
  stop(): Promise<void>
}
interface ServerOptions {
  readonly endpoint: string
  readonly puppet: ReturnType<World['puppet']>
  readonly token: string
  readonly tls: { readonly disable: boolean }
}

/** Imported by a name the compiler does not follow: its types declare another `util.promisify` than Node's, for the whole program. */
const service: string = 'wechaty-puppet-service'
const { PuppetServer } = (await import(service)) as {
  readonly PuppetServer: new (options: ServerOptions) => PuppetServer
}

/** A puppet service as operators run one: wechaty's own gRPC server, with a puppet of the world behind it. */
export interface Gateway {
  /** What the operator would set to use it. */
  readonly setup: { readonly puppet: string; readonly endpoint: string; readonly token: string }
  /** The machine goes down, and comes back up. */
  down(): Promise<void>
  up(): Promise<void>
  /** Sends an event that no client can read. */
  babble(): void
}

export async function openGateway(world: World): Promise<Gateway> {
  log.level('silent')
  const port = await freePort()
  const token = 'insecure_of-the-tests'
  const puppet = world.puppet()
  let server: PuppetServer | undefined
  const gateway: Gateway = {
    setup: { puppet: 'wechaty-puppet-service', endpoint: `http://127.0.0.1:${port}`, token },
    async up() {
      server = new PuppetServer({ endpoint: `127.0.0.1:${port}`, puppet, token, tls: { disable: true } })
      await server.start()
    },
    async down() {
      await server?.stop()
      server = undefined
    },
    babble() {
      // What the server sends is JSON of what the puppet emits; of undefined it makes no JSON at all.
      puppet.emit('friendship', undefined as never)
    },
  }
  await gateway.up()
  return gateway
}
