import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { getClip } from '../../core/clips.ts'
import { chosenTake, clipOf, creditsOf, type Film, FilmRules } from '../../core/film/film.ts'
import type { Core } from '../../core/redis.ts'
import { ClipId, Recipe } from '../../core/request.ts'

/** The recipe of a whole film as JSON: who made what, in which order, and everything needed to make each shot again. */

const FileShot = z.object({
  shot: z.number().int().positive(),
  /** Clips that played here: the final one, and the take it was made from. A later recipe may continue one of them. */
  clips: z.array(ClipId).max(2),
  recipe: Recipe.refine(({ kind }) => kind === 'video', 'a shot is a clip'),
  takes: z
    .array(z.object({ number: z.number(), name: z.string().max(100), prompt: z.string().max(2500), votes: z.number() }))
    .max(100),
})
type FileShot = z.infer<typeof FileShot>

export const FilmFile = z.object({
  threadreel: z.literal('film/2'),
  id: z.string().max(12),
  title: z.string().trim().min(1).max(80),
  rules: FilmRules,
  createdAt: z.number(),
  credits: z
    .array(z.object({ role: z.enum(['director', 'takes', 'votes']), names: z.array(z.string().max(100)).max(200) }))
    .max(3),
  shots: z.array(FileShot).min(1).max(36),
  /** Ours over the pictures that the recipes begin or end with: only who has a file of ours can name them. */
  seal: z.string().max(64),
})
export type FilmFile = z.infer<typeof FilmFile>

const pictures = (shots: readonly FileShot[]): string[] =>
  shots.flatMap(({ recipe }) => [recipe.firstFrame, recipe.lastFrame]).filter(key => key !== undefined)

const sealOf = (secret: string, shots: readonly FileShot[]): string =>
  createHmac('sha256', secret)
    .update(`film\n${pictures(shots).join('\n')}`)
    .digest('base64url')

/** True if the pictures in this file are those we wrote into it. Everything else in it may be changed by whoever has it. */
export function isSealed(secret: string, { seal, shots }: FilmFile): boolean {
  const [given, right] = [Buffer.from(seal), Buffer.from(sealOf(secret, shots))]
  return given.length === right.length && timingSafeEqual(given, right)
}

/** The file of a film; undefined while no shot of it is decided. */
export async function filmFile(core: Core, film: Film, secret: string): Promise<FilmFile | undefined> {
  const nameOf = (id: string): string => film.members.find(member => member.id === id)?.name ?? id
  const shots: FileShot[] = []
  for (const shot of film.shots) {
    const id = clipOf(shot)
    const clip = id === undefined ? undefined : await getClip(core, id)
    if (!clip || clip.recipe.kind === 'edit') continue
    const takes = shot.takes.map(({ number, member, prompt, votes }) => {
      return { number, name: nameOf(member), prompt, votes: votes.length }
    })
    const clips = [...new Set([clip.id, chosenTake(shot)?.clip ?? clip.id])]
    shots.push({ shot: shot.number, clips, recipe: clip.recipe, takes })
  }
  if (shots.length === 0) return undefined
  const { id, title, rules, createdAt } = film
  const credits = creditsOf(film)
  return { threadreel: 'film/2', id, title, rules, createdAt, credits, shots, seal: sealOf(secret, shots) }
}

export const fileBytes = (file: FilmFile): Buffer => Buffer.from(`${JSON.stringify(file, undefined, 2)}\n`)
