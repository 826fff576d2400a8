import type { Catalogue } from '../core/catalogue.ts'
import type { BotsConfig } from '../core/config.ts'
import type { Log } from '../core/log.ts'
import type { Core } from '../core/redis.ts'
import type { Store } from '../core/store.ts'

/** What an adapter may use. */
export interface AdapterParts {
  readonly config: BotsConfig
  readonly core: Core
  readonly store: Store
  readonly catalogue: Catalogue
  readonly log: Log
}
