import type { Random } from '../../schedulers/noise.ts'
import type { NounPhrase } from './items.ts'
import type { Lexicon } from './lexicon.ts'
import { coats, costumes, guises, implied } from './props.ts'
import { type Attach, placements, type Role, roleLimit } from './script.ts'

/** A role in the making. */
type Draft = { -readonly [key in keyof Role]: Role[key] } & { verbs: string[] }

/** Verbs that two of a kind do to each other ("the cat and the dog fight"). */
export const mutual = new Set(['fight', 'meet', 'hug', 'kiss', 'race', 'chase', 'push'])

/** What the others do while the first of a group does a thing that only one can do. */
export const meanwhile: Readonly<Record<string, string>> = {
  kick: 'run',
  throw: 'run',
  push: 'walk',
  pull: 'walk',
  give: 'look',
  'set-off': 'celebrate',
}

/** Things that come down when it rains them. */
const shower = 6

/** Verbs of going; said of a rider they are the mount's. */
const going = new Set(['walk', 'run', 'fly', 'swim', 'drive', 'jump', 'slide', 'parkour', 'race', 'launch'])

/** Verbs of going that a kind of noun does in its own way. */
const ownWay: Record<string, Record<string, string>> = {
  road: { walk: 'drive', run: 'drive', slide: 'drive' },
  air: { walk: 'fly', run: 'fly', drive: 'fly' },
  fly: { walk: 'fly', run: 'fly' },
  swim: { walk: 'swim', run: 'swim' },
  water: { walk: 'drive', run: 'drive', swim: 'drive' },
}

/** Who can have a part as the doer of things. */
export const animate = (group: string): boolean => /^(?:ground|person|face|fly|swim)/.test(group)

/** The cast in the making: who there is, what they do to each other, how they are tied. Groups are lists of indices. */
export function createTroupe(lexicon: Lexicon, random: Random) {
  const roles: Draft[] = []
  let phrases = 0

  const groupOf = (index: number | undefined): string =>
    index === undefined ? '' : (lexicon.noun(roles[index]?.noun ?? '')?.group ?? '')
  const uses = (noun: string, use: string): boolean => lexicon.noun(noun)?.uses.includes(use) ?? false
  const wantsObject = (verb: string) => lexicon.arity(verb) !== 'solo'

  /** One role for each thing of a noun phrase, as far as there is room. */
  function add(phrase: NounPhrase, count: number): number[] {
    const group: number[] = []
    const number = phrases++
    for (let i = 0; i < count && roles.length < roleLimit; i++) {
      group.push(roles.length)
      roles.push({
        noun: phrase.noun,
        verbs: [],
        phrase: number,
        implied: false,
        ...(phrase.size ? { size: phrase.size } : {}),
        ...(phrase.mood ? { mood: phrase.mood } : {}),
        ...(phrase.tint ? { tint: phrase.tint } : {}),
      })
    }
    return group
  }

  /** Lets a group do a thing, each in its own way; two things at most. */
  function say(group: readonly number[], verb: string) {
    const first = roles[group[0] ?? -1]
    if (verb === 'rain' && first && group.length < 4)
      for (let i = group.length; i < shower && roles.length < roleLimit; i++) roles.push({ ...first, verbs: ['rain'] })
    for (const index of group) {
      const role = roles[index]
      if (!role) continue
      const own = ownWay[groupOf(index)]?.[verb] ?? verb
      if (role.verbs.includes(own)) continue
      if (role.verbs.length < 2) role.verbs.push(own)
    }
  }

  function forget(index: number, verb: string) {
    const role = roles[index]
    if (role) role.verbs = role.verbs.filter(own => own !== verb)
  }

  /** A rider's further going is the mount's. */
  function act(group: readonly number[], verb: string) {
    const mounts = group.flatMap(index => (roles[index]?.attach === 'ride' ? (roles[index]?.parent ?? []) : []))
    say(going.has(verb) && mounts.length > 0 ? mounts : group, verb)
  }

  /** One copy of `object` for each of `subjects`, as far as there is room: three penguins in hats wear three hats. */
  function shares(object: readonly number[], subjects: readonly number[]): number[] {
    const own = [...object]
    const model = roles[object[0] ?? -1]
    while (model && own.length < subjects.length && roles.length < roleLimit) {
      own.push(roles.length)
      roles.push({ ...model, verbs: [...model.verbs] })
    }
    return own
  }

  function tie(child: number | undefined, parent: number | undefined, attach: Attach) {
    const role = child === undefined ? undefined : roles[child]
    if (!role || parent === undefined || child === parent || role.parent !== undefined) return
    for (let up: number | undefined = parent; up !== undefined; up = roles[up]?.parent) if (up === child) return
    role.parent = parent
    role.attach = attach
  }

  /** Gives a verb its subject and object. */
  function bind(verb: string, subjects: readonly number[], object: readonly number[]) {
    if (subjects.length === 0 || object.length === 0) return
    const thing = roles[object[0] ?? -1]?.noun ?? ''
    const game = verb === 'play' && uses(thing, 'ball') && !animate(groupOf(object[0]))
    if (game && (subjects.length > 1 || !uses(thing, 'instrument'))) {
      for (const index of subjects) forget(index, 'play')
      say(subjects.slice(1), 'run')
      return bind('kick', subjects, object)
    }
    if (verb === 'wear' && animate(groupOf(object[0]))) disguise(object)
    const worn = roles.some(
      ({ noun, parent, attach }) => attach === 'wear' && noun === thing && subjects.includes(parent ?? -1),
    )
    if (verb === 'wear' && worn && object[0] === roles.length - 1) {
      roles.pop()
      return
    }
    if (verb === 'wear' || verb === 'hold' || verb === 'play') {
      const own = verb === 'play' && !uses(thing, 'instrument') ? [...object] : shares(object, subjects)
      subjects.forEach((index, i) => {
        const thing = own[i] ?? own[0]
        tie(thing, index, verb === 'wear' ? 'wear' : 'hold')
        const role = thing === undefined ? undefined : roles[thing]
        if (role) role.undergoes = verb
        const doer = roles[index]
        if (doer && verb === 'play') doer.partner ??= thing ?? index
      })
      for (const extra of object.slice(subjects.length)) {
        tie(extra, subjects[0], verb === 'wear' ? 'wear' : 'hold')
        const role = roles[extra]
        if (role) role.undergoes = verb
      }
      if (verb === 'play') say(subjects, verb)
      return
    }
    // Who is held is hugged.
    if (verb === 'hold' && object.every(index => animate(groupOf(index)) && !uses(roles[index]?.noun ?? '', 'hold')))
      return bind('hug', subjects, object)
    if (verb === 'give' && object.some(index => animate(groupOf(index)))) return feed(subjects, object)
    const doers = meanwhile[verb] ? subjects.slice(0, 1) : subjects
    const own = verb === 'ride' || verb === 'eat' ? shares(object, doers) : object
    doers.forEach((index, i) => {
      const other = own[i % own.length]
      const doer = roles[index]
      const done = other === undefined ? undefined : roles[other]
      if (!doer || !done || other === index || other === undefined) return
      if (verb === 'ride') {
        if (doer.verbs.length > 0) {
          const moves = doer.verbs.filter(own => going.has(own))
          doer.verbs = doer.verbs.filter(own => !going.has(own))
          for (const move of moves) say([other], move)
        }
        tie(index, other, 'ride')
      }
      doer.partner ??= other
      done.undergoes ??= verb
    })
    for (const index of own.slice(doers.length)) if (verb === 'chase') say([index], 'run')
    say(doers, verb)
  }

  /** "Dressed as a ballerina": somebody to look like is a costume. */
  function disguise(guise: readonly number[]) {
    for (const index of guise) {
      const role = roles[index]
      if (role) [role.noun, role.implied] = [costumes[role.noun] ?? 'suit', true]
    }
  }

  /** "Feeds the birds": who is given to is no gift; what is given, if no word names it, is food. */
  function feed(subjects: readonly number[], object: readonly number[]) {
    const gifts = object.filter(index => !animate(groupOf(index)))
    const receivers = object.filter(index => animate(groupOf(index)))
    bind('give', subjects.slice(0, 1), gifts.length > 0 ? gifts : imply('edible'))
    for (const index of receivers.slice(0, 1)) {
      const role = roles[index]
      if (role) [role.partner, role.undergoes] = [subjects[0] ?? index, 'give']
    }
  }

  /** "Gives the girl a rose": what is named last takes the place of the food that giving to somebody implied. */
  function handOver() {
    const slot = roles.findIndex(role => role.implied && role.undergoes === 'give')
    const gift = roles.at(-1)
    if (slot < 0 || slot !== roles.length - 2 || !gift || gift.implied || !uses(gift.noun, 'hold')) return
    if (gift.verbs.length > 0 || gift.partner !== undefined || gift.parent !== undefined) return
    roles[slot] = { ...gift, undergoes: 'give' }
    roles.pop()
  }

  /** Puts a group somewhere in relation to a thing: things to wear, hold and ride are worn, held and ridden. */
  function place(figure: readonly number[], name: string, ground: readonly number[]) {
    const first = ground[0]
    const noun = roles[first ?? -1]?.noun ?? ''
    const doer = figure[0]
    if (first === undefined || doer === undefined) return
    if ((name === 'in' || name === 'with') && uses(noun, 'wear') && animate(groupOf(doer)))
      return bind('wear', figure, ground)
    if (name === 'with' && (uses(noun, 'hold') || uses(noun, 'instrument')) && !animate(groupOf(first)))
      return bind('hold', figure, ground)
    if (
      (name === 'on' || name === 'in') &&
      (uses(noun, 'ride') || uses(noun, 'ride-in')) &&
      animate(groupOf(doer)) &&
      !roles[doer]?.attach
    )
      return bind('ride', figure, ground)
    const attach = placements.find(placement => placement === name)
    // Who is busy with somebody else stays free: the thing is then only scenery.
    const busy = (index: number) =>
      roles[index]?.partner !== undefined ||
      roles[index]?.undergoes !== undefined ||
      (figure.length > 1 && roles[index]?.verbs.some(verb => mutual.has(verb)))
    if (attach) for (const index of figure) if (!busy(index)) tie(index, first, attach)
  }

  /** Somebody or something that no word named but a verb needs. */
  function imply(use: string, near?: string): number[] {
    if (roles.length >= roleLimit) return []
    const choices = implied[use] ?? implied['doer'] ?? []
    const known = choices.filter(id => lexicon.noun(id) && id !== near)
    const noun = known[Math.floor(random() * known.length)]
    if (!noun) return []
    roles.push({ noun, verbs: [], phrase: phrases++, implied: true })
    return [roles.length - 1]
  }

  function finish(): Role[] {
    handOver()
    loosen()
    pairUp()
    fillObjects()
    dress()
    return roles
  }

  /** Who goes somewhere is not tied to a place beside a thing; who hides behind it does nothing else. */
  function loosen() {
    for (const role of roles) {
      if (!role.attach || !placements.includes(role.attach)) continue
      if (role.verbs.some(verb => going.has(verb)) && !['on', 'in', 'under'].includes(role.attach)) {
        if ((role.attach === 'above' || role.attach === 'beside') && role.verbs.includes('fly')) role.high = true
        delete role.attach
        delete role.parent
      } else role.verbs = role.verbs.filter(verb => verb !== 'hide')
    }
  }

  /** Two of a kind with a mutual verb and nobody to do it to do it to each other. */
  function pairUp() {
    for (const verb of mutual) {
      const alone = roles.flatMap((role, i) =>
        role.verbs.includes(verb) && role.partner === undefined && role.undergoes !== verb ? [i] : [],
      )
      for (let i = 0; i + 1 < alone.length; i += 2) {
        const [one, two] = [roles[alone[i] ?? 0], roles[alone[i + 1] ?? 0]]
        if (!one || !two) continue
        one.partner = alone[i + 1] ?? 0
        two.undergoes ??= verb
        two.verbs = two.verbs.filter(own => own !== verb)
      }
    }
  }

  /** Verbs that cannot be shown without an object get one. */
  function fillObjects() {
    for (const [index, role] of [...roles].entries()) {
      // Playing without an instrument is romping about.
      if (role.partner === undefined && role.verbs.includes('play'))
        role.verbs = role.verbs.map(verb => (verb === 'play' ? 'jump' : verb))
      for (const verb of role.verbs) {
        const needs = lexicon.arity(verb)
        if (role.partner !== undefined || needs === 'solo' || needs === 'either') continue
        const others = (fits: (other: Draft) => boolean | undefined) =>
          roles.findIndex((other, i) => i !== index && other.phrase !== role.phrase && fits(other))
        const same = others(other => other.undergoes === verb)
        const known =
          same < 0 && mutual.has(verb) ? others(other => animate(lexicon.noun(other.noun)?.group ?? '')) : same
        bind(
          verb,
          [index],
          known >= 0 ? [known] : imply(lexicon.needs(verb) ?? (verb === 'chase' ? 'prey' : 'doer'), role.noun),
        )
      }
    }
  }

  /** Clothes for a body need a body: animals that have a standing figure stand up. */
  function dress() {
    for (const role of roles) {
      const wearer = role.attach === 'wear' && role.parent !== undefined ? roles[role.parent] : undefined
      const animal = wearer?.noun ?? ''
      const upright = lexicon.noun(animal)?.upright ?? `${animal}-upright`
      if (!wearer || !uses(role.noun, 'body') || !lexicon.noun(upright)) continue
      wearer.noun = upright
      if (guises.has(animal)) wearer.guise = `${animal}-upright`
      const coat = coats[animal]
      if (coat) wearer.tint ??= coat
    }
  }

  return { roles, add, act, bind, finish, groupOf, imply, place, say, uses, wantsObject }
}
