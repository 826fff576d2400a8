import { UserError } from '../errors.ts'
import type { Wish } from '../parse/wish.ts'
import { type Idea, ideaLimits, type Shot } from './shots.ts'

/** Changes of a shot list, by the numbers people see (from 1). */
export type Change =
  | { readonly act: 'set'; readonly shot: number; readonly wish: Wish }
  | { readonly act: 'drop'; readonly shots: readonly number[] }
  | { readonly act: 'add'; readonly wish: Wish }

/** A shot as a wish says it, over what it was: words and options that were not said stay. */
function shotOf({ prompt, seconds, camera }: Wish, before?: Shot): Shot {
  const words = prompt === '' ? before?.prompt : prompt
  if (words === undefined || !/\p{L}/u.test(words)) throw new UserError('refusal.idea-shot-words')
  const move = camera ?? before?.camera
  return {
    prompt: words,
    seconds: seconds === undefined ? (before?.seconds ?? 5) : seconds > 5 ? 10 : 5,
    ...(move && { camera: move }),
  }
}

/** The list after a change. Throws UserError `refusal.idea-*` for a shot that is not there, or too few or too many of them. */
export function changeIdea(idea: Idea, change: Change): Idea {
  const shots = [...idea.shots]
  const check = (shot: number): void => {
    if (shot < 1 || shot > shots.length)
      throw new UserError('refusal.idea-number', { number: shot, count: shots.length })
  }
  switch (change.act) {
    case 'set':
      check(change.shot)
      shots[change.shot - 1] = shotOf(change.wish, shots[change.shot - 1])
      break
    case 'drop': {
      for (const shot of change.shots) check(shot)
      const gone = new Set(change.shots)
      if (shots.length - gone.size < ideaLimits.film)
        throw new UserError('refusal.idea-few', { count: ideaLimits.film })
      return { ...idea, version: idea.version + 1, shots: shots.filter((_, i) => !gone.has(i + 1)) }
    }
    case 'add':
      if (shots.length >= ideaLimits.most) throw new UserError('refusal.idea-many', { count: ideaLimits.most })
      shots.push(shotOf(change.wish))
  }
  return { ...idea, version: idea.version + 1, shots }
}
