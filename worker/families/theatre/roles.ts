import type { Random } from '../../schedulers/noise.ts'
import { foldClauses, nounLast, verbLast } from './clauses.ts'
import type { Item, Items, NounPhrase } from './items.ts'
import type { Lexicon } from './lexicon.ts'
import { type Attach, placements, type Role, roleLimit } from './script.ts'

type Draft = { -readonly [key in keyof Role]: Role[key] } & { verbs: string[] }

/** Verbs that two of a kind do to each other ("the cat and the dog fight"). */
const mutual = new Set(['fight', 'meet', 'hug', 'kiss', 'race', 'chase', 'push'])

/** What the others do while the first of a group does a thing that only one can do. */
const meanwhile: Readonly<Record<string, string>> = {
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
const animate = (group: string): boolean => /^(?:ground|person|face|fly|swim)/.test(group)

/** Words for people in general: after a list of persons they only sum it up ("爷爷奶奶…5个人"). */
const anybody = new Set(['person', 'child'])

/**
 * Reads who does what to whom. `random` chooses what words leave open (what is eaten, who rides), so the same seed gives the same cast.
 * Never throws; what does not fit a sentence is left out.
 */
export function readRoles(items: Items, lexicon: Lexicon, random: Random): Role[] {
  const reader = createReader(lexicon, random, items)
  reader.read(foldClauses(items.items, items.language, lexicon))
  return reader.finish()
}

interface Open {
  readonly verb: string
  readonly subject: readonly number[]
  passive: boolean
}

function createReader(lexicon: Lexicon, random: Random, { language }: Items) {
  const roles: Draft[] = []
  const postposed = nounLast.includes(language)
  const endsWithVerb = verbLast.includes(language)
  let phrases = 0
  let subject: number[] = []
  let patient: number[] = []
  let fronted: number[] = []
  let inverted: string[] = []
  let open: Open | undefined
  let relation: { relation: string; figure: readonly number[] } | undefined
  let waiting: { relation: Attach; ground: number }[] = []
  let last: { group: readonly number[]; as: 'subject' | 'object' | 'ground' } | undefined
  let joined = false
  let fresh = true

  const facts = (index: number) => lexicon.noun(roles[index]?.noun ?? '')
  const groupOf = (index: number | undefined) => (index === undefined ? '' : (facts(index)?.group ?? ''))
  const uses = (noun: string, use: string) => lexicon.noun(noun)?.uses.includes(use) ?? false

  function add(phrase: NounPhrase, count = phrase.count): number[] {
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
    if (phrase.clause && group.length > 0) within(group, phrase.clause)
    return group
  }

  /** Reads a relative clause about `group` without disturbing the sentence around it. */
  function within(group: readonly number[], clause: readonly Item[]) {
    const saved = { subject, open, relation, last, joined, fresh, inverted, fronted, patient }
    subject = [...group]
    open = undefined
    relation = undefined
    last = undefined
    joined = false
    fresh = false
    inverted = []
    fronted = []
    patient = []
    read(clause, true)
    ;({ subject, open, relation, last, joined, fresh, inverted, fronted, patient } = saved)
  }

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
    if (verb === 'wear' || verb === 'hold' || verb === 'play') {
      const own = shares(object, subjects)
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
    if (verb === 'give' && animate(groupOf(object[0]))) return feed(subjects, object)
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

  /** "Feeds the birds": what is given is food, and they get it. */
  function feed(subjects: readonly number[], receivers: readonly number[]) {
    const food = imply('edible')
    bind('give', subjects.slice(0, 1), food)
    for (const index of receivers.slice(0, 1)) {
      const role = roles[index]
      if (role) [role.partner, role.undergoes] = [subjects[0] ?? index, 'give']
    }
  }

  const wantsObject = (verb: string) => lexicon.arity(verb) !== 'solo'

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
    if (attach) for (const index of figure) tie(index, first, attach)
  }

  function onNoun(phrase: NounPhrase, before: Item | undefined, after: Item | undefined, further: Item | undefined) {
    if (phrase.scenery) {
      const group = add(phrase)
      return void group
    }
    const nextIsVerb = after?.kind === 'verb' && !(after.participle && !fresh)
    if (sumsUp(phrase)) return
    const relationFollows = postposed && after?.kind === 'relation' && placements.some(p => p === after.relation)
    const wants = open && wantsObject(open.verb) && !fresh
    if (relationFollows || (postposed && before?.kind === 'at' && !wants) || phrase.mark === 'place') {
      if (
        phrase.mark === 'place' &&
        !relationFollows &&
        endsWithVerb &&
        after?.kind === 'verb' &&
        after.verb === 'ride'
      ) {
        fronted.push(...add(phrase))
        return
      }
      const ground = add(phrase)[0]
      const name = relationFollows ? (after.relation as Attach) : uses(phrase.noun, 'ride') ? 'on' : 'beside'
      if (ground === undefined) return
      if (subject.length > 0 && further?.kind !== 'noun') place(subject, name, [ground])
      else waiting.push({ relation: name, ground })
      last = { group: [ground], as: 'ground' }
      return
    }
    if (relation) {
      const { relation: name, figure } = relation
      relation = undefined
      const group = add(phrase)
      const with_ =
        name === 'with' && animate(groupOf(group[0])) && !(uses(phrase.noun, 'hold') && !animate(groupOf(group[0])))
      if (with_) {
        if (open && wantsObject(open.verb)) {
          bind(open.verb, open.subject, group)
          open = undefined
        } else if (figure.length > 0) {
          for (const verb of roles[figure[0] ?? 0]?.verbs ?? []) say(group, verb)
          subject = [...new Set([...subject, ...group])]
        } else subject = group
      } else place(figure, name, group)
      last = { group, as: with_ ? 'subject' : 'ground' }
      return
    }
    if (endsWithVerb) return onMarkedNoun(phrase)
    if (patient.length > 0 && subject.length === 0) {
      subject = add(phrase)
      last = { group: subject, as: 'subject' }
      return
    }
    if (open && wants) {
      const group = add(phrase, phrase.plural && !postposed ? 2 : phrase.count)
      if (open.passive) {
        bind(open.verb, group, open.subject)
        for (const index of open.subject) {
          const role = roles[index]
          if (role) role.verbs = role.verbs.filter(verb => verb !== open?.verb)
        }
      } else bind(open.verb, open.subject, group)
      last = { group, as: 'object' }
      open = undefined
      return
    }
    if (before?.kind === 'let') {
      fronted = add(phrase)
      last = { group: fronted, as: 'object' }
      return
    }
    if (last?.as === 'object' && joined && !(nextIsVerb && animate(lexicon.noun(phrase.noun)?.group ?? ''))) {
      const verb = roles[last.group[0] ?? -1]?.undergoes
      const doers = subject
      const group = add(phrase)
      if (verb) bind(verb, doers, group)
      last = { group, as: 'object' }
      return
    }
    if (before?.kind === 'at' && subject.length > 0 && !postposed) {
      const group = add(phrase)
      if (uses(phrase.noun, 'wear')) place(subject, 'in', group)
      else if (!subject.some(index => roles[index]?.partner !== undefined)) place(subject, 'beside', group)
      last = { group, as: 'ground' }
      return
    }
    const list =
      last?.as === 'subject' && (subject.length > 0 ? (roles[subject[0] ?? 0]?.verbs.length ?? 0) === 0 : false)
    const group = add(phrase)
    for (const { relation: name, ground } of waiting) place(group, name, [ground])
    waiting = []
    subject = list && (joined || fresh || postposed) ? [...subject, ...group] : group
    last = { group: subject, as: 'subject' }
    for (const verb of inverted) {
      act(group, verb)
      if (wantsObject(verb)) open = { verb, subject: group, passive: false }
    }
    inverted = []
  }

  /** Japanese and Korean: nouns wait, with their marks, for the verb at the end. */
  function onMarkedNoun(phrase: NounPhrase) {
    const group = add(phrase)
    for (const { relation: name, ground } of waiting) place(group, name, [ground])
    waiting = []
    if (phrase.mark === 'object') fronted = [...fronted, ...group]
    else if (phrase.mark === 'with') subject = [...subject, ...group]
    else if (phrase.mark === 'subject' || subject.length === 0 || fresh) {
      const list =
        last?.as === 'subject' &&
        (joined ||
          subject.some(
            i => roles[i]?.verbs.length === 0 && roles[i]?.phrase === (roles[group[0] ?? 0]?.phrase ?? 0) - 1,
          ))
      subject = list && !hasVerbs(subject) ? [...new Set([...subject, ...group])] : group
    } else if (joined && !hasVerbs(subject)) subject = [...subject, ...group]
    else fronted = [...fronted, ...group]
    last = { group: subject, as: 'subject' }
  }

  const hasVerbs = (group: readonly number[]) => group.some(index => (roles[index]?.verbs.length ?? 0) > 0)

  function sumsUp(phrase: NounPhrase): boolean {
    if (!phrase.counted || phrase.count < 2 || !anybody.has(phrase.noun)) return false
    const listed = subject.filter(index => groupOf(index) === 'person')
    return listed.length >= 2 && Math.abs(listed.length - phrase.count) <= 1 && last?.as === 'subject'
  }

  function onVerb(item: Extract<Item, { kind: 'verb' }>, after: Item | undefined, inClause: boolean) {
    const { verb } = item
    const dressing = verb === 'wear' || verb === 'hold'
    const nearest = last?.as === 'object' && !fresh && !joined && animate(groupOf(last.group[0]))
    const target =
      nearest && last && !postposed && !inClause && (item.participle || dressing) ? [...last.group] : subject
    const object = fronted
    fronted = []
    if (target.length === 0) {
      if (patient.length > 0) subject = []
      if (!wantsObject(verb) || mutual.has(verb)) inverted.push(verb)
      else if (after?.kind === 'noun' || object.length > 0) {
        const doer = imply('doer')
        subject = doer
        bindOrOpen(verb, doer, object)
      } else inverted.push(verb)
      joined = false
      return
    }
    if (patient.length > 0) {
      bind(verb, target, patient)
      patient = []
    } else bindOrOpen(verb, target, object)
    joined = false
    if (!(nearest && target !== subject)) fresh = false
  }

  function bindOrOpen(verb: string, target: readonly number[], object: readonly number[]) {
    if (object.length > 0 && wantsObject(verb)) {
      bind(verb, target, object)
      open = undefined
      return
    }
    if (verb === 'wear' || verb === 'hold' || verb === 'ride') {
      open = { verb, subject: [...target], passive: false }
      return
    }
    const alone = meanwhile[verb]
    act(alone ? target.slice(0, 1) : target, verb)
    if (alone) act(target.slice(1), alone)
    if (wantsObject(verb)) open = { verb, subject: [...target], passive: false }
    else if (open && !wantsObject(open.verb)) open = undefined
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

  function read(items: readonly Item[], inClause = false) {
    items.forEach((item, i) => {
      const before = items[i - 1]
      const after = items[i + 1]
      switch (item.kind) {
        case 'noun':
          onNoun(item, before, after, items[i + 2])
          joined = false
          fresh = false
          return
        case 'verb':
          onVerb(item, after, inClause)
          fresh = false
          return
        case 'relation':
          if (postposed && before?.kind === 'noun') return
          relation = { relation: item.relation, figure: nearestFigure() }
          return
        case 'and':
          joined = true
          return
        case 'next':
          fresh = true
          open = undefined
          return
        case 'by':
          if (open && !postposed) open.passive = true
          else if (!postposed) relation = { relation: 'beside', figure: nearestFigure() }
          else if (subject.length > 0 && !hasVerbs(subject)) {
            patient = subject
            subject = []
          }
          return
        case 'pronoun':
          if (open && wantsObject(open.verb) && !fresh) open = undefined
          return
        case 'speed':
          for (const index of subject) {
            const role = roles[index]
            if (role) role.speed = item.speed
          }
          return
        case 'mood':
          for (const index of subject) {
            const role = roles[index]
            if (role) role.mood = item.mood
          }
          return
        case 'break':
          fresh = true
          open = undefined
          relation = undefined
          if (item.strong) last = undefined
          return
        default:
          return
      }
    })
  }

  /** Whom a preposition is about: the noun just said if nobody acts yet, else the subject. */
  function nearestFigure(): readonly number[] {
    const mount = last?.group.some(index => roles[index]?.undergoes === 'ride')
    return last && last.as !== 'ground' && !fresh && !mount ? last.group : subject
  }

  function finish(): Role[] {
    for (const { relation: name, ground } of waiting) if (subject.length > 0) place(subject, name, [ground])
    if (inverted.length > 0 && roles.length < roleLimit) {
      const doer = subject.length > 0 ? subject : imply('doer')
      for (const verb of inverted) act(doer, verb)
    }
    if (open && (open.verb === 'wear' || open.verb === 'hold' || open.verb === 'ride')) {
      const own = imply(open.verb, roles[open.subject[0] ?? 0]?.noun)
      bind(open.verb, open.subject, own)
    }
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
      for (const verb of role.verbs) {
        const needs = lexicon.arity(verb)
        if (role.partner !== undefined || needs === 'solo' || needs === 'either') continue
        const known = roles.findIndex(
          (other, i) => i !== index && other.undergoes === verb && other.phrase !== role.phrase,
        )
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
      const upright = wearer && uses(role.noun, 'body') ? `${wearer.noun}-upright` : undefined
      if (wearer && upright && lexicon.noun(upright)) wearer.noun = upright
    }
  }

  return { read, finish }
}

/** What fills a gap, by use; each must please with any partner. */
const implied: Record<string, readonly string[]> = {
  doer: ['cat', 'penguin', 'panda', 'rabbit', 'fox', 'dog'],
  prey: ['butterfly', 'mouse', 'baby-chick'],
  edible: ['pizza', 'red-apple', 'cookie', 'ice-cream', 'birthday-cake'],
  ball: ['soccer-ball', 'basketball', 'volleyball'],
  ride: ['horse', 'skateboard', 'bicycle', 'motorcycle'],
  wear: ['top-hat', 'sunglasses', 'crown', 'scarf'],
  hold: ['balloon', 'bouquet', 'umbrella', 'lantern'],
  instrument: ['guitar', 'violin', 'drum', 'trumpet'],
  burst: ['fireworks', 'firecracker'],
}
