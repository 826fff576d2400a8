import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openClient } from './client.ts'

const token = '123456:a-token-nobody-may-see'
/** Nobody listens on the discard port. */
const nowhere = 'http://127.0.0.1:9/own-server'
const signal = AbortSignal.timeout(5_000)

test('a server of one’s own that runs with --local hands out files on its disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-own-'))
  const file = join(folder, 'photo.jpg')
  await writeFile(file, 'a picture')
  expect(Buffer.from(await openClient(token, nowhere).fetchFile(file, signal)).toString()).toBe('a picture')
  await rm(folder, { recursive: true })
})

test('the token is in no error', async () => {
  const client = openClient(token, nowhere)
  const failed = client.call('getMe', {}, z.unknown())
  await expect(failed).rejects.toThrow(/^getMe: (?!.*nobody-may-see)/)
  await expect(client.fetchFile('photos/1.jpg', signal)).rejects.toThrow(/^file: (?!.*nobody-may-see)/)
})

test('who does not answer in time is not waited for', async () => {
  const late = openClient(token, nowhere).call('getMe', {}, z.unknown(), {
    signal: AbortSignal.abort(new Error('enough')),
  })
  await expect(late).rejects.toThrow('enough')
})
