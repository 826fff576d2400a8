import { expect, test } from 'vitest'
import { filmsAt } from '../../core/film/store.ts'
import { openDiscordHouse } from '../discord/testing/house.ts'
import { sceneIn } from '../discord/testing/scene.ts'
import { openTelegramHouse } from '../telegram/testing/house.ts'

const soon = { timeout: 10_000 }

/** Takes are voted for by the platform's own polls and reactions. */

test('Telegram: a poll with names, in the topic of the film; it ends with the choice', async () => {
  const house = await openTelegramHouse()
  try {
    const { people } = house
    const group = people.group('Studio', { forum: true, bot: 'administrator' })
    const thread = people.topic(group)
    const place = { platform: 'telegram', channel: String(group.id), thread: String(thread), private: false }
    const film = async () => (await filmsAt(house.core, place))[0]
    const takes = async (count: number) =>
      house.until(async () => (await film())?.shots[0]?.takes.filter(take => take.clip).length === count)
    const votes = async () => (await film())?.shots[0]?.takes.map(take => take.votes)
    const idOf = (name: string) => `telegram:${people.person(name).id}`
    people.write('ann', group, { text: '/film new Rain', thread })
    people.write('ann', group, { text: '/shot a frog', thread })
    await takes(1)
    people.write('bob', group, { text: '/shot a toad', thread })
    await takes(2)
    people.write('ann', group, { text: '/vote', thread })
    const poll = await people.until(group, message => message.poll !== undefined)
    expect(poll).toMatchObject({ thread, words: 'Which take plays as shot 1 of “Rain”?' })
    expect(poll.poll?.options).toEqual(['1 (ann): a frog', '2 (bob): a toad'])
    people.vote('cho', group, poll.id, 0)
    await expect.poll(votes, soon).toEqual([[idOf('cho')], []])
    people.vote('cho', group, poll.id)
    await expect.poll(votes, soon).toEqual([[], []])
    people.vote('cho', group, poll.id, 1)
    await expect.poll(votes, soon).toEqual([[], [idOf('cho')]])
    await house.restart()
    people.vote('bob', group, poll.id, 1)
    await expect.poll(votes, soon).toEqual([[], [idOf('cho'), idOf('bob')]])
    people.write('ann', group, { text: '/choose', thread })
    await house.until(() => poll.poll?.closed === true)
    await house.balanced()
  } finally {
    await house.close()
  }
})

test('Discord: a poll and reactions are one vote; it ends with the choice', async () => {
  const house = await openDiscordHouse()
  try {
    const { room, by } = sceneIn(house)
    const film = async () => {
      const films = await filmsAt(house.core, { platform: 'discord', channel: room.id, private: false })
      return films[0]
    }
    const takes = async (count: number) =>
      house.until(async () => (await film())?.shots[0]?.takes.filter(take => take.clip).length === count)
    const counts = async () => (await film())?.shots[0]?.takes.map(take => take.votes.length)
    const slash = (who: string, name: string, options = {}) => house.people.slash({ by: who, in: room, name, options })
    slash(by, 'film', { words: 'new Rain' })
    await house.see(room, 'begins', by)
    slash(by, 'shot', { words: 'a frog' })
    await takes(1)
    slash('bob', 'shot', { words: 'a toad' })
    await takes(2)
    slash(by, 'vote')
    const poll = await house.see(room, message => message.poll !== undefined, by)
    expect(poll.poll).toEqual({
      question: 'Which take plays as shot 1 of “Rain”?',
      answers: [`1 (${by}): a frog`, '2 (bob): a toad'],
      closed: false,
    })
    house.people.vote({ by: 'cho', on: poll.id, answer: 1 })
    await expect.poll(counts, soon).toEqual([1, 0])
    // Changed in Discord: the old answer is taken away, the new one comes.
    house.people.vote({ by: 'cho', on: poll.id, answer: 1, added: false })
    house.people.vote({ by: 'cho', on: poll.id, answer: 2 })
    await expect.poll(counts, soon).toEqual([0, 1])
    const first = await house.see(room, '#1 (', by)
    house.people.react({ by: 'cho', on: first.id, emoji: '👍' })
    await expect.poll(counts, soon).toEqual([1, 0])
    slash(by, 'choose')
    await house.until(() => poll.poll?.closed === true)
    expect((await film())?.shots[0]?.chosen).toBe(1)
    expect(house.server.broken).toEqual([])
    await house.balanced()
  } finally {
    await house.close()
  }
})
