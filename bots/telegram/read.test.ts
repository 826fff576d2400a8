import { describe, expect, test } from 'vitest'
import { joinAlbum, placeOf, readMessage, readRest, wordsOf } from './read.ts'
import { Me, Message, Update } from './wire.ts'

const me = Me.parse({ id: 42, is_bot: true, first_name: 'Reel', username: 'Reel_Bot' })
const ann = { id: 7, is_bot: false, first_name: 'Ann', last_name: 'Li', language_code: 'zh-hans' }
const group = { id: -100, type: 'supergroup', title: 'Films' }
const message = (more: object): Message =>
  Message.parse({ message_id: 5, from: ann, chat: { id: 7, type: 'private', first_name: 'Ann' }, ...more })
const inGroup = (more: object): Message => message({ chat: group, ...more })
const read = (one: Message) => readMessage(me, '900', one)

describe('a message', () => {
  test('in private is addressed', () => {
    expect(read(message({ text: 'a cat' }))).toEqual({
      kind: 'message',
      update: 'telegram:42:900',
      place: { platform: 'telegram', channel: '7', message: '5', private: true },
      member: 'telegram:7',
      memberName: 'Ann Li',
      locale: 'zh-hans',
      text: 'a cat',
      images: [],
      addressed: true,
    })
  })

  test('with our name is addressed, and the name is cut, in whatever case and wherever it stands', () => {
    const entities = [{ type: 'mention', offset: 9, length: 9 }]
    expect(read(inGroup({ text: '🎬 a cat @reel_bot at night', entities }))).toMatchObject({
      addressed: true,
      text: '🎬 a cat at night',
    })
    const byId = [{ type: 'text_mention', offset: 0, length: 4, user: { ...me } }]
    expect(read(inGroup({ text: 'Reel a dog', entities: byId }))).toMatchObject({ addressed: true, text: 'a dog' })
    const caption = {
      photo: [{ file_id: 'p', width: 9, height: 9 }],
      caption: '@Reel_Bot move',
      caption_entities: [{ type: 'mention', offset: 0, length: 9 }],
    }
    expect(read(inGroup(caption))).toMatchObject({ addressed: true, text: 'move', images: [{ id: 'p' }] })
  })

  test('with another name is not', () => {
    const entities = [{ type: 'mention', offset: 0, length: 4 }]
    expect(read(inGroup({ text: '@bob a cat', entities }))).toMatchObject({ addressed: false, text: '@bob a cat' })
  })

  test('that is a command for another bot is not heard; one for us loses our name', () => {
    const command = (length: number) => [{ type: 'bot_command', offset: 0, length }]
    expect(read(inGroup({ text: '/video@other_bot a', entities: command(16) }))).toBeUndefined()
    const ours = read(inGroup({ text: '/video@reel_bot a cat', entities: command(15) }))
    expect(ours).toMatchObject({ text: '/video a cat', addressed: true })
    expect(read(inGroup({ text: '/video a cat', entities: command(6) }))).toMatchObject({ addressed: false })
  })

  test('that says nothing is heard only where it is meant for us', () => {
    expect(read(message({ sticker: {} }))).toMatchObject({ text: '', images: [] })
    expect(read(inGroup({ sticker: {} }))).toBeUndefined()
    expect(read(message({ migrate_to_chat_id: -3 }))).toBeUndefined()
  })

  test('of a bot, a channel’s forward or our own inline results is not heard', () => {
    expect(read(message({ text: 'a', from: { ...ann, is_bot: true } }))).toBeUndefined()
    expect(read(inGroup({ text: 'a', is_automatic_forward: true }))).toBeUndefined()
    expect(read(message({ video: {}, via_bot: me }))).toBeUndefined()
  })

  test('of an anonymous administrator is the group’s', () => {
    const anonymous = { id: 1087968824, is_bot: true, first_name: 'Group' }
    const said = read(inGroup({ text: '/video', from: anonymous, sender_chat: group }))
    expect(said).toMatchObject({ member: 'telegram:-100', memberName: 'Films' })
  })

  test('in a topic stands in it; the chain of replies of a plain group is no topic, General has none', () => {
    const topic = { message_thread_id: 77, is_topic_message: true }
    expect(placeOf(inGroup(topic))).toMatchObject({ channel: '-100', thread: '77' })
    expect(placeOf(inGroup({ message_thread_id: 77 }))).not.toHaveProperty('thread')
    expect(placeOf(inGroup({ message_thread_id: 1, is_topic_message: true }))).not.toHaveProperty('thread')
  })

  test('in a topic does not answer the topic itself', () => {
    const root = { message_id: 77, from: me, chat: group, forum_topic_created: {} }
    const first = inGroup({ text: 'hello', message_thread_id: 77, is_topic_message: true, reply_to_message: root })
    expect(read(first)).toMatchObject({ addressed: false })
    expect(read(first)).not.toHaveProperty('replyTo')
  })

  test('that answers us is addressed and says which; our own picture is not taken for a first frame', () => {
    const ours = { message_id: 4, from: me, chat: group, photo: [{ file_id: 'p', width: 9, height: 9 }] }
    expect(read(inGroup({ text: 'at night', reply_to_message: ours }))).toMatchObject({
      addressed: true,
      images: [],
      replyTo: { channel: '-100', message: '4' },
    })
  })

  test('about somebody’s picture brings that picture', () => {
    const photo = [
      { file_id: 'small', width: 90, height: 90, file_size: 9 },
      { file_id: 'large', width: 1280, height: 960, file_size: 99 },
    ]
    const hers = { message_id: 4, from: { ...ann, id: 8 }, chat: group, photo }
    expect(read(inGroup({ text: '/video it moves', reply_to_message: hers }))).toMatchObject({
      images: [{ id: 'large', mime: 'image/jpeg', bytes: 99 }],
    })
    const quoted = read(inGroup({ text: '/video it moves', external_reply: { photo } }))
    expect(quoted).toMatchObject({ images: [{ id: 'large' }] })
  })

  test('with a file brings the file, but not a GIF', () => {
    const document = { file_id: 'd', mime_type: 'image/png', file_size: 5 }
    expect(read(message({ document }))).toMatchObject({ images: [{ id: 'd', mime: 'image/png', bytes: 5 }] })
    expect(read(message({ document, animation: {} }))).toMatchObject({ images: [] })
  })

  test('that pays names the charge', () => {
    const successful_payment = {
      currency: 'XTR',
      total_amount: 75,
      invoice_payload: 'small',
      telegram_payment_charge_id: 'c1',
    }
    expect(read(message({ successful_payment }))).toMatchObject({
      kind: 'paid',
      pack: 'small',
      charge: 'c1',
      price: 75,
    })
  })
})

describe('an album', () => {
  const part = (message_id: number, file_id: string, more: object = {}) =>
    inGroup({ message_id, media_group_id: 'g', photo: [{ file_id, width: 9, height: 9 }], ...more })

  test('is one message with its pictures in order, wherever the words stand and however it came', () => {
    const words = { caption: '/video slowly' }
    expect(joinAlbum(me, [part(12, 'last', words), part(11, 'first'), part(12, 'last', words)])).toMatchObject({
      update: 'telegram:42:album:-100:g',
      text: '/video slowly',
      place: { message: '11' },
      images: [{ id: 'first' }, { id: 'last' }],
    })
  })

  test('nobody addressed to us is not heard', () => {
    expect(joinAlbum(me, [part(11, 'a'), part(12, 'b')])).toBeUndefined()
  })
})

describe('other updates', () => {
  const update = (more: object) => readRest(me, Update.parse({ update_id: 3, ...more }))

  test('a press, even under a message too old to be shown', () => {
    const old = { message_id: 6, chat: group, date: 0 }
    expect(update({ callback_query: { id: 'q', from: ann, message: old, data: 'again:abc' } })).toEqual([
      expect.objectContaining({ kind: 'button', id: 'again:abc', update: 'telegram:42:3', member: 'telegram:7' }),
    ])
  })

  test('reactions: what was given and what was taken away', () => {
    const emoji = (...all: string[]) => all.map(one => ({ type: 'emoji', emoji: one }))
    const reacted = {
      chat: group,
      message_id: 6,
      user: ann,
      old_reaction: emoji('👍', '🔥'),
      new_reaction: emoji('🔥', '❤'),
    }
    expect(update({ message_reaction: reacted })).toMatchObject([
      { kind: 'reaction', emoji: '❤', added: true, update: 'telegram:42:3:0', place: { message: '6' } },
      { kind: 'reaction', emoji: '👍', added: false, update: 'telegram:42:3:1' },
    ])
    expect(update({ message_reaction: { ...reacted, user: undefined } })).toEqual([])
  })
})

test('several mentions are all cut', () => {
  const text = '@reel_bot a cat @reel_bot'
  const entities = [
    { type: 'mention', offset: 0, length: 9 },
    { type: 'mention', offset: 16, length: 9 },
  ]
  expect(wordsOf(me, message({ text, entities }))).toEqual({ text: 'a cat', named: true, others: false })
})
