import { chosenTake, type Film, nameIn, openShot, ranking, type Shot, type Take } from '../../core/film/film.ts'
import type { Pot } from '../../core/film/pot.ts'
import { t } from '../../core/i18n.ts'
import { buttonId, type Press } from '../buttons.ts'
import { credits, excerpt } from '../describe.ts'
import type { Button, Outgoing } from '../platform.ts'

/** How a film stands, as one message: shots, takes, votes, whose turn it is, the money. Pure. */

/** Longest list of decided shots; older ones are summed up. */
const shownShots = 6
const chips = [10, 20, 50] as const

function takeLine(locale: string, film: Film, take: Take): string {
  const params = { take: take.number, name: nameIn(film, take.member), prompt: excerpt(take.prompt, 60) }
  if (take.clip === undefined) return t(locale, 'film.take-coming', params)
  return t(locale, 'film.take', { ...params, count: take.votes.length })
}

function shotLines(locale: string, film: Film, shot: Shot): string[] {
  const chosen = chosenTake(shot)
  if (chosen)
    return [
      t(locale, shot.final ? 'film.shot-final' : 'film.shot-done', {
        shot: shot.number,
        name: nameIn(film, chosen.member),
        prompt: excerpt(chosen.prompt, 60),
      }),
    ]
  const takes = shot.takes.map(take => `  ${takeLine(locale, film, take)}`)
  const head = takes.length === 0 ? 'film.shot-empty' : 'film.shot-open'
  return [t(locale, head, { shot: shot.number }), ...takes]
}

function moneyLine(locale: string, film: Film, pot: Pot | undefined): string {
  const spent = credits(locale, film.spent)
  const budget =
    film.rules.budget === undefined ? '' : t(locale, 'film.budget', { credits: credits(locale, film.rules.budget) })
  if (film.rules.pays === 'pot' && pot) {
    const parts = pot.parts.map(({ account, credits: n }) => `${nameIn(film, account)} ${n}`).join(', ')
    const { goal } = film.rules
    const params = { left: credits(locale, pot.available), total: pot.total, goal: goal ?? 0 }
    const line = t(locale, goal === undefined ? 'film.pot' : 'film.pot-goal', params)
    return [line, parts && `(${parts})`, budget].filter(Boolean).join(' ')
  }
  const who = film.rules.pays === 'host' ? 'film.pays-host' : 'film.pays-each'
  return [t(locale, who, { spent, name: nameIn(film, film.host) }), budget].filter(Boolean).join(' ')
}

/** The rules that are not as usual, and until when it goes on: "16:9 · style: watercolour · ends 5 Dec, 20:00 UTC". */
function rulesLine(locale: string, { rules, endsAt, state }: Film): string {
  const said = [
    t(locale, `film.turns-${rules.turns}`),
    ...(rules.join === 'invited' ? [t(locale, 'film.invited-only')] : []),
    t(locale, 'film.takes-each', { count: rules.takesEach }),
    ...(rules.memberBudget === undefined
      ? []
      : [t(locale, 'film.member-budget', { credits: credits(locale, rules.memberBudget) })]),
    ...(rules.style === '' ? [] : [t(locale, 'film.style', { style: excerpt(rules.style, 80) })]),
    ...(rules.ratio === undefined ? [] : [rules.ratio]),
    ...(rules.model === undefined ? [] : [rules.model]),
    ...(rules.finalTier === rules.draftTier
      ? []
      : [
          t(locale, 'film.tiers', {
            draft: t(locale, `tier.${rules.draftTier}`),
            final: t(locale, `tier.${rules.finalTier}`),
          }),
        ]),
    ...(state === 'open' && endsAt !== undefined ? [t(locale, 'film.ends', { date: dateOf(endsAt) })] : []),
  ]
  return said.join(' · ')
}

/** "2026-12-05 20:00 UTC" */
const dateOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** What everybody got back of a pot, and who waited in vain, in a line; "" where there is neither. */
export function backText(locale: string, film: Film, back: readonly { account: string; credits: number }[]): string {
  const names = back.map(one => `${nameIn(film, one.account)} ${credits(locale, one.credits)}`).join(', ')
  const waited = [...new Set(film.waiting.map(({ member }) => nameIn(film, member)))].join(', ')
  return [
    ...(names === '' ? [] : [t(locale, 'film.pot-back', { title: film.title, names })]),
    ...(waited === '' ? [] : [t(locale, 'film.pot-unfilled', { names: waited })]),
  ].join(' ')
}

/** The board. `pot`: what it holds, if the film has one. */
export function boardMessage(locale: string, film: Film, pot?: Pot): Outgoing {
  const done = film.shots.filter(shot => shot.chosen !== undefined)
  const hidden = Math.max(0, done.length - shownShots)
  const shown = film.shots.slice(hidden)
  const lines = [
    t(locale, 'film.head', {
      title: film.title,
      film: film.id,
      done: done.length,
      shots: film.rules.shots,
      name: nameIn(film, film.host),
    }),
    ...(hidden > 0 ? [t(locale, 'film.hidden', { count: hidden })] : []),
    ...shown.flatMap(shot => shotLines(locale, film, shot)),
    ...(film.turn && film.state === 'open'
      ? [t(locale, 'film.turn', { name: nameIn(film, film.turn.member), minutes: film.rules.turnMinutes })]
      : []),
    t(locale, 'film.people', {
      names: film.members
        .map(({ name }) => name)
        .slice(0, 20)
        .join(', '),
      count: film.members.length,
    }),
    ...film.waiting.map(({ member, prompt, price }) =>
      t(locale, 'film.waiting', {
        name: nameIn(film, member),
        prompt: excerpt(prompt, 60),
        price: credits(locale, price),
      }),
    ),
    moneyLine(locale, film, pot),
    rulesLine(locale, film),
    film.state === 'open' ? t(locale, 'film.how') : t(locale, `film.${film.state}`),
  ]
  return {
    text: lines.join('\n'),
    buttons: boardButtons(locale, film),
    mood: film.state === 'open' ? 'working' : 'done',
  }
}

function boardButtons(locale: string, film: Film): Button[] {
  if (film.state !== 'open') return [{ id: filmButton('reel', film), label: t(locale, 'film.button-reel') }]
  const shot = openShot(film)
  const votes = (shot ? ranking(shot) : [])
    .slice(0, 4)
    .sort((a, b) => a.number - b.number)
    .map(take => ({
      id: filmButton('vote', film, take.number),
      label: t(locale, 'film.button-vote', { take: take.number }),
    }))
  return [
    ...votes,
    ...(votes.length > 0 ? [{ id: filmButton('choose', film), label: t(locale, 'film.button-choose') }] : []),
    ...(film.rules.pays === 'pot'
      ? chips.slice(0, votes.length > 1 ? 1 : 3).map(n => chipButton(locale, film, n))
      : []),
    ...(film.turn ? [{ id: filmButton('pass', film), label: t(locale, 'film.button-pass') }] : []),
    { id: filmButton('join', film), label: t(locale, 'film.button-join') },
  ]
}

/** What a board's buttons do. */
export type FilmAct = Extract<Press, { verb: 'film' }>['act']

export const chipButton = (locale: string, film: Film, count: number): Button => ({
  id: filmButton('chip', film, count),
  label: t(locale, 'film.button-chip', { count }),
})

const filmButton = (act: FilmAct, film: Film, arg = 0): string => buttonId({ verb: 'film', act, film: film.id, arg })
