import type { AdapterParts } from '../adapter.ts'
import type { Incoming } from '../platform.ts'
import type { Hub } from './hub.ts'
import type { Rooms } from './rooms.ts'

/** What the routes work with. */
export interface ServerParts extends AdapterParts {
  readonly rooms: Rooms
  readonly hub: Hub
  /** A moment that was never told before. */
  now(): number
  /** Pictures of messages that are being handled right now, by attachment id. */
  readonly uploads: Map<string, Uint8Array>
  creditsOf(member: string): Promise<number>
  /** Hands an update to the conversation; resolves when it is durable. */
  tell(event: Incoming): Promise<void>
}
