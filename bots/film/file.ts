import { getClip } from '../../core/clips.ts'
import { clipOf, creditsOf, type Film } from '../../core/film/film.ts'
import type { Core } from '../../core/redis.ts'

/** The recipe of a whole film as JSON: who made what, in which order, and everything needed to make each shot again. */
export async function filmFile(core: Core, film: Film): Promise<Buffer> {
  const shots = []
  for (const shot of film.shots) {
    const id = clipOf(shot)
    const clip = id === undefined ? undefined : await getClip(core, id)
    shots.push({
      shot: shot.number,
      chosen: shot.chosen,
      recipe: clip?.recipe,
      takes: shot.takes.map(({ number, member, prompt, votes }) => ({ number, member, prompt, votes: votes.length })),
    })
  }
  const { id, title, host, rules, createdAt } = film
  const file = { threadreel: 'film/1', id, title, host, rules, createdAt, credits: creditsOf(film), shots }
  return Buffer.from(`${JSON.stringify(file, undefined, 2)}\n`)
}
