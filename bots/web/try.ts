import { randomBytes } from 'node:crypto'
import { access, constants, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ConfigError, tryConfig } from '../../core/config.ts'
import { type Client, type Heard, openClient, Refused } from './client.ts'

/**
 * `npm run try -- "words" [--image a.png] [--last b.png] [--room x] [--as name] [--out clip.mp4] [--json]`: says one thing to a
 * running Threadreel, shows what it answers and saves the clip. With `--json` the last line is one JSON object.
 */

const usage = 'npm run try -- "words" [--image a.png] [--last b.png] [--room x] [--as name] [--out clip.mp4] [--json]'

interface Wish {
  readonly text: string
  readonly pictures: readonly string[]
  readonly room: string
  readonly name: string
  readonly out: string | undefined
  readonly json: boolean
}

/** Reads the command line. Throws Refused with the usage. */
export function readArgs(args: readonly string[]): Wish {
  const options = { image: text, last: text, room: text, as: text, out: text, json: { type: 'boolean' } } as const
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const { image, last, room = 'try', as: name = 'try', out, json = false } = values
    if (last !== undefined && image === undefined)
      throw new Error('--last needs --image: the clip goes from one to the other')
    const pictures = [image, last].filter(path => path !== undefined)
    if (positionals.length === 0 && pictures.length === 0) throw new Error('say what should happen')
    return { text: positionals.join(' '), pictures, room, name, out, json }
  } catch (error) {
    throw new Refused('usage', `${error instanceof Error ? error.message : error}\n${usage}`)
  }
}
const text = { type: 'string' } as const

/** Shows what happens: a bar that is redrawn on a terminal, lines elsewhere. */
function openScreen(stream: NodeJS.WriteStream) {
  let shown = ''
  let step = -1
  const lineOf = (words: string): string => words.split('\n').join(' ')
  return {
    progress(words: string, done: number): void {
      if (stream.isTTY) {
        const full = Math.round(done * 24)
        const line = `${'█'.repeat(full)}${'░'.repeat(24 - full)} ${lineOf(words)}`
        stream.write(`\r\u001b[2K${line.slice(0, (stream.columns || 80) - 1)}`)
      } else if (Math.floor(done * 5) !== step || (done === 0 && words !== shown)) {
        step = Math.floor(done * 5)
        stream.write(`${lineOf(words)}\n`)
      }
      shown = words
    },
    say(words: string): void {
      stream.write(`${stream.isTTY ? '\r\u001b[2K' : ''}${words}\n`)
    },
  }
}

/** Who we were the last time under this name, at this server. */
function keptCookie(folder: string, url: string, name: string) {
  const file = resolve(folder, 'try', `${encodeURIComponent(new URL(url).host)}.${encodeURIComponent(name)}.cookie`)
  return {
    read: () =>
      readFile(file, 'utf8')
        .then(kept => kept.trim())
        .catch(() => ''),
    async write(cookie: string) {
      await mkdir(resolve(folder, 'try'), { recursive: true })
      await writeFile(file, `${cookie}\n`, { mode: 0o600 })
    },
  }
}

/** The bot's last word on what we said. */
async function answerTo(client: Client, wish: Wish, screen: ReturnType<typeof openScreen>): Promise<Heard> {
  const ending = new AbortController()
  const pictures = await Promise.all(
    wish.pictures.map(async path => ({
      name: basename(path),
      bytes: await readFile(path).catch(() => {
        throw new Refused('usage', `There is no file ${path}.`)
      }),
    })),
  )
  const after = await client.reached(wish.room)
  const said = await client.say(wish.room, { id: randomBytes(12).toString('hex'), text: wish.text, pictures })
  try {
    for await (const message of client.hear(wish.room, after, ending.signal)) {
      if (message.by !== 'bot' || message.answers !== said.id) continue
      if (message.mood !== 'working') return message
      screen.progress(message.text, message.progress ?? 0)
    }
    throw new Refused('web.broken', 'The room has gone quiet.')
  } finally {
    ending.abort()
  }
}

/** Throws Refused if the clip could not be saved: better now than when it is made and paid for. */
async function checkOut(out: string | undefined): Promise<void> {
  const folder = dirname(resolve(out ?? 'clip.mp4'))
  await access(folder, constants.W_OK).catch(() => {
    throw new Refused('usage', `Nothing can be saved in ${folder}: there is no such folder, or it is not yours.`)
  })
  const there = out === undefined ? undefined : await stat(out).catch(() => undefined)
  if (there?.isDirectory()) throw new Refused('usage', `${out} is a folder; name the file to save the clip in.`)
}

/** How the clip was made; its job may be a moment behind its message. Throws Refused if that cannot be learnt. */
async function madeOf(client: Client, wish: Wish, answer: Heard, tries = 8) {
  const { number, clip } = await client.job(wish.room, answer.id).catch(error => {
    if (tries > 1) return { number: 0, clip: undefined }
    throw error
  })
  if (clip) return { number, clip }
  if (tries <= 1) throw new Refused('failed', 'The clip is there, but not how it was made.')
  await pause(250)
  return madeOf(client, wish, answer, tries - 1)
}

/** What is said of an answer that is no clip. */
const noClip = {
  clip: null,
  model: null,
  seconds: null,
  width: null,
  height: null,
  unknownWords: [],
  renderSeconds: null,
}

async function run(wish: Wish): Promise<Record<string, unknown>> {
  const { THREADREEL_URL: url, DATA_DIR } = tryConfig()
  await checkOut(wish.out)
  const screen = openScreen(wish.json ? process.stderr : process.stdout)
  const kept = keptCookie(DATA_DIR, url, wish.name)
  const language = /\p{Script=Han}/u.test(wish.text) ? 'zh-CN' : 'en'
  const client = openClient(url, { cookie: await kept.read(), language })
  const known = await client.me()
  const me = known.member === undefined ? await client.join(wish.name) : known
  await kept.write(client.cookie)

  const answer = await answerTo(client, wish, screen)
  if (answer.mood === 'problem') throw new Refused(answer.failure ?? 'failure.internal', answer.text)
  screen.say(answer.text)
  const credits = { creditsBefore: me.credits, creditsAfter: (await client.me()).credits }
  if (!answer.media) return { ok: true, ...noClip, text: answer.text, ...credits }

  const clip = wish.out ?? basename(answer.media.name)
  await writeFile(clip, await client.fetchMedia(answer.media.src))
  screen.say(clip)
  const { number, clip: made } = await madeOf(client, wish, answer)
  const { id, ...facts } = made
  return { ok: true, clip, ...facts, ...credits, number, id }
}

function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error
  const message = error instanceof Error ? error.message : String(error)
  return new Refused(error instanceof ConfigError ? 'usage' : 'failed', message.replace(/\s*\n\s*/g, ' '))
}

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const json = args.includes('--json')
  const end = (line: Record<string, unknown>): void => {
    if (json) process.stdout.write(`${JSON.stringify(line)}\n`)
  }
  try {
    end(await run(readArgs(args)))
  } catch (error) {
    const refused = refusalOf(error)
    process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[2K' : ''}${refused.message}\n`)
    end({ ok: false, code: refused.code, message: refused.message })
    process.exitCode = 1
  }
}

await main()
