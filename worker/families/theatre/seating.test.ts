import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openDirection } from './direction.ts'
import { actorCount, channelCount } from './scene.ts'
import type { Role, Script } from './script.ts'
import { seat, seatOn } from './seating.ts'
import { type EndState, prefixKeys } from './state.ts'

const direction = await openDirection(fileURLToPath(new URL('../../models/theatre', import.meta.url)))

const role = (noun: string, more: Partial<Role> = {}): Role => ({ noun, verbs: [], phrase: 0, implied: false, ...more })
const script = (cast: readonly Role[]): Script => ({ cast, denied: [], unknownWords: [], invented: false })

function endOf(cast: readonly Role[]): EndState {
  const { nouns, slots } = seat(script(cast))
  return {
    nouns: nouns.map(noun => noun ?? null),
    slots,
    script: { cast: cast.map(one => ({ ...one, verbs: [...one.verbs] })) },
    background: new Float32Array(direction.background.length),
    keys: new Float32Array((actorCount + 1) * prefixKeys * channelCount),
  }
}

describe('a clip that goes on', () => {
  it('knows the cat in the suit again when it is called a cat', () => {
    const suited = [
      role('cat-upright', { guise: 'black-cat-upright', tint: 'blue' }),
      role('suit', { parent: 0, attach: 'wear', undergoes: 'wear', phrase: 1 }),
    ]
    const {
      script: next,
      slots,
      nouns,
    } = seatOn(script([role('black-cat', { verbs: ['sleep'] })]), endOf(suited), direction)
    expect(next.cast[0]).toMatchObject({
      noun: 'cat-upright',
      guise: 'black-cat-upright',
      tint: 'blue',
      verbs: ['sleep'],
    })
    expect(next.cast[1]).toMatchObject({ noun: 'suit', parent: 0, attach: 'wear' })
    expect(slots).toEqual([0, 1])
    expect(nouns.filter(noun => noun !== undefined)).toEqual(['cat-upright', 'suit'])
  })

  it('is about whoever did something before where its words name nobody', () => {
    const before = endOf([role('deciduous-tree'), role('rabbit', { verbs: ['eat'] })])
    const { script: next, slots } = seatOn(
      script([role('penguin', { verbs: ['fly'], implied: true })]),
      before,
      direction,
    )
    expect(next.cast.map(({ noun, verbs }) => [noun, ...verbs])).toEqual([['rabbit', 'fly'], ['deciduous-tree']])
    expect(slots).toEqual([1, 0])
  })

  it('ends what somebody did who is told to do another thing, with its effects', () => {
    const before = endOf([
      role('rabbit', { verbs: ['eat'], partner: 1 }),
      role('moon-cake', { undergoes: 'eat', phrase: 1 }),
      role('red-heart', { parent: 0, attach: 'effect', undergoes: 'eat', implied: true }),
    ])
    const dance = seatOn(script([role('rabbit', { verbs: ['dance'] })]), before, direction)
    expect(dance.script.cast.map(({ noun, undergoes, over }) => [noun, undergoes, over])).toEqual([
      ['rabbit', undefined, undefined],
      ['moon-cake', undefined, undefined],
      ['red-heart', undefined, true],
    ])
    const after = { ...endOf([...dance.script.cast]), nouns: dance.nouns.map(noun => noun ?? null) }
    expect(seatOn(script([role('rabbit', { verbs: ['jump'] })]), after, direction).nouns).not.toContain('red-heart')
    const still = seatOn(script([role('rabbit', { verbs: ['eat'] })]), before, direction)
    expect(still.script.cast[2]).toMatchObject({ noun: 'red-heart', undergoes: 'eat' })
  })

  it('leaves an effect with whom it was with', () => {
    const two = [role('rabbit', { verbs: ['cry'] }), role('rabbit', { verbs: ['cry'] })]
    const drops = (parent: number) => role('droplet', { parent, attach: 'effect', undergoes: 'cry', implied: true })
    const next = seatOn(script([...two, drops(0)]), endOf([...two, drops(1)]), direction)
    expect(next.script.cast[2]).toMatchObject({ noun: 'droplet', parent: 1 })
    expect(next.slots).toEqual([0, 1, 2])
  })

  it('lets somebody new in through a free slot', () => {
    const { slots, nouns } = seatOn(script([role('dog')]), endOf([role('cat')]), direction)
    expect(slots).toEqual([1, 0])
    expect(nouns.slice(0, 2)).toEqual(['cat', 'dog'])
  })
})
