import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { config as dotenv } from 'dotenv'
import { z } from 'zod'
import type { Place } from './place.ts'

/** The only reader of the environment. Every variable is explained in .env.example. */

const list = z
  .string()
  .default('')
  .transform(text => text.split(/[\s,]+/).filter(Boolean))
const whole = (fallback: number, least = 0) => z.coerce.number().int().min(least).default(fallback)

function isProxy(text: string): boolean {
  const [, address = '', bits = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const kind = isIP(address)
  return kind === 0 ? /^(loopback|linklocal|uniquelocal)$/.test(text) : Number(bits) <= (kind === 4 ? 32 : 128)
}

/** "telegram/-100123", "discord/123/456". */
function placeOf(text: string): Place {
  const [platform = '', channel = '', thread] = text.split('/')
  return { platform, channel, ...(thread !== undefined && { thread }), private: false }
}

const Shared = z.object({
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must start with redis:// or rediss://')
    .default('redis://127.0.0.1:6379'),
  DATA_DIR: z.string().default('data'),
  MODELS_DIR: z.string().default('models'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CATALOGUE: z.string().optional(),
  STORE: z.enum(['local', 's3']).default('local'),
  S3_BUCKET: z.string().optional(),
  S3_REGION: z.string().default('auto'),
  S3_ENDPOINT: z.url().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  RETENTION_DAYS: whole(30, 1),
})

const Bots = Shared.extend({
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(8080),
  PUBLIC_URL: z.url().optional(),
  TRUST_PROXY: list.refine(
    all => all.every(isProxy),
    'takes addresses, address/bits and loopback, linklocal, uniquelocal',
  ),
  NEW_MEMBERS_PER_DAY: whole(20),
  SECRET: z.string().min(16, 'needs at least 16 characters').optional(),
  DAILY_CREDITS: whole(66),
  MEMBER_OPEN_JOBS: whole(3, 1),
  PLACE_OPEN_JOBS: whole(20, 1),
  OPERATORS: list,
  LANGUAGE: z.string().default('en'),
  BLOCKED_WORDS: z.string().optional(),
  ADULT_WORDS: z.string().optional(),
  OPERATOR_PLACE: z
    .string()
    .regex(
      /^[a-z]+\/[^/\s]+(?:\/[^/\s]+)?$/,
      'is platform/channel or platform/channel/thread, such as telegram/-100123',
    )
    .transform(placeOf)
    .optional(),
  ROLE_RULES: z.string().optional(),
  TERMS_FILE: z.string().optional(),
  PAY_SUPPORT: z.string().optional(),
  IDEA_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://api.openai.com/v1' })
    .refine(url => !/^https?:\/\/[^/?#]*@/i.test(url), 'must not name a user or password: IDEA_KEY is for that')
    .optional(),
  IDEA_KEY: z.string().optional(),
  IDEA_MODEL: z.string().optional(),
  DISCORD_TOKEN: z.string().optional(),
  DISCORD_GUILD: z
    .string()
    .regex(/^\d{15,20}$/, 'must be the id of a server (Copy Server ID)')
    .optional(),
  DISCORD_SHARDS: z
    .union([z.literal('auto'), z.coerce.number().int().min(1).max(1000)], 'must be auto or a number from 1 to 1000')
    .default('auto'),
  DISCORD_API: z.url({ protocol: /^https?$/, error: 'must be an address' }).default('https://discord.com/api'),
  TELEGRAM_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]+$/, 'is what @BotFather gives, for example 123456:ABC-DEF')
    .optional(),
  TELEGRAM_API_ROOT: z.url({ protocol: /^https?$/, error: 'must be an address' }).default('https://api.telegram.org'),
  TELEGRAM_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: 'must be an address' }).optional(),
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{16,256}$/, 'needs 16 to 256 of A-Z a-z 0-9 _ -')
    .optional(),
  TELEGRAM_APP: z
    .string()
    .regex(/^\w{3,30}$/, 'is the short name that @BotFather asked for with /newapp')
    .optional(),
  TELEGRAM_WEBHOOK_PORT: whole(8443),
  WECHATY_PUPPET: z
    .string()
    .regex(/^(?:@[a-z0-9-]+\/)?wechaty-puppet-[a-z0-9-]+$/, 'is the name of a package such as wechaty-puppet-wechat4u')
    .optional(),
  WECHATY_TOKEN: z.string().optional(),
  WECHATY_ENDPOINT: z
    .string()
    .regex(/^(?:https?:\/\/)?[\w.-]+:\d{1,5}\/?$/, 'must be host:port, or http://host:port without TLS')
    .optional(),
  WECHAT_UPLOAD_MB: whole(10, 1),
  WECHAT_PER_MINUTE: whole(20, 1),
})
  .refine(bots => bots.TELEGRAM_WEBHOOK_URL === undefined || bots.TELEGRAM_WEBHOOK_SECRET !== undefined, {
    path: ['TELEGRAM_WEBHOOK_SECRET'],
    error: 'is needed with TELEGRAM_WEBHOOK_URL, else anybody could send updates',
  })
  .refine(bots => bots.IDEA_URL === undefined || bots.IDEA_MODEL !== undefined, {
    path: ['IDEA_MODEL'],
    error: 'is needed with IDEA_URL: the name of the model there',
  })
  .refine(bots => bots.WECHATY_PUPPET !== 'wechaty-puppet-service' || bots.WECHATY_TOKEN !== undefined, {
    path: ['WECHATY_TOKEN'],
    error: 'is needed with WECHATY_PUPPET=wechaty-puppet-service',
  })

const Worker = Shared.extend({
  DEVICE: z.enum(['auto', 'cpu', 'cuda', 'webgpu']).default('auto'),
  THREADS: whole(0),
  MODELS: list,
  LABEL_PRODUCER: z
    .string()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'printable ASCII without blanks, quotes and backslashes')
    .default('Threadreel'),
  LABEL_LANGUAGE: z.enum(['zh', 'en', 'both']).default('zh'),
})

const Try = z.object({
  THREADREEL_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://localhost:8080' })
    .default('http://localhost:8080'),
  DATA_DIR: z.string().default('data'),
})

const Crash = z.object({ CRASH_FILE: z.string().optional() })

export type SharedConfig = z.infer<typeof Shared>
export type BotsConfig = Omit<z.infer<typeof Bots>, 'SECRET' | 'PUBLIC_URL'> & { SECRET: string; PUBLIC_URL: string }
export type WorkerConfig = z.infer<typeof Worker>

/** Wrong settings, all of them at once, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

function read<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.infer<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`These settings are wrong (see .env.example):\n${lines.join('\n')}`)
}

/** Takes `.env` beside package.json into the environment; what is already set wins. */
function loadEnv(): NodeJS.ProcessEnv {
  dotenv({ quiet: true })
  return process.env
}

export const sharedConfig = (env = loadEnv()): SharedConfig => read(Shared, env)
/** Where the crash suite says which process is to die (core/crashpoint.ts). Only set by tests. */
export const crashConfig = (env: NodeJS.ProcessEnv = process.env): z.infer<typeof Crash> => read(Crash, env)
/** Settings of `npm run try`: which Threadreel it talks to, and where it keeps who it was. */
export const tryConfig = (env = loadEnv()): z.infer<typeof Try> => read(Try, env)
export const workerConfig = (env = loadEnv()): WorkerConfig => read(Worker, env)

/** Settings of the bots. Without SECRET one is made once and kept in DATA_DIR, so that links and cookies outlive a restart. */
export function botsConfig(env = loadEnv()): BotsConfig {
  const config = read(Bots, env)
  return {
    ...config,
    SECRET: config.SECRET ?? keptSecret(config.DATA_DIR),
    PUBLIC_URL: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`,
  }
}

function keptSecret(folder: string): string {
  const file = resolve(folder, 'secret')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(folder, { recursive: true })
  const secret = randomBytes(32).toString('base64url')
  writeFileSync(file, `${secret}\n`, { mode: 0o600 })
  return secret
}
