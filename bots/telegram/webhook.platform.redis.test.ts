import { afterEach, describe, expect, test } from 'vitest'
import { botsConfig, ConfigError } from '../../core/config.ts'
import { freePort } from '../../core/testing/redis.ts'
import type { Incoming } from '../platform.ts'
import { openTelegram, type TelegramPlatform } from './index.ts'
import { openTelegramParts, type TelegramParts } from './testing/open.ts'

const secret = 'a-secret-of-24-characters'
let telegram: TelegramParts | undefined
let platform: TelegramPlatform | undefined

afterEach(async () => {
  await platform?.stop()
  await telegram?.close()
  telegram = platform = undefined
})

async function open(handle: (event: Incoming) => Promise<void>): Promise<{ parts: TelegramParts; url: string }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/telegram/hook`
  telegram = await openTelegramParts({
    settings: {
      TELEGRAM_WEBHOOK_URL: url,
      TELEGRAM_WEBHOOK_SECRET: secret,
      TELEGRAM_WEBHOOK_PORT: String(port),
    },
  })
  platform = await telegram.open()
  await platform.start(handle)
  return { parts: telegram, url }
}

const soon = <T>(what: () => T) => expect.poll(what, { timeout: 10_000 })

describe('by webhook', () => {
  test('updates are taken, each once, while others are still dealt with; an album is one message', async () => {
    const heard: Incoming[] = []
    let tried = 0
    const { parts } = await open(async event => {
      tried += 1
      if (tried % 4 === 0) throw new Error('a bad moment')
      heard.push(event)
    })
    const { people, api } = parts
    for (let n = 0; n < 30; n += 1) people.write(`p${n}`, people.private(`p${n}`), { text: `wish ${n}` })
    const photo = Uint8Array.of(1)
    people.write('ann', people.private('ann'), { text: 'slowly', photos: [photo, photo] })
    await soon(() => heard.length).toBe(31)
    await soon(() => api.outbox.waiting).toBe(0)
    expect(heard.find(event => event.kind === 'message' && event.text === 'slowly')).toMatchObject({ images: [{}, {}] })
  })

  test('nobody is believed who does not know the secret, and nothing else is served', async () => {
    let heard = 0
    const { url } = await open(async () => {
      heard += 1
    })
    const update = {
      update_id: 1,
      message: {
        message_id: 1,
        date: 1,
        chat: { id: 5, type: 'private' },
        from: { id: 5, is_bot: false, first_name: 'E' },
        text: 'x',
      },
    }
    const post = (headers: Record<string, string>, body: string = JSON.stringify(update), to = url) =>
      fetch(to, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }).then(
        ({ status }) => status,
      )
    const right = { 'x-telegram-bot-api-secret-token': secret }
    expect(await post({})).toBe(401)
    expect(await post({ 'x-telegram-bot-api-secret-token': `${secret}x` })).toBe(401)
    expect(heard).toBe(0)
    expect(await post(right)).toBe(200)
    await soon(() => heard).toBe(1)
    expect(await post(right, 'no json')).toBe(400)
    expect(await post(right, '{"nonsense":true}')).toBe(200)
    expect(await post(right, `{"x":"${'x'.repeat(1_000_001)}"}`)).toBe(413)
    expect(await post(right, '{}', new URL('/', url).href)).toBe(404)
    expect(heard).toBe(1)
  })

  test('what could not be kept is not taken, and comes again', async () => {
    const heard: Incoming[] = []
    let works = false
    const { parts } = await open(async event => {
      if (!works) throw new Error('no')
      heard.push(event)
    })
    await parts.redis.kill()
    parts.people.write('ann', parts.people.private('ann'), { text: 'hello?' })
    await soon(() => parts.api.outbox.waiting).toBe(1)
    works = true
    await soon(() => heard.length).toBe(1)
    await soon(() => parts.api.outbox.waiting).toBe(0)
    await parts.redis.restart()
  })

  test('what comes while we are away comes when we are back', async () => {
    const heard: string[] = []
    const hear = async (event: Incoming): Promise<void> => void (event.kind === 'message' && heard.push(event.text))
    const { parts } = await open(hear)
    await platform?.stop()
    parts.people.write('ann', parts.people.private('ann'), { text: 'are you there?' })
    platform = await parts.open()
    await platform.start(hear)
    await soon(() => heard).toEqual(['are you there?'])
  })

  test('polling takes over from a webhook that was set before', async () => {
    const { parts } = await open(async () => undefined)
    await platform?.stop()
    const heard: string[] = []
    const config = { ...parts.parts.config, TELEGRAM_WEBHOOK_URL: undefined }
    platform = await openTelegram({ ...parts.parts, config })
    await platform.start(async event => void (event.kind === 'message' && heard.push(event.text)))
    parts.people.write('ann', parts.people.private('ann'), { text: 'hello' })
    await soon(() => heard).toEqual(['hello'])
  })
})

describe('a start that cannot work is one clear line', () => {
  const base = { TELEGRAM_TOKEN: '1:abc', SECRET: 'a secret of the tests' }

  test('a webhook without a secret, or with a weak one', () => {
    const url = { TELEGRAM_WEBHOOK_URL: 'https://bot.example.org/hook' }
    expect(() => botsConfig({ ...base, ...url })).toThrow(ConfigError)
    expect(() => botsConfig({ ...base, ...url })).toThrow(/TELEGRAM_WEBHOOK_SECRET.*anybody could send updates/)
    expect(() => botsConfig({ ...base, ...url, TELEGRAM_WEBHOOK_SECRET: 'short' })).toThrow(/16 to 256/)
    expect(botsConfig({ ...base, ...url, TELEGRAM_WEBHOOK_SECRET: secret }).TELEGRAM_WEBHOOK_PORT).toBe(8443)
  })

  test('a token that is none', () => {
    expect(() => botsConfig({ ...base, TELEGRAM_TOKEN: 'my token' })).toThrow(
      /TELEGRAM_TOKEN: is what @BotFather gives/,
    )
  })

  test('a token Telegram does not know, and a Telegram that is not there', async () => {
    telegram = await openTelegramParts()
    const { parts } = telegram
    const unknown = openTelegram({ ...parts, config: { ...parts.config, TELEGRAM_TOKEN: '1:abc' } })
    await expect(unknown).rejects.toThrow('Telegram does not know TELEGRAM_TOKEN: copy it again from @BotFather.')
    const root = `http://127.0.0.1:${await freePort()}`
    const away = await openTelegram({ ...parts, config: { ...parts.config, TELEGRAM_API_ROOT: root } }).catch(
      error => error,
    )
    expect(away.message).toContain(`Telegram does not answer at ${root}`)
    expect(away.message).not.toContain(parts.config.TELEGRAM_TOKEN)
  })
})
