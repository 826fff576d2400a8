import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Clip } from '../../core/clip.ts'
import { clipsOf, getClip } from '../../core/clips.ts'
import { musicOf } from '../../core/edit.ts'
import type { Film } from '../../core/film/film.ts'
import { chipIn, potOf } from '../../core/film/pot.ts'
import { filmsAt } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import { getJob, jobsOf, openJobs } from '../../core/jobs.ts'
import { ban } from '../../core/members.ts'
import { balance } from '../../core/wallet.ts'
import type { Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'
import { type StandInWorker, standInWorker } from '../testing/stand-in-worker.ts'
import { FilmFile, fileBytes, filmFile } from './file.ts'

/** What hosts can do, what a pot makes wait, and what becomes of a film: everything but the rendering is real. */

let house: House
let editor: StandInWorker
beforeAll(async () => {
  house = await openHouse({ rules: { dailyCredits: 0 } })
  editor = await standInWorker(house.core, house.store, 'edit')
})
afterAll(async () => {
  await editor.stop()
  await house.close()
})
let room = ''
let rooms = 0
/** New people in a new room for each test. */
let [ann, bob, cho] = ['', '', '']
beforeEach(() => {
  rooms += 1
  room = `room-${rooms}`
  ;[ann, bob, cho] = [`ann${rooms}`, `bob${rooms}`, `cho${rooms}`]
})
afterEach(async () => {
  house.worker.go()
  expect(house.fake.broken).toEqual([])
  await house.balanced()
})

const isEdit = ({ recipe }: Clip): boolean => recipe.kind === 'edit'
const mp3 = Buffer.concat([Buffer.from('ID3'), randomBytes(64)])
const say = (by: string, text: string, more = {}) => house.fake.say({ by, room, text, ...more })
const place = () => ({ platform: 'fake', channel: room, private: false })
const newest = async (past?: 'past'): Promise<Film> => {
  const [film] = await filmsAt(house.core, place(), past)
  if (!film) throw new Error('no film')
  return film
}
const heard = (words: RegExp): Promise<Shown> =>
  house.fake
    .until(({ at, message }) => at.channel === room && words.test(message.text))
    .catch(() => {
      const there = house.fake.shown(room).map(({ message }) => message.text)
      throw new Error(`${words} not seen; there is:\n${there.join('\n---\n')}`)
    })
async function filmWhen(so: (film: Film) => boolean): Promise<Film> {
  await house.until(async () => so(await newest()))
  return newest()
}
/** A take that is made. */
async function take(by: string, words: string, number: number): Promise<Film> {
  await house.grant(`fake:${by}`, 20)
  await say(by, `/shot ${words}`)
  return filmWhen(film => film.shots.at(-1)?.takes.find(one => one.number === number)?.clip !== undefined)
}
const has = async (by: string) => (await balance(house.core, `fake:${by}`)).available
const rest = (by: string) => house.until(async () => (await openJobs(house.core, `fake:${by}`)).length === 0)

describe('several films in one room', () => {
  test('are told apart by their code, or by what is answered to', async () => {
    await say(ann, '/film new First')
    const first = await newest()
    await say(bob, '/film new Second')
    await heard(/“Second”/)
    await house.grant(`fake:${cho}`, 20)
    await say(cho, `/shot ${first.id} a heron`)
    await house.until(async () =>
      (await filmsAt(house.core, place())).some(one => one.id === first.id && one.shots[0]?.takes[0]?.clip),
    )
    const board = await heard(/🎬 First/)
    await house.grant(`fake:${bob}`, 20)
    await say(bob, '/shot another heron', { replyTo: board.at })
    await house.until(async () =>
      (await filmsAt(house.core, place())).some(one => one.id === first.id && one.shots[0]?.takes.length === 2),
    )
    await take(bob, 'frogs dance', 1)
    expect((await newest()).title).toBe('Second')
    await say(ann, '/film list')
    await heard(/Second \(F\w+\): 0 shots\nFirst/)
    await say(ann, `/film ${first.id} rules --style ink`)
    await heard(/style: ink/)
    await say(bob, `/film ${first.id} end`)
    await heard(/Only the film’s host/)
    await rest(bob)
  })
})

describe('a pot', () => {
  test('that is too small makes a take wait, which starts by itself once it is full; so does the final', async () => {
    await say(ann, '/film new Together --pot 30 --final high')
    await heard(/“Together”/)
    for (const by of [ann, bob]) await house.grant(`fake:${by}`, 100)
    await say(cho, '/shot a whale')
    const asked = await heard(/This waits for the pot: it costs 20 credits, and 30 credits are missing/)
    expect(await jobsOf(house.core, `fake:${cho}`, 5)).toEqual([])
    await say(ann, '/chip 20')
    await heard(/put 20 credits/)
    await house.fake.until(({ message }) => /Waiting for the pot \(20 credits\): “a whale” by cho/.test(message.text))
    expect((await newest()).shots[0]?.takes).toEqual([])
    await house.restart()
    await house.fake.press(asked, asked.message.buttons?.[0]?.id.replace('30', '10') ?? '', bob)
    const film = await filmWhen(one => one.shots[0]?.takes[0]?.clip !== undefined)
    expect([film.waiting, film.spent, film.shots[0]?.takes[0]?.member]).toEqual([[], 20, `fake:${cho}`])
    await say(cho, '/credits')
    await say(ann, '/credits')
    await heard(/You put 20 credits into the pot of “Together”/)
    await say(ann, '/choose')
    await heard(/costs 35 credits, and 25 credits are missing/)
    await say(bob, '/chip 25')
    const done = await filmWhen(one => one.shots[0]?.final !== undefined)
    expect(done.spent).toBe(55)
    await rest(ann)
    await say(ann, '/film end')
    await heard(/is closed. Send “reel”/)
    // 55 put in, all spent.
    expect([await has(ann), await has(bob)]).toEqual([80, 65])
  })

  test('that does not fill gives everything back, and says what was not made', async () => {
    await say(ann, '/film new Empty --pot')
    await heard(/“Empty”/)
    for (const by of [ann, bob]) await house.grant(`fake:${by}`, 10)
    await say(cho, '/shot a whale')
    await heard(/20 credits are missing/)
    await say(ann, '/chip 7')
    await say(bob, '/chip 3')
    await say(cho, '/shot a whale --seconds 10')
    await heard(/30 credits are missing/)
    await say(ann, '/film rules --hours 0.0001')
    await heard(/ends 20/)
    const told = await house.fake.until(({ message }) => /The pot of “Empty” is closed/.test(message.text), 15_000)
    expect(told.message.text).toContain(`What ${cho} wanted was not made`)
    expect([await has(ann), await has(bob)]).toEqual([10, 10])
    expect((await newest('past')).waiting).toEqual([])
  })

  test('in which a job is being paid for is given back when that has ended', async () => {
    await say(ann, '/film new Busy --pot')
    await heard(/“Busy”/)
    await house.grant(`fake:${ann}`, 50)
    await say(ann, '/chip 50')
    await heard(/put 50/)
    house.worker.hold()
    await say(bob, '/shot a whale')
    const { id } = await filmWhen(film => film.shots[0]?.takes.length === 1)
    await say(ann, '/film end')
    await heard(/is closed. Send/)
    expect(await has(ann)).toBe(0)
    house.worker.go()
    await house.until(async () => (await has(ann)) === 30)
    expect((await potOf(house.core, id))?.state).toBe('closed')
  })
})

test('a take that waited for the pot is not made from its member’s own credits', async () => {
  await say(ann, '/film new Changed --pot')
  await heard(/“Changed”/)
  await house.grant(`fake:${cho}`, 20)
  await say(cho, '/shot a whale')
  await heard(/20 credits are missing/)
  await say(ann, '/film rules each')
  await heard(/“a whale” was not made: this film has no pot any more/)
  expect([await has(cho), (await newest()).waiting]).toEqual([20, []])
})

test('credits that come back to a pot start what waits for them', async () => {
  await say(ann, '/film new Again --pot')
  await heard(/“Again”/)
  await house.grant(`fake:${ann}`, 20)
  await say(ann, '/chip 20')
  await heard(/put 20/)
  house.worker.hold()
  house.worker.failNext({ code: 'failure.internal', params: {} })
  await say(bob, '/shot a whale')
  await filmWhen(film => film.shots[0]?.takes.length === 1)
  await say(cho, '/shot a fin')
  await heard(/20 credits are missing/)
  house.worker.go()
  const film = await filmWhen(one => one.shots[0]?.takes[0]?.clip !== undefined)
  expect([film.shots[0]?.takes.map(one => one.member), film.waiting, film.spent]).toEqual([[`fake:${cho}`], [], 20])
  await rest(cho)
})

test('what waits starts by itself, whoever is shut out and whatever was missed', async () => {
  await say(ann, '/film new Missed --pot')
  await heard(/“Missed”/)
  for (const by of [bob, cho]) await say(by, '/shot a whale')
  await filmWhen(film => film.waiting.length === 2)
  await house.grant(`fake:${ann}`, 20)
  await ban(house.core, `fake:${ann}`, 'test')
  await ban(house.core, `fake:${bob}`, 'test')
  const { id: pot } = await newest()
  // As if a process had died right after the chip: nobody else says that it came.
  expect((await chipIn(house.core, { op: `test:${pot}`, pot, account: `fake:${ann}`, credits: 20 })).ok).toBe(true)
  const film = await filmWhen(one => one.shots[0]?.takes[0]?.clip !== undefined)
  expect([film.shots[0]?.takes.map(one => one.member), film.waiting]).toEqual([[`fake:${cho}`], []])
  expect(await jobsOf(house.core, `fake:${bob}`, 5)).toEqual([])
  expect(house.fake.shown(room).filter(({ message }) => /You cannot use this here/.test(message.text))).toEqual([])
  await rest(cho)
})

/** How often Redis refused something in this way. */
async function refusals(code: string): Promise<number> {
  const stats = await house.core.redis.info('errorstats')
  return Number(new RegExp(`errorstat_${code}:count=(\\d+)`).exec(stats)?.[1] ?? 0)
}

test('what waits is begun after hiccups of Redis, of which nobody is told', async () => {
  const { redis, root } = house.core
  await say(ann, '/film new Hiccup --pot')
  await heard(/“Hiccup”/)
  await say(cho, '/shot a whale')
  const { id: pot, waiting } = await filmWhen(film => film.waiting.length === 1)
  const update = `${root}:update:${waiting[0]?.update}`
  await house.grant(`fake:${ann}`, 20)
  // The film's clock looks at it the next time it looks at anything.
  const refused = async (code: string, before: number) =>
    house.until(async () => {
      await redis.zadd(`${root}:films`, 'XX', 0, pot)
      return (await refusals(code)) > before
    })
  const [lookUps, begins] = [await refusals('NOPERM'), await refusals('WRONGTYPE')]
  await redis.hset(update, 'not', 'an id')
  await redis.call('ACL', 'SETUSER', 'default', '-exists')
  try {
    expect((await chipIn(house.core, { op: `test:${pot}`, pot, account: `fake:${ann}`, credits: 20 })).ok).toBe(true)
    await refused('NOPERM', lookUps)
  } finally {
    await redis.call('ACL', 'SETUSER', 'default', '+exists')
  }
  await refused('WRONGTYPE', begins)
  await redis.del(update)
  const film = await filmWhen(one => one.shots[0]?.takes[0]?.clip !== undefined)
  expect([film.waiting, film.spent]).toEqual([[], 20])
  const failures = [t('en', 'refusal.busy'), t('en', 'failure.internal')]
  expect(house.fake.shown(room).filter(({ message }) => failures.some(one => message.text.includes(one)))).toEqual([])
  await rest(cho)
})

test('a pot into which nobody put anything ends with a word to those who waited', async () => {
  await say(ann, '/film new Nothing --pot')
  await heard(/“Nothing”/)
  await say(cho, '/shot a whale')
  await heard(/20 credits are missing/)
  await say(ann, '/film end')
  const told = await heard(/is closed\. Send/)
  expect(told.message.text).toContain(`What ${cho} wanted was not made`)
  expect((await newest('past')).waiting).toEqual([])
})

test('a final is paid for once, however often it is chosen', async () => {
  await say(ann, '/film new Twice --final high --takes 2')
  await heard(/“Twice”/)
  await take(bob, 'a whale', 1)
  await take(bob, 'a fin', 2)
  await house.grant(`fake:${ann}`, 140)
  await Promise.all([say(ann, '/choose 1'), say(ann, '/choose 1'), say(ann, '/choose 1')])
  const first = await filmWhen(film => film.shots[0]?.final !== undefined)
  await rest(ann)
  expect([await has(ann), first.spent]).toEqual([105, 75])
  await say(ann, '/choose 2')
  await filmWhen(film => film.shots[0]?.final !== undefined)
  await rest(ann)
  await say(ann, '/choose 1')
  const again = await filmWhen(film => film.shots[0]?.final === first.shots[0]?.final)
  expect([await has(ann), again.spent]).toEqual([70, 110])
})

test('where one take is wanted, those who were a moment too late get their credits back', async () => {
  await say(ann, '/film new Rush --first')
  await heard(/“Rush”/)
  const racers = [ann, bob, cho]
  for (const by of racers) await house.grant(`fake:${by}`, 20)
  house.worker.hold()
  await Promise.all(racers.map(by => say(by, '/shot a whale')))
  house.worker.go()
  const film = await filmWhen(one => one.shots[0]?.takes[0]?.clip !== undefined)
  for (const by of racers) await rest(by)
  const left = await Promise.all(racers.map(has))
  expect([film.shots[0]?.takes.length, left.sort()]).toEqual([1, [0, 20, 20]])
})

test('a button works in the rooms of its film only', async () => {
  await say(ann, '/film new Ours')
  const board = await heard(/🎬 Ours/)
  const join = board.message.buttons?.find(({ label }) => label === 'Join')?.id ?? ''
  const elsewhere = { ...board, at: { ...board.at, channel: `${room}-b` } }
  await house.fake.press(elsewhere, join, bob)
  await house.fake.until(({ at, message }) => at.channel === `${room}-b` && /There is no film/.test(message.text))
  expect((await newest()).members).toHaveLength(1)
})

describe('the host', () => {
  test('keeps to the budget with finals, too; may choose again; a failed final can be asked for again', async () => {
    await say(ann, '/film new Tight --final high --budget 70 --takes 2')
    await heard(/“Tight”/)
    await take(bob, 'a whale', 1)
    await take(bob, 'a fin', 2)
    await house.grant(`fake:${ann}`, 100)
    await say(ann, '/choose 1')
    await heard(/That is more than this film may still spend \(30 credits\)/)
    await say(ann, '/film rules --budget 80')
    house.worker.failNext({ code: 'failure.internal', params: {} })
    await say(ann, '/choose 1')
    await filmWhen(film => film.spent === 75)
    await filmWhen(film => film.spent === 40 && film.shots[0]?.finishing === undefined)
    await say(ann, '/choose 2')
    const film = await filmWhen(one => one.shots[0]?.final !== undefined)
    expect([film.shots[0]?.chosen, film.spent]).toEqual([2, 75])
    expect((await getClip(house.core, film.shots[0]?.final ?? ''))?.recipe).toMatchObject({
      prompt: 'a fin',
      tier: 'high',
    })
    await rest(ann)
  })

  test('mutes, removes, invites, hands over, names, archives', async () => {
    await say(ann, '/film new 雨 --轮流')
    await heard(/“雨”/)
    await say(bob, '/film join')
    await heard(/You are in/)
    await say(bob, '/shot a frog')
    await heard(/somebody else’s turn/)
    await say(ann, '/film pass')
    await take(bob, 'a frog', 1)
    await say(ann, `/film mute ${bob}`)
    await heard(/cannot take part/)
    await say(bob, '/vote 1')
    await heard(/The host has muted you/)
    await say(ann, '/film remove 1.1')
    await heard(/Take 1\.1 is out/)
    await say(ann, '/film rules A new name invited --style ink --ratio 9:16 --hours 48')
    await heard(/🎬 A new name.*by invitation · 3 takes each · style: ink · 9:16 · ends 20/s)
    await say(cho, '/film join')
    await heard(/invited members only/)
    await say(ann, `/film invite ${cho}`)
    await say(cho, '/film join')
    await filmWhen(film => film.members.length === 3)
    await say(ann, `/film host ${cho}`)
    await heard(/directs now/)
    await say(ann, '/film archive')
    await heard(/Only the film’s host/)
    await say(cho, '/film archive')
    await heard(/is archived/)
    expect((await newest('past')).state).toBe('archived')
    await say(bob, '/shot more')
    await heard(/No film is being made here/)
  })
})

describe('what becomes of a film', () => {
  /** Two shots, the second one going on from the first one's final. */
  async function filmed(): Promise<Film> {
    await say(ann, '/film new The whale --final high')
    await heard(/“The whale”/)
    const picture = await sharp({ create: { width: 64, height: 36, channels: 3, background: '#248' } })
      .png()
      .toBuffer()
    await house.grant(`fake:${bob}`, 20)
    await say(bob, '/shot it swims', { images: [picture] })
    await filmWhen(film => film.shots[0]?.takes[0]?.clip !== undefined)
    await house.grant(`fake:${ann}`, 70)
    await say(ann, '/choose')
    await filmWhen(film => film.shots[0]?.final !== undefined)
    await take(cho, 'it dives', 1)
    await say(ann, '/choose')
    await filmWhen(film => film.shots[1]?.final !== undefined)
    await rest(ann)
    return newest()
  }

  test('is joined with music, on the beat, with cover, transitions and everyone’s names; also after its end', async () => {
    await filmed()
    await say(ann, '/film end')
    await heard(/is closed/)
    await say(ann, '/reel wipe --beat')
    await heard(/sound/i)
    await say(ann, '/reel sideways')
    await heard(/reel fade --beat --cover 3/)
    await say(ann, '/reel wipe --beat --cover 3', { sounds: [mp3] })
    const film = await (async () => {
      await house.until(async () => (await newest('past')).reel !== undefined)
      return newest('past')
    })()
    const made = await getClip(house.core, film.reel ?? '')
    expect(made?.recipe.edit).toMatchObject({
      ...{ op: 'join', title: 'The whale', onBeat: true, cover: 3 },
      pieces: [{ clip: film.shots[0]?.final }, { clip: film.shots[1]?.final, joint: 'continuous' }],
      music: { sound: expect.stringMatching(/^sounds/) },
      credits: [
        { role: 'Directed by', names: [ann] },
        { role: 'Shots by', names: [bob, cho] },
        { role: 'Music', names: [ann] },
      ],
    })
  })

  test('keeps no name and no words of who is forgotten: not on its board, in its file, in the credits of a reel made again', async () => {
    await filmed()
    for (let reels = 0; reels < 2; reels += 1) {
      await say(ann, '/reel')
      await house.until(async () => (await clipsOf(house.core, `fake:${ann}`, 9)).filter(isEdit).length > reels)
    }
    await house.fake.say({ by: bob, text: 'forget yes' })
    const film = await newest()
    expect(film.members.map(({ name }) => name)).toEqual([ann, 'somebody', cho])
    expect(film.shots[0]?.takes[0]?.prompt).not.toMatch(/swims/)
    await heard(/1: “…” by somebody/)
    const file = await filmFile(house.core, film, 'a secret of the tests')
    expect(JSON.stringify(file)).not.toContain(bob)
    expect(file?.shots[0]?.takes).toMatchObject([{ name: 'somebody', prompt: '…' }])
    const reels = (await clipsOf(house.core, `fake:${ann}`, 9)).filter(isEdit)
    expect(reels).toHaveLength(2)
    for (const { recipe, job } of reels) {
      const { edit } = (await getJob(house.core, job))?.request.recipe ?? {}
      for (const one of [recipe.edit, edit]) {
        expect(JSON.stringify(one)).not.toContain(bob)
        expect(one).toMatchObject({ credits: [{}, { role: 'Shots by', names: ['somebody', cho] }] })
      }
    }
  })

  test('is made again with its reel’s music, cut and cover; without the music, said, once that is gone', async () => {
    await filmed()
    await say(ann, '/reel wipe --beat --cover 3 --title Moby', { sounds: [mp3] })
    await house.until(async () => (await newest()).reel !== undefined)
    await say(ann, '/film export')
    const told = await heard(/Everything needed to make “The whale” again: http/)
    const file = FilmFile.parse(
      JSON.parse(Buffer.from(await house.store.get(/exports\/[\w.-]+/.exec(told.message.text)?.[0] ?? '')).toString()),
    )
    const reel = editor.made.at(-1)?.request.recipe.edit
    const sound = (reel && musicOf(reel)?.sound) ?? ''
    expect(file.reel).toMatchObject({ title: 'Moby', onBeat: true, cover: 3, music: { sound } })
    await house.grant(`fake:${bob}`, 140)
    const made = editor.made.length
    await say(bob, '/film again', { files: [fileBytes(file)] })
    await house.until(async () => editor.made.length > made)
    expect(editor.made.at(-1)?.request.recipe.edit).toEqual({
      ...reel,
      pieces: [expect.objectContaining({ joint: 'wipe' }), expect.objectContaining({ joint: 'continuous' })],
    })
    const other = { ...file, reel: { ...file.reel, music: { sound: 'sounds/somebody-elses.mp3' } } }
    await say(bob, '/film again', { files: [Buffer.from(JSON.stringify(other))] })
    await heard(/not those it was given with/)
    await rest(bob)
    await house.store.remove(sound)
    await say(bob, '/film again', { files: [fileBytes(file)] })
    await heard(/2 shots.*\nThe film’s music is not kept any more, so this one comes without\.$/s)
    await house.until(async () => editor.made.length > made + 1)
    expect(editor.made.at(-1)?.request.recipe.edit).toMatchObject({ title: 'Moby', onBeat: false, cover: 3 })
    expect(editor.made.at(-1)?.request.recipe.edit).not.toHaveProperty('music')
    await rest(bob)
  })

  test('is made again from its file, its link, or where it stands; a file with other pictures is refused', async () => {
    const film = await filmed()
    await say(ann, '/film export')
    const told = await heard(/Everything needed to make “The whale” again: http/)
    const link = /http\S+/.exec(told.message.text)?.[0] ?? ''
    const key = /exports\/[\w.-]+/.exec(link)?.[0] ?? ''
    const file = FilmFile.parse(JSON.parse(Buffer.from(await house.store.get(key)).toString()))
    const seeds = await Promise.all(
      film.shots.map(async shot => (await getClip(house.core, shot.final ?? ''))?.recipe.seed),
    )
    expect(file.shots.map(({ recipe }) => recipe.seed)).toEqual(seeds)

    await house.grant(`fake:${bob}`, 210)
    const before = house.worker.made.length
    const remade = async (count: number): Promise<void> => {
      await house.until(async () => house.worker.made.length === before + count)
      await rest(bob)
      const recipes = house.worker.made.slice(-2).map(({ request }) => request.recipe)
      expect(recipes.map(({ seed }) => seed)).toEqual(seeds)
      expect(recipes[0]?.firstFrame).toBe(file.shots[0]?.recipe.firstFrame)
      const [one] = house.worker.made.slice(-2)
      const clip = await getClip(house.core, recipes[1]?.continues ?? '')
      expect(clip?.job).toBe(one?.id)
    }
    await say(bob, `/film again ${link}`)
    await heard(/is in: 2 shots, 70 credits in all/)
    await remade(2)
    await say(bob, '/film again', { files: [fileBytes(file)] })
    await remade(4)
    await say(bob, '影片 重拍')
    await remade(6)
    expect(editor.made.at(-1)?.request.recipe.edit).toMatchObject({
      op: 'join',
      title: 'The whale',
      pieces: [{}, { joint: 'continuous' }],
    })

    const [first, second] = file.shots
    if (!first || !second) throw new Error('no shots')
    const other = {
      ...file,
      shots: [{ ...first, recipe: { ...first.recipe, firstFrame: 'pictures/somebody-elses.webp' } }, second],
    }
    await say(bob, '/film again', { files: [fileBytes(other)] })
    await heard(/pictures or the music in this file are not those/)
    await say(bob, '/film again', { files: [Buffer.from('{"film": 1}')] })
    await heard(/That is no film file/)
    await say(bob, '/film again https://example.org/film.json')
    await heard(/not one of ours/)
    expect(await has(bob)).toBe(0)
  })
})

test('where nothing can be edited the board comes anew when a shot is decided, and names the words', async () => {
  const plain = await openHouse({ can: { buttons: 0 }, noEdit: true })
  const boards = () => plain.fake.shown('r').filter(({ message }) => /^🎬 《雨》.*各付各的/s.test(message.text))
  const tell = (by: string, text: string) => plain.fake.say({ by, room: 'r', text, locale: 'zh-CN' })
  try {
    await tell('ann', '影片 新建 雨')
    await plain.until(async () => boards().length === 1)
    expect(boards()[0]?.message.text).toMatch(/「投票 2」投给第 2 条/)
    expect(boards()[0]?.message.text).not.toMatch(/回复数字/)
    await tell('bob', '镜头 一只青蛙')
    const film = async () => (await filmsAt(plain.core, { platform: 'fake', channel: 'r', private: false }))[0]
    await plain.until(async () => (await film())?.shots[0]?.takes[0]?.clip !== undefined)
    await tell('ann', '投票 1')
    await tell('ann', '选定')
    await plain.until(async () => boards().length === 2)
    expect(boards()[1]?.message.text).toMatch(/一只青蛙/)
    await tell('ann', '影片 杀青')
    await plain.until(async () => boards().length === 3)
    // What was told last is kept no longer than anybody asks for it.
    const told = `${plain.core.root}:film-told:${(await filmsAt(plain.core, { platform: 'fake', channel: 'r', private: false }, 'past'))[0]?.id}`
    await plain.until(async () => (await plain.core.redis.ttl(told)) > 24 * 3600)
    expect(await plain.core.redis.ttl(told)).toBeLessThanOrEqual(60 * 24 * 3600)
    expect(plain.fake.broken).toEqual([])
  } finally {
    await plain.close()
  }
})

test('who is shut out has no vote in a poll either', async () => {
  const polls = { options: 10, questionChars: 300, optionChars: 100 }
  const voting = await openHouse({ can: { polls } })
  const tell = (by: string, text: string) => voting.fake.say({ by, room: 'r', text })
  const shot = async () => (await filmsAt(voting.core, { platform: 'fake', channel: 'r', private: false }))[0]?.shots[0]
  try {
    await tell('ann', '/film new Polled')
    for (const [by, count] of [
      ['ann', 1],
      ['bob', 2],
    ] as const) {
      await tell(by, '/shot a frog')
      await voting.until(async () => (await shot())?.takes.filter(({ clip }) => clip !== undefined).length === count)
    }
    await tell('ann', '/vote')
    const poll = await voting.fake.until(({ message }) => message.poll !== undefined)
    await ban(voting.core, 'fake:dan', 'test')
    await voting.fake.vote(poll, 0, 'dan')
    await voting.fake.vote(poll, 1, 'cho')
    await voting.until(async () => (await shot())?.takes[1]?.votes.length === 1)
    expect((await shot())?.takes.map(({ votes }) => votes)).toEqual([[], ['fake:cho']])
    expect(voting.fake.broken).toEqual([])
  } finally {
    await voting.close()
  }
})

test('one film that cannot be read stops no other one’s clock', async () => {
  const { redis, root } = house.core
  await redis.hset(`${root}:film:FBRKN`, { version: '1', json: '{"id":' })
  await redis.zadd(`${root}:films`, 1, 'FBRKN')
  try {
    await say(ann, '/film new Punctual')
    await heard(/“Punctual”/)
    await say(ann, '/film rules --hours 0.0001')
    await heard(/ends 20/)
    await house.until(async () => (await filmsAt(house.core, place(), 'past'))[0]?.state === 'ended')
  } finally {
    await redis.zrem(`${root}:films`, 'FBRKN')
  }
})

test('a board that could not be shown is tried again', async () => {
  await say(ann, '/film new Stubborn')
  const board = await heard(/🎬 Stubborn/)
  house.fake.fault({ on: 'edit', how: 'later', afterMs: 50 }, { on: 'edit', how: 'fail' })
  await say(bob, '/film join')
  await house.fake.until(({ at, message }) => at.message === board.at.message && /2 members/.test(message.text), 15_000)
})
