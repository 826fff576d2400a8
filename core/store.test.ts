import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store, typeOf } from './store.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-store-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** As much of S3 as the store uses: objects in a map, path-style addresses. */
async function startBucket() {
  const objects = new Map<string, Buffer>()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://bucket')
    const key = url.pathname.replace(/^\/films\//, '')
    if (request.method === 'PUT') {
      objects.set(key, await buffer(request))
      return response.writeHead(200, { etag: '"x"' }).end()
    }
    if (request.method === 'DELETE') {
      objects.delete(key)
      return response.writeHead(204).end()
    }
    if (url.searchParams.has('list-type')) {
      const rows = [...objects.keys()].map(name => `<Contents><Key>${name}</Key></Contents>`)
      return response
        .writeHead(200, { 'content-type': 'application/xml' })
        .end(
          `<?xml version="1.0"?><ListBucketResult><Name>films</Name><IsTruncated>false</IsTruncated>${rows.join('')}</ListBucketResult>`,
        )
    }
    const object = objects.get(key)
    if (!object) return response.writeHead(404).end()
    response.writeHead(200, {
      'content-length': object.length,
      etag: '"x"',
      'last-modified': new Date(0).toUTCString(),
    })
    return response.end(request.method === 'HEAD' ? undefined : object)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return { endpoint: `http://127.0.0.1:${port}`, objects, close: () => server.close() }
}

/** What any store must do. */
async function behaves(store: Store): Promise<void> {
  const bytes = Uint8Array.from({ length: 3000 }, (_, i) => i % 251)
  const key = await store.put('pictures', 'webp', bytes)
  expect(key).toMatch(/^pictures\/[A-Za-z0-9_-]{22}\.webp$/)
  expect(Buffer.from(await store.get(key)).equals(bytes)).toBe(true)
  expect(await store.size(key)).toBe(3000)
  expect(await store.has(key)).toBe(true)
  const part = await buffer(await store.stream(key, { start: 1000, end: 1099 }))
  expect(part.equals(bytes.subarray(1000, 1100))).toBe(true)
  expect(await buffer(await store.stream(key))).toHaveLength(3000)

  const file = join(folder, 'made.mp4')
  await writeFile(file, bytes)
  const clip = await store.put('clips', 'mp4', { file }, 'my-clip_1')
  expect(clip).toBe('clips/my-clip_1.mp4')
  expect(existsSync(file)).toBe(false)
  const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
  expect(hash(await store.get(clip))).toBe(hash(bytes))

  await store.remove(key)
  expect(await store.has(key)).toBe(false)
  await expect(store.get(key)).rejects.toMatchObject({ code: 'failure.media-gone' })
  await expect(store.stream(key)).rejects.toMatchObject({ code: 'failure.media-gone' })
  await expect(store.get('../../etc/passwd')).rejects.toThrow()
}

describe('a local store', () => {
  it('keeps, gives back, cuts and removes', async () => {
    const store = await openStore({ STORE: 'local', DATA_DIR: join(folder, 'a') })
    await behaves(store)
    expect(store.path('clips/my-clip_1.mp4')).toBe(join(folder, 'a', 'media', 'clips', 'my-clip_1.mp4'))
    expect(await store.link('clips/my-clip_1.mp4', 60)).toBeUndefined()
  })

  it('sweeps what is old and not held', async () => {
    const store = await openStore({ STORE: 'local', DATA_DIR: join(folder, 'b') })
    expect(await store.sweep(Date.now())).toBe(0)
    const keys = await Promise.all(
      ['one-one', 'two-two', 'three-3'].map(id => store.put('clips', 'mp4', Buffer.from(id), id)),
    )
    const [old = '', held = '', fresh = ''] = keys
    const before = Date.now() - 86_400_000
    for (const key of [old, held]) await utimes(store.path(key) ?? '', before / 1000 - 10, before / 1000 - 10)
    expect(await store.sweep(before, key => key === held)).toBe(1)
    expect(await Promise.all([old, held, fresh].map(key => store.has(key)))).toEqual([false, true, true])
  })
})

describe('a store in a bucket', () => {
  it('does the same', async () => {
    const bucket = await startBucket()
    const store = await openStore({
      STORE: 's3',
      DATA_DIR: folder,
      S3_BUCKET: 'films',
      S3_ENDPOINT: bucket.endpoint,
      S3_REGION: 'here',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'key',
    })
    await behaves(store)
    expect(store.path('clips/my-clip_1.mp4')).toBeUndefined()
    expect(await store.link('clips/my-clip_1.mp4', 60)).toContain('X-Amz-Expires=60')
    expect(await store.sweep(Date.now())).toBe(1)
    expect(bucket.objects.size).toBe(0)
    bucket.close()
  })

  it('needs its name', async () => {
    await expect(openStore({ STORE: 's3', DATA_DIR: folder })).rejects.toThrow(/STORE=s3 needs S3_BUCKET/)
  })
})

it('types follow the ending', () => {
  expect(['clips/abcdef.mp4', 'pictures/abcdef.webp', 'states/abcdef.bin'].map(typeOf)).toEqual([
    'video/mp4',
    'image/webp',
    'application/octet-stream',
  ])
})
