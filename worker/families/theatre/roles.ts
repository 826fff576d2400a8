import type { Random } from '../../schedulers/noise.ts'
import { foldClauses, nounLast, verbLast } from './clauses.ts'
import type { Item, Items, NounPhrase } from './items.ts'
import type { Lexicon } from './lexicon.ts'
import { type Attach, placements, type Role, roleLimit } from './script.ts'
import { animate, createTroupe, meanwhile, mutual } from './troupe.ts'

/** Words for people in general: after a list of persons they only sum it up ("爷爷奶奶…5个人"). */
const anybody = new Set(['person', 'child'])

/** Furniture one is on, where a language says "in" and "on" by one word. */
const surfaces = new Set(['couch-and-lamp', 'bed', 'chair', 'table', 'rock', 'piano', 'ladder', 'books'])

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
  const troupe = createTroupe(lexicon, random)
  const { roles, act, bind, groupOf, imply, place, say, uses, wantsObject } = troupe
  const postposed = nounLast.includes(language)
  const endsWithVerb = verbLast.includes(language)
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
  let stranger = false

  const groupOfNoun = (noun: string): string => lexicon.noun(noun)?.group ?? ''

  function add(phrase: NounPhrase, count = phrase.count): number[] {
    const group = troupe.add(phrase, count)
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

  function onNoun(phrase: NounPhrase, before: Item | undefined, after: Item | undefined, further: Item | undefined) {
    if (phrase.scenery) {
      const group = add(phrase)
      return void group
    }
    const next = after?.kind === 'pronoun' ? further : after
    const nextIsVerb = next?.kind === 'verb' && !(next.participle && !fresh)
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
    // "Flying over the castle" is one word and its place.
    if (before?.kind === 'verb' && before.verb === 'fly' && subject.length > 0 && !animate(groupOfNoun(phrase.noun))) {
      const group = add(phrase)
      place(subject, 'above', group)
      last = { group, as: 'ground' }
      return
    }
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
    if (last?.as === 'object' && joined && !(nextIsVerb && animate(groupOfNoun(phrase.noun)))) {
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
      else if (before.upon && (uses(phrase.noun, 'ride') || surfaces.has(phrase.noun))) place(subject, 'on', group)
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
    if (phrase.mark === 'object' || phrase.mark === 'to') fronted = [...fronted, ...group]
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
      if (!wantsObject(verb) || (mutual.has(verb) && !stranger)) inverted.push(verb)
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
    } else if (item.passive && endsWithVerb && wantsObject(verb))
      bind(verb, object.length > 0 ? object : imply('doer'), target)
    else bindOrOpen(verb, target, object)
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

  function read(items: readonly Item[], inClause = false) {
    items.forEach((item, i) => {
      const before = items[i - 1]
      const after = items[i + 1]
      switch (item.kind) {
        case 'noun':
          onNoun(item, before, after, items[i + 2])
          stranger = false
          joined = false
          fresh = false
          return
        case 'verb':
          onVerb(item, after, inClause)
          fresh = false
          return
        case 'stranger':
          stranger = true
          return
        case 'relation':
          if (postposed && (before?.kind === 'noun' || before === undefined || before.kind === 'break')) return
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
          else if (subject.length > 0) {
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
    return troupe.finish()
  }

  return { read, finish }
}
