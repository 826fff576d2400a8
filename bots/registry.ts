import type { BotsConfig } from '../core/config.ts'
import type { AdapterParts } from './adapter.ts'
import { openDiscord } from './discord/index.ts'
import type { Platform } from './platform.ts'
import { openTelegram } from './telegram/index.ts'
import { openWeb } from './web/index.ts'
import { openWechat } from './wechat/index.ts'

/** A chat platform we can be on. */
interface Adapter {
  /** The operator has set what it needs (a token). */
  configured(config: BotsConfig): boolean
  open(parts: AdapterParts): Promise<Platform>
}

/** Every platform: a new one is a folder and a line here. */
const adapters: Record<string, Adapter> = {
  web: { configured: () => true, open: openWeb },
  discord: { configured: config => config.DISCORD_TOKEN !== undefined, open: openDiscord },
  telegram: { configured: config => config.TELEGRAM_TOKEN !== undefined, open: openTelegram },
  wechat: { configured: config => config.WECHATY_PUPPET !== undefined, open: openWechat },
}

/** Opens all platforms that are configured. */
export const openPlatforms = (parts: AdapterParts): Promise<Platform[]> =>
  Promise.all(
    Object.entries(adapters)
      .filter(([, adapter]) => adapter.configured(parts.config))
      .map(([name, adapter]) => adapter.open({ ...parts, log: parts.log.child({ platform: name }) })),
  )
