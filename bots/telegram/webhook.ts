import { createHash, timingSafeEqual } from 'node:crypto'
import Fastify from 'fastify'
import { z } from 'zod'
import type { Log } from '../../core/log.ts'
import type { Calls } from './calls.ts'
import type { Intake } from './intake.ts'
import { allowedUpdates } from './wire.ts'

/** Updates that Telegram brings: a small listener of its own, which believes nobody who does not know the secret. */

export interface WebhookSettings {
  /** Where Telegram finds us; its path is the path we listen on. */
  readonly url: string
  readonly secret: string
  readonly host: string
  /** Where we listen, behind the TLS proxy; 0 = any free port. */
  readonly port: number
}

export interface Webhook {
  /** The port it listens on. */
  readonly port: number
  /** Takes no more; Telegram keeps what comes meanwhile. */
  close(): Promise<void>
}

/** Bot API's header, and the most requests it may make at a time. */
const header = 'x-telegram-bot-api-secret-token'
const connections = 40
const bodyBytes = 1_000_000

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

interface WebhookParts {
  readonly calls: Pick<Calls, 'ask'>
  readonly intake: Pick<Intake, 'accept'>
  readonly log: Log
}

/** Listens, then tells Telegram where. What could not be accepted is answered with 503, so that it comes again. */
export async function openWebhook(
  { calls, intake, log }: WebhookParts,
  { url, secret, host, port }: WebhookSettings,
): Promise<Webhook> {
  const right = digest(secret)
  const server = Fastify({ bodyLimit: bodyBytes, forceCloseConnections: true })
  server.post(new URL(url).pathname, async (request, answer) => {
    const given = request.headers[header]
    if (typeof given !== 'string' || !timingSafeEqual(digest(given), right)) return answer.code(401).send()
    try {
      await intake.accept([request.body])
      return answer.code(200).send({})
    } catch (error) {
      log.warn({ err: error }, 'update not accepted')
      return answer.code(503).send()
    }
  })
  await server.listen({ host, port })
  const [bound] = server.addresses()
  try {
    await calls.ask(
      'setWebhook',
      { url, secret_token: secret, max_connections: connections, allowed_updates: allowedUpdates },
      z.literal(true),
    )
  } catch (error) {
    await server.close()
    throw error
  }
  return { port: typeof bound === 'object' ? bound.port : port, close: () => server.close() }
}
