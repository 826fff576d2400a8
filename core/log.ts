import { type Logger, pino } from 'pino'

export type Log = Logger

/** Paths whose values never reach a log line. */
const secrets = [
  'token',
  'secret',
  'password',
  'authorization',
  'cookie',
  '*.token',
  '*.secret',
  '*.password',
  '*.authorization',
  '*.cookie',
]

/** Removes what looks like a bot token or a URL password from free text (error messages of SDKs carry them). */
export const redact = (text: string): string =>
  text
    .replace(/\d{6,12}:[A-Za-z0-9_-]{30,}/g, '[token]')
    .replace(/\b[MNO][A-Za-z\d_-]{23,27}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,}/g, '[token]')
    .replace(/(\w+:\/\/)[^@/\s]+@/g, '$1[secret]@')

/** The one logger; `child` it with fields. Tokens, secrets and passwords are redacted. */
export function openLog(level: string, name: string): Log {
  return pino({
    name,
    level,
    base: { name },
    redact: { paths: secrets, censor: '[secret]' },
    serializers: {
      err: (error: unknown) => {
        const plain = pino.stdSerializers.err(error as Error)
        if (!plain || typeof plain !== 'object') return plain
        return { ...plain, message: redact(String(plain.message ?? '')), stack: redact(String(plain.stack ?? '')) }
      },
    },
  })
}
