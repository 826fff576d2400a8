import { type BotsConfig, botsConfig } from '../core/config.ts'
import type { AdapterParts } from './adapter.ts'
import { discordCan, openDiscord } from './discord/index.ts'
import type { Platform } from './platform.ts'
import type { Column } from './platforms-page.ts'
import { cloudRoot } from './telegram/client.ts'
import { openTelegram, telegramCan } from './telegram/index.ts'
import { openWeb, webCan } from './web/index.ts'
import { openWechat, wechatCan } from './wechat/index.ts'

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

/** What each platform allows with the settings as they are by default (bots/PLATFORMS.md). */
export const platformColumns = (): Column[] => [
  { name: 'Web', can: webCan },
  { name: 'Telegram', can: telegramCan(cloudRoot) },
  { name: 'Telegram, own Bot API server', can: telegramCan('http://localhost:8081') },
  { name: 'Discord', can: discordCan },
  { name: 'WeChat', can: wechatCan(botsConfig({ SECRET: 'only to read defaults' }).WECHAT_UPLOAD_MB) },
]
