import { describe, expect, test } from 'vitest'
import defaults from '../core/catalogue.json' with { type: 'json' }
import { Catalogue } from '../core/catalogue.ts'
import type { Clip } from '../core/clip.ts'
import { supported } from '../core/i18n.ts'
import type { Recipe } from '../core/request.ts'
import { adapt } from './adapt.ts'
import { excerpt, explain, inShort, roughly } from './describe.ts'
import { creditsPage, helpPage, historyPage, modelsPage, settingsPage } from './pages.ts'
import type { Capabilities } from './platform.ts'
import { clipMessage, failedMessage, progressMessage, ticketMessage } from './present.ts'

const recipe: Recipe = {
  kind: 'video',
  prompt: 'a cat chasing a butterfly',
  negative: '',
  model: 'theatre',
  tier: 'standard',
  seconds: 5,
  ratio: '16:9',
  seed: 42,
  camera: { preset: 'push-in' },
}
const clip: Clip = {
  id: 'clip-1234',
  job: 'job1',
  kind: 'video',
  media: 'clips/abcdef.mp4',
  poster: 'posters/abcdef.jpg',
  state: 'states/abcdef.bin',
  width: 1280,
  height: 720,
  fps: 24,
  frames: 120,
  seconds: 5,
  bytes: 1_000_000,
  recipe,
  member: 'web:ann',
  unknownWords: [],
  renderSeconds: 4,
  createdAt: 0,
}
const can: Capabilities = {
  threads: true,
  buttons: 5,
  textChars: 2000,
  uploadBytes: 10_000_000,
  editEveryMs: 1000,
  replyWithinMs: 1e9,
  quiet: false,
}
const ticket = { job: 'job1', number: 12, ahead: 0, price: 20, credits: 46, repeated: false }
const link = { url: 'https://x.example/media/clips/abcdef.mp4', days: 30 }
const delivered = (changes: Partial<Clip> = {}, left = 46) => ({
  job: { id: 'job1', number: 12 },
  clip: { ...clip, ...changes },
  left,
  link,
})
const catalogue = Catalogue.parse(defaults)

describe('tickets', () => {
  test('say number, price, place, time and what is left', () => {
    expect(ticketMessage('en', { ...ticket, etaSeconds: 17 }, recipe).text).toBe(
      '#12 is in: 5 s, 16:9, standard, push in, 20 credits.\nYou are next, about 20 seconds to go. 46 credits left.',
    )
    expect(ticketMessage('zh-CN', { ...ticket, ahead: 2, etaSeconds: 200 }, recipe).text).toBe(
      '#12 收到：5 秒 · 16:9 · 标准 · 推近，20 灵感值。\n前面还有 2 个，约 4 分钟。还剩 46 灵感值。',
    )
  })
  test('use the singular for one', () => {
    const { text } = ticketMessage('en', { ...ticket, ahead: 1, price: 1, credits: 1 }, recipe)
    expect(text).toContain('1 credit.')
    expect(text).toContain('1 job is ahead of you.')
    expect(text).toContain('1 credit left.')
  })
  test('promise no time nobody knows', () => {
    expect(ticketMessage('en', ticket, recipe).text).toContain('You are next. 46')
  })
})

describe('progress', () => {
  const job = { id: 'job1', number: 12 }
  test('says stage, percent and time', () => {
    const message = progressMessage('en', job, {
      job: 'job1',
      state: 'running',
      stage: 'rendering',
      done: 0.456,
      etaSeconds: 8,
    })
    expect(message.text).toBe('#12: drawing the frames, 45 %, about 10 seconds to go.')
    expect(message.progress).toBe(0.456)
    expect(message.buttons?.[0]?.id).toBe('cancel:job1')
  })
  test('has no cancel button any more once it is too late', () => {
    expect(progressMessage('en', job, { job: 'job1', state: 'rendered' }).buttons).toBeUndefined()
    expect(progressMessage('en', job, { job: 'job1', state: 'running' }, true).buttons).toBeUndefined()
  })
})

describe('clips', () => {
  test('come with credits left and buttons', () => {
    const message = clipMessage('en', delivered(), can.uploadBytes)
    expect(message.text).toBe('#12 (KDB5) is ready: 5 s, 16:9, standard, push in.\n46 credits left.')
    expect(message.media?.key).toBe(clip.media)
    expect(message.buttons?.map(button => button.label)).toEqual(['Again', 'Change', '+5 s', 'Share link', 'Delete'])
  })
  test('say which words were not known', () => {
    expect(clipMessage('en', delivered({ unknownWords: ['zeppelin'] }), can.uploadBytes).text).toContain(
      'this word, so it is not in there: zeppelin.',
    )
    expect(clipMessage('zh-CN', delivered({ unknownWords: ['飞艇', '独角鲸'] }), can.uploadBytes).text).toContain(
      '飞艇、独角鲸',
    )
  })
  test('come as a link where the file is too large', () => {
    const message = clipMessage('en', delivered({ bytes: 11_000_000 }), can.uploadBytes)
    expect(message.media).toBeUndefined()
    expect(message.text).toContain('11 MB')
    expect(message.buttons?.[0]?.url).toBe(link.url)
  })
  test('offer no extension without a state, and animation for a picture', () => {
    const { state: _, ...stateless } = clip
    const picture = clipMessage('en', { ...delivered(), clip: { ...stateless, kind: 'image' } }, can.uploadBytes)
    expect(picture.buttons?.map(button => button.label)).toEqual(['Again', 'Change', 'Animate', 'Share link', 'Delete'])
    expect(picture.media).not.toHaveProperty('seconds')
  })
})

describe('failures', () => {
  test('a cancelled job names what came back', () => {
    const message = failedMessage(
      'en',
      { id: 'job1', number: 12, price: 20 },
      { code: 'failure.cancelled', params: {} },
    )
    expect(message.text).toBe('#12 is cancelled. Back in your wallet: 20 credits.')
  })
  test('ids in a reason are said in the language', () => {
    const failure = { code: 'refusal.tier', params: { model: 'theatre', tiers: 'standard, high' } }
    expect(explain('zh-CN', failure)).toContain('标准、高品质')
  })
  test('a code of a newer worker still gives a sentence', () => {
    expect(explain('en', { code: 'failure.novel', params: {} })).toContain('credits are back')
  })
})

describe('where a platform can do less', () => {
  const message = clipMessage('en', delivered({ bytes: 11_000_000 }), can.uploadBytes)
  test('no buttons become numbered words, links go into the text', () => {
    const { message: said, choices } = adapt(message, { ...can, buttons: 0 }, 'en')
    expect(said.buttons).toBeUndefined()
    expect(said.text).toContain('Answer with a number: 1 Again · 2 Change · 3 +5 s · 4 Share link · 5 Delete')
    expect(said.text).toContain(link.url)
    expect(choices).toEqual(['again', 'change', 'extend', 'link', 'delete'].map(verb => `${verb}:clip-1234`))
  })
  test('too many buttons lose the last', () => {
    expect(adapt(message, { ...can, buttons: 2 }, 'en').message.buttons).toHaveLength(2)
  })
  test('a long text is cut, never its choices', () => {
    const long = { ...message, text: '一二三四五六七八九十\n'.repeat(100) }
    const { message: said } = adapt(long, { ...can, buttons: 0, textChars: 400 }, 'en')
    expect(said.text.length).toBeLessThanOrEqual(400)
    expect(said.text).toContain('5 Delete')
    expect(said.text).toContain('…')
  })
  test('an excerpt never cuts a character in two', () => {
    expect(excerpt('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 24)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…')
    expect(excerpt('a\n b', 10)).toBe('a b')
  })
})

describe.each(supported)('pages in %s', locale => {
  const pages = [
    helpPage(locale, true),
    creditsPage(locale, catalogue, { available: 46, held: 20, daily: 66, member: 'web:ann' }),
    historyPage(locale, [{ job: { number: 12, state: 'told', request: { recipe } }, link: link.url }], 'web:ann'),
    modelsPage(locale, catalogue, new Set(['theatre'])),
    settingsPage(locale, catalogue, {}, locale),
  ]
  test.each(pages)('have no holes and fit a message', ({ text }) => {
    expect(text).not.toMatch(/\{\w+\}|undefined|NaN|\[object/)
    expect(text.length).toBeLessThan(4096)
  })
  test('help names every command', () => expect(helpPage(locale, true).text).toMatchSnapshot())
})

test('durations are rounded up', () => {
  expect(roughly('en', 1)).toBe('about 5 seconds')
  expect(roughly('en', 61)).toBe('about 65 seconds')
  expect(roughly('en', 91)).toBe('about 2 minutes')
})

test('a recipe in short says what it starts from', () => {
  expect(inShort('en', { ...recipe, camera: undefined, firstFrame: 'pictures/abcdef.webp' })).toBe(
    '5 s, 16:9, standard, from your picture',
  )
  expect(inShort('zh-CN', { ...recipe, camera: { axes: { zoom: 3 } }, continues: 'clip-1' })).toBe(
    '5 秒 · 16:9 · 标准 · 运镜 · 接着上一段',
  )
})
