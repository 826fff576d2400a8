import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getClip } from '../../core/clips.ts'
import { filmOf, filmsAt, filmsWith } from '../../core/film/store.ts'
import { openJobs } from '../../core/jobs.ts'
import { balance } from '../../core/wallet.ts'
import type { Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'
import { type StandInWorker, standInWorker } from '../testing/stand-in-worker.ts'

/** A group makes a film: everything but the rendering is real. */

let house: House
let editor: StandInWorker
beforeAll(async () => {
  const polls = { options: 10, questionChars: 300, optionChars: 55 }
  house = await openHouse({ can: { reactions: true, polls }, other: { can: { reactions: true } } })
  editor = await standInWorker(house.core, house.store, 'edit')
})
afterAll(async () => {
  await editor.stop()
  await house.close()
})
afterEach(async () => {
  expect(house.fake.broken).toEqual([])
  await house.balanced()
})

const people = ['ann', 'bob', 'cho']
const place = (room: string) => ({ platform: 'fake', channel: room, private: false })
const say = (by: string, room: string, text: string, locale = 'en') =>
  house.fake.say({ by, room, text, locale, addressed: true })
const filmIn = async (room: string) => {
  const [film] = await filmsAt(house.core, place(room))
  if (!film) throw new Error(`no film in ${room}`)
  return film
}
const texts = (room: string): string[] => house.fake.shown(room).map(shown => shown.message.text)
/** The newest message in a room that says this. */
const heard = (room: string, words: string | RegExp): Promise<Shown> =>
  house.fake.until(shown => shown.at.channel === room && shown.message.text.match(words) !== null)
/** The film, once it is so. */
async function filmWhen(room: string, so: (film: Awaited<ReturnType<typeof filmIn>>) => boolean) {
  await house.until(async () => so(await filmIn(room)))
  return filmIn(room)
}

test('three people relay five shots, vote, and see the film', async () => {
  const room = 'relay'
  await say('ann', room, '/film new The moon rabbit --style watercolour --shots 5')
  await heard(room, /“The moon rabbit” \(F\w+\) begins/)
  for (let shot = 1; shot <= 5; shot += 1) {
    const two = [people[shot % 3] ?? 'ann', people[(shot + 1) % 3] ?? 'bob']
    for (const [i, by] of two.entries()) {
      await house.grant(`fake:${by}`, 40)
      await say(by, room, `/shot scene ${shot} of ${by}`)
      await filmWhen(room, film => film.shots.at(-1)?.takes[i]?.clip !== undefined)
    }
    await say('cho', room, '/vote 2')
    await say('bob', room, '/vote 2')
    await say('bob', room, '/choose')
    await heard(room, /Only the film’s host/)
    await say('ann', room, '/choose')
    await filmWhen(room, film => film.shots[shot - 1]?.chosen === 2)
  }
  const film = await filmIn(room)
  const clips = []
  for (const shot of film.shots) clips.push(await getClip(house.core, shot.takes[1]?.clip ?? ''))
  expect(clips[0]?.recipe.prompt).toBe('scene 1 of cho, watercolour')
  for (const [i, clip] of clips.entries()) expect(clip?.recipe.continues).toBe(i === 0 ? undefined : clips[i - 1]?.id)
  await say('bob', room, '/shot one more')
  await heard(room, /has all its 5 shots/)

  await say('ann', room, '/reel')
  const reel = await filmWhen(room, one => one.reel !== undefined)
  const made = await getClip(house.core, reel.reel ?? '')
  expect(made?.recipe.edit).toMatchObject({ op: 'join', title: 'The moon rabbit' })
  const edit = made?.recipe.edit
  if (edit?.op !== 'join') throw new Error('no reel')
  expect(edit.pieces.map(piece => piece.joint).slice(1)).toEqual(Array(4).fill('continuous'))
  expect(edit.credits?.map(line => line.role)).toEqual(['Directed by', 'Shots by', 'Chosen by'])
  await house.until(async () => (await openJobs(house.core, 'fake:ann')).length === 0)
})

test('the board is one message, kept current, also after a restart', async () => {
  const room = 'board'
  await say('ann', room, '/film new Rain')
  const board = await heard(room, /🎬 Rain/)
  expect(board.message.text).toContain('1: no take yet')
  await say('bob', room, '/shot a frog in the rain')
  const film = await filmWhen(room, one => one.shots[0]?.takes[0]?.clip !== undefined)
  await house.fake.until(shown => shown.at.message === board.at.message && /take 1 by/.test(shown.message.text))
  await house.restart()
  await house.fake.press(board.at, `film:vote:${film.id}:1`, 'cho')
  await house.fake.until(shown => shown.at.message === board.at.message && /1 vote/.test(shown.message.text))
  // Where an edit is not taken just now it comes a little later, though nothing else happens.
  house.fake.fault({ on: 'edit', how: 'later', afterMs: 100 })
  await house.fake.press(board.at, `film:vote:${film.id}:1`, 'ann')
  await house.fake.until(shown => shown.at.message === board.at.message && /2 votes/.test(shown.message.text), 10_000)
  expect(texts(room).filter(text => text.startsWith('🎬'))).toHaveLength(1)
})

test('a pot pays for the takes; what is left goes back to each', async () => {
  const room = 'pot'
  await say('ann', room, '影片 新建 一起拍 --凑份子', 'zh-CN')
  await heard(room, '《一起拍》')
  await say('bob', room, '镜头 一只猫', 'zh-CN')
  await heard(room, /这要等份子凑够：需要20 灵感值，还差20 灵感值/)
  const before = await Promise.all(people.map(by => balance(house.core, `fake:${by}`)))
  await say('ann', room, '凑 30', 'zh-CN')
  await say('bob', room, '凑 10', 'zh-CN')
  await heard(room, /凑了 10/)
  // What bob asked for begins as soon as the pot has enough.
  const film = await filmWhen(room, one => one.shots[0]?.takes[0]?.clip !== undefined)
  expect(film.spent).toBe(20)
  await house.until(async () => (await openJobs(house.core, 'fake:bob')).length === 0)
  await say('ann', room, '影片 杀青', 'zh-CN')
  await heard(room, '杀青')
  const spent = async (i: number) =>
    (before[i]?.available ?? 0) - (await balance(house.core, `fake:${people[i]}`)).available
  await house.until(async () => (await spent(0)) === 15 && (await spent(1)) === 5)
})

test('two platforms make one film: boards and clips stand in both rooms', async () => {
  await say('ann', 'here', '/film new Across')
  await heard('here', /“Across”/)
  await say('ann', 'here', '/film bridge')
  const told = await heard('here', /film bridge \w{4}-\w{4}/)
  const code = /bridge (\w{4}-\w{4})/.exec(told.message.text)?.[1] ?? ''
  await house.other.say({ by: 'dora', room: 'there', text: `/film bridge ${code.toLowerCase()}`, addressed: true })
  await house.other.until(shown => /also|as well/.test(shown.message.text))
  await house.other.say({ by: 'dora', room: 'there', text: '/shot a ship at night', addressed: true })
  await house.other.until(shown => shown.message.mood === 'done' && shown.message.media !== undefined)
  await house.fake.until(shown => shown.at.channel === 'here' && shown.message.media !== undefined)
  await house.fake.until(shown => shown.at.channel === 'here' && /take 1 by dora/.test(shown.message.text))
  await house.other.until(shown => shown.at.channel === 'there' && /🎬 Across/.test(shown.message.text))
  const film = await filmIn('here')
  expect(film.places).toHaveLength(2)
})

test('the chosen take is made again at the final tier, with the same seed', async () => {
  const room = 'final'
  await say('bob', room, '/film new Fine --final high')
  await house.grant('fake:bob', 200)
  await say('bob', room, '/shot a whale')
  await filmWhen(room, one => one.shots[0]?.takes[0]?.clip !== undefined)
  await say('bob', room, '/choose 1')
  const film = await filmWhen(room, one => one.shots[0]?.final !== undefined)
  const draft = await getClip(house.core, film.shots[0]?.takes[0]?.clip ?? '')
  const final = await getClip(house.core, film.shots[0]?.final ?? '')
  expect([final?.recipe.tier, final?.recipe.seed]).toEqual(['high', draft?.recipe.seed])
  expect(film.spent).toBe(55)
})

test('a film that failed to make a take forgets it; nonsense gets one sentence', async () => {
  const room = 'odd'
  await say('cho', room, '/shot a cat')
  await heard(room, /No film is being made here/)
  await say('cho', room, '/film new')
  await heard(room, /Give the film a title/)
  await say('cho', room, '/film new X --budgte 5')
  await heard(room, /Did you mean --budget/)
  await say('cho', room, '/film new X --turns sideways')
  await heard(room, /cannot be “sideways”/)
  await say('cho', room, '/film new X')
  await heard(room, /“X”/)
  house.worker.failNext({ code: 'failure.internal', params: {} })
  await say('cho', room, '/shot a cat')
  await heard(room, /went wrong/)
  const film = await filmWhen(room, one => one.shots[0]?.takes.length === 0)
  expect(film.spent).toBe(0)
  await say('cho', room, '/vote seven')
  await heard(room, /Say a number/)
  expect((await filmOf(house.core, 'FZZZ'))?.id).toBeUndefined()
})

test('a clip is forked by its code; its maker is named, and the tree shows both', async () => {
  const room = 'fork'
  await house.grant('fake:ann', 20)
  await say('ann', room, '/video a lighthouse')
  const first = await heard(room, /\(K\w+\) is ready/)
  const code = /\((K\w+)\)/.exec(first.message.text)?.[1] ?? ''
  await house.grant('fake:bob', 20)
  await say('bob', 'elsewhere', `/fork ${code.toLowerCase()} at night`)
  const child = await heard('elsewhere', /is ready/)
  expect(child.message.text).toContain(`After ${code} by ann.`)
  expect(house.worker.made.at(-1)?.request.recipe.prompt).toBe('a lighthouse, at night')
  await say('bob', 'elsewhere', '/tree')
  const tree = await heard('elsewhere', new RegExp(`2 clips, from ${code} on`))
  const media = tree.message.media
  expect([media?.kind, media?.width]).toEqual(['image', 520])
  const { data, info } = await sharp(await house.store.get(media?.key ?? ''))
    .raw()
    .toBuffer({ resolveWithObject: true })
  // The stills are green; the child stands to the right of its parent, with a line between them.
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)]
  expect(at(100, 80)[1]).toBeGreaterThan(120)
  expect(at(400, 80)[1]).toBeGreaterThan(120)
  expect(Math.abs((at(250, 86)[0] ?? 0) - 0x7d)).toBeLessThan(30)
  await say('bob', 'elsewhere', '/fork KZZZ9 x')
  await heard('elsewhere', /There is no clip/)
})

describe('votes', () => {
  test('are emoji under the clip and polls as well as words; each person has one, and the last one counts', async () => {
    const [here, there] = ['ballot', 'ballot-there']
    for (const by of people) await house.grant(`fake:${by}`, 40)
    await house.grant('other:dora', 40)
    await say('ann', here, '/film new Ballot --final high')
    await heard(here, /“Ballot”/)
    await say('ann', here, '/film bridge')
    const code = /bridge (\w{4}-\w{4})/.exec((await heard(here, /film bridge \w{4}-/)).message.text)?.[1] ?? ''
    await house.other.say({ by: 'dora', room: there, text: `/film bridge ${code}`, addressed: true })
    await filmWhen(here, film => film.places.length === 2)
    await say('ann', here, '/vote')
    await heard(here, /nothing to vote on yet/)
    await say('bob', here, '/shot a heron')
    await filmWhen(here, film => film.shots[0]?.takes[0]?.clip !== undefined)
    await say('cho', here, '/shot a crane')
    await filmWhen(here, film => film.shots[0]?.takes[1]?.clip !== undefined)
    const votes = async () => (await filmIn(here)).shots[0]?.takes.map(take => take.votes)
    const clip = (prompt: number) =>
      house.fake.until(
        shown =>
          shown.at.channel === here && shown.message.media !== undefined && shown.message.text.includes(`#${prompt}`),
      )
    const numbers = house.worker.made.slice(-2).map(job => job.number)
    const [heron, crane] = [await clip(numbers[0] ?? 0), await clip(numbers[1] ?? 0)]

    await house.fake.react(heron, '👍', 'cho')
    await house.fake.react(heron, '❤️', 'cho')
    await house.fake.react(heron, '❤️', 'cho', false)
    expect(await votes()).toEqual([['fake:cho'], []])
    await house.fake.react(crane, '👍', 'cho')
    expect(await votes()).toEqual([[], ['fake:cho']])
    await house.fake.react(crane, '👍', 'cho', false)
    expect(await votes()).toEqual([[], []])
    // Under the clip in the other room, too.
    const passed = await house.other.until(
      shown => shown.message.media !== undefined && shown.message.text.includes(`#${numbers[1]}`),
    )
    await house.other.react(passed, '👍', 'dora')
    expect(await votes()).toEqual([[], ['other:dora']])

    await say('ann', here, '/vote')
    const poll = await house.fake.until(shown => shown.at.channel === here && shown.message.poll !== undefined)
    expect(poll.message).toMatchObject({
      text: 'Which take plays as shot 1 of “Ballot”?',
      poll: { options: ['1 (bob): a heron', '2 (cho): a crane'] },
    })
    await house.fake.vote(poll, 0, 'bob')
    await house.fake.vote(poll, 0, 'ann')
    await house.fake.vote(poll, undefined, 'ann', false)
    await house.fake.vote(poll, 1, 'ann')
    expect(await votes()).toEqual([['fake:bob'], ['other:dora', 'fake:ann']])
    await say('bob', here, '/vote 2')
    await house.restart()
    await house.fake.vote(poll, 0, 'cho')
    expect(await votes()).toEqual([['fake:cho'], ['other:dora', 'fake:ann', 'fake:bob']])
    await house.fake.until(shown => /take 2 by cho: “a crane” · 3 votes/.test(shown.message.text))

    // Only the winner is made again.
    const before = house.worker.made.length
    await say('ann', here, '/choose')
    await filmWhen(here, film => film.shots[0]?.final !== undefined)
    expect(house.worker.made.slice(before).map(({ request }) => [request.recipe.prompt, request.recipe.tier])).toEqual([
      ['a crane', 'high'],
    ])
    await house.until(async () => house.fake.ended(poll) && (await filmIn(here)).polls.length === 0)
    await house.fake.react(heron, '👍', 'bob')
    expect((await filmIn(here)).shots[0]?.takes.map(take => take.votes.length)).toEqual([1, 3])
  })
})

test('who is forgotten took part in no film; who comes back, and is forgotten again, neither', async () => {
  const room = 'forgotten'
  await say('ann', room, '/film new Twice')
  for (let times = 0; times < 2; times += 1) {
    await house.grant('fake:gil', 40)
    await say('gil', room, '/shot a scene of gil')
    const film = await filmWhen(room, ({ members }) => members.some(({ name }) => name === 'gil'))
    await house.until(async () => (await openJobs(house.core, 'fake:gil')).length === 0)
    expect(await filmsWith(house.core, 'fake:gil')).toEqual([film.id])
    await house.fake.say({ by: 'gil', text: 'forget yes' })
    expect((await filmIn(room)).members.map(({ name }) => name)).not.toContain('gil')
    expect(await filmsWith(house.core, 'fake:gil')).toEqual([])
  }
})
