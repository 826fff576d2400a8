import type { AdapterParts } from '../adapter.ts'
import type { Incoming } from '../platform.ts'
import type { Hub } from './hub.ts'
import type { Rooms } from './rooms.ts'
import type { Uploads } from './uploads.ts'

/** What the routes work with. */
export interface ServerParts extends AdapterParts {
  readonly rooms: Rooms
  readonly hub: Hub
  /** A moment that was never told before. */
  now(): number
  readonly uploads: Uploads
  creditsOf(member: string): Promise<number>
  /** Hands an update to the conversation; resolves when it is durable. */
  tell(event: Incoming): Promise<void>
}
