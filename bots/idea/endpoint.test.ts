import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openIdeaEndpoint } from './endpoint.ts'

/** A model server of our own that speaks /v1/chat/completions, and misbehaves as it is told. */
let server: Server
let url = ''
let asked: { path: string; key: string | undefined; body: unknown }[] = []
/** What it does with the next request. */
let answer: (say: (content: string) => void, raw: ServerResponse) => void

function breakOff(raw: ServerResponse): void {
  raw.writeHead(200, { 'content-length': 99 })
  raw.write('{', () => raw.destroy())
}

const logged: string[] = []
const log = pino(
  new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk))
      done()
    },
  }),
)

beforeAll(async () => {
  server = createServer(async (request, response) => {
    asked.push({
      path: request.url ?? '',
      key: request.headers.authorization,
      body: JSON.parse(await text(request)),
    })
    const say = (content: string): void => {
      response.setHeader('content-type', 'application/json')
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
      response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', model: 'm', choices }))
    }
    answer(say, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})
beforeEach(() => {
  asked = []
  logged.length = 0
})

const ask = (timeoutMs = 5_000) => openIdeaEndpoint({ url, key: 'k-secret', model: 'm-1', log, timeoutMs })('a cat', 3)
const list = (...prompts: unknown[]): string =>
  JSON.stringify({ shots: prompts.map(prompt => (typeof prompt === 'string' ? { prompt } : prompt)) })
const three = list(
  { prompt: 'a cat wakes up', camera: 'push-in' },
  { prompt: '猫跑步', camera: 'barrel roll' },
  'a cat sleeps',
)

test('asks once, as OpenAI-compatible servers want it, and takes its shots', async () => {
  answer = say => say(three)
  expect(await ask()).toEqual([
    { prompt: 'a cat wakes up', camera: 'push-in' },
    { prompt: '猫跑步' },
    { prompt: 'a cat sleeps' },
  ])
  const [request] = asked
  expect(asked).toHaveLength(1)
  expect(request).toMatchObject({ path: '/v1/chat/completions', key: 'Bearer k-secret' })
  const Body = z.object({
    model: z.literal('m-1'),
    messages: z.array(z.object({ role: z.string(), content: z.string() })),
  })
  const { messages } = Body.parse(request?.body)
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user'])
  expect(messages[1]?.content).toBe('a cat')
})

test.each([
  ['fenced', `Sure!\n\`\`\`json\n${three}\n\`\`\``],
  ['thought about', `<think>{"shots": "three?"}</think>${three}`],
])('understands an answer that is %s', async (_, content) => {
  answer = say => say(content)
  expect(await ask()).toHaveLength(3)
})

describe('a model that fails is left alone, and the log says why', () => {
  test.each<[string, typeof answer, RegExp]>([
    ['an error', (_, raw) => raw.writeHead(500).end('{"error":{"message":"boom"}}'), /it answered 500/],
    ['a wrong key', (_, raw) => raw.writeHead(401).end('{}'), /it answered 401/],
    ['a redirection', (_, raw) => raw.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(), /no shot list/],
    ['no JSON', (_, raw) => raw.end('<html>'), /not a shot list/],
    ['words', say => say('I cannot help with that.'), /not a shot list/],
    ['two shots', say => say(list('a cat', 'a dog')), /not a shot list/],
    ['nine shots', say => say(list(...Array(9).fill('a cat walks'))), /not a shot list/],
    ['numbers', say => say(list(1, 2, 3)), /not a shot list/],
    ['a novel for a shot', say => say(list('a cat', 'a dog', 'x'.repeat(400))), /not a shot list/],
    ['shots of signs', say => say(list('a cat', '!!!', '???')), /without words/],
    ['options nobody has', say => say(list('a cat --teleport', 'a dog', 'a cow')), /refusal.option-unknown/],
    ['a huge answer', (_, raw) => void raw.end('x'.repeat(1_000_000)), /more than 65536 bytes/],
    ['a line that breaks', (_, raw) => breakOff(raw), /no shot list/],
  ])('%s', async (_, how, why) => {
    answer = how
    expect(await ask()).toBeUndefined()
    expect(logged).toHaveLength(1)
    expect(logged[0]).toMatch(why)
    expect(logged[0]).not.toContain('k-secret')
  })

  test('one whose address names a password, which the log does not', async () => {
    const told = openIdeaEndpoint({ url: 'http://ann:s3cret@127.0.0.1:1/v1', model: 'm', log })
    expect(await told('a cat', 3)).toBeUndefined()
    expect(logged).toHaveLength(1)
    expect(logged[0]).not.toMatch(/s3cret|ann:/)
  })

  test('a slow one, and one that is not there', async () => {
    answer = () => undefined
    expect(await ask(100)).toBeUndefined()
    expect(logged[0]).toContain('too slow')
    const nobody = openIdeaEndpoint({ url: 'http://127.0.0.1:1/v1', model: 'm', log })
    expect(await nobody('a cat', 3)).toBeUndefined()
    expect(logged).toHaveLength(2)
  })
})
