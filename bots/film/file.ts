import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { getClip } from '../../core/clips.ts'
import { editLimits, joints, Music } from '../../core/edit.ts'
import { chosenTake, clipOf, creditsOf, type Film, FilmRules, nameIn } from '../../core/film/film.ts'
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
    .array(
      z.object({
        role: z.enum(['director', 'takes', 'votes', 'music']),
        names: z.array(z.string().max(100)).max(200),
      }),
    )
    .max(4),
  shots: z.array(FileShot).min(1).max(36),
  /** How the last reel was cut; absent while there is none. */
  reel: z
    .object({
      title: z.string().trim().min(1).max(80),
      /** How each shot follows the one before. */
      joints: z.array(z.enum(joints)).max(36),
      onBeat: z.boolean(),
      cover: z.number().min(0).max(editLimits.seconds).optional(),
      music: Music.optional(),
    })
    .optional(),
  /** Ours over the pictures that the recipes begin or end with, and the music: only who has a file of ours can name them. */
  seal: z.string().max(64),
})
export type FilmFile = z.infer<typeof FilmFile>

type Sealed = Pick<FilmFile, 'shots' | 'reel'>

/** The files of our store that a film's file names. */
export const mediaOf = ({ shots, reel }: Sealed): string[] =>
  [...shots.flatMap(({ recipe }) => [recipe.firstFrame, recipe.lastFrame]), reel?.music?.sound].filter(
    key => key !== undefined,
  )

const sealOf = (secret: string, file: Sealed): string =>
  createHmac('sha256', secret)
    .update(`film\n${mediaOf(file).join('\n')}`)
    .digest('base64url')

/** True if the pictures and the music in this file are those we wrote into it. Everything else in it may be changed by whoever has it. */
export function isSealed(secret: string, { seal, ...file }: FilmFile): boolean {
  const [given, right] = [Buffer.from(seal), Buffer.from(sealOf(secret, file))]
  return given.length === right.length && timingSafeEqual(given, right)
}

/** The file of a film; undefined while no shot of it is decided. */
export async function filmFile(core: Core, film: Film, secret: string): Promise<FilmFile | undefined> {
  const shots: FileShot[] = []
  for (const shot of film.shots) {
    const id = clipOf(shot)
    const clip = id === undefined ? undefined : await getClip(core, id)
    if (!clip || clip.recipe.kind === 'edit') continue
    const takes = shot.takes.map(({ number, member, prompt, votes }) => {
      return { number, name: nameIn(film, member), prompt, votes: votes.length }
    })
    const clips = [...new Set([clip.id, chosenTake(shot)?.clip ?? clip.id])]
    shots.push({ shot: shot.number, clips, recipe: clip.recipe, takes })
  }
  if (shots.length === 0) return undefined
  const { id, title, rules, createdAt } = film
  const cut = await reelOf(core, film, shots)
  const credits = [
    ...creditsOf(film),
    ...(cut?.reel.music ? [{ role: 'music' as const, names: [nameIn(film, cut.by)] }] : []),
  ]
  const made = { shots, ...(cut && { reel: cut.reel }) }
  return { threadreel: 'film/2', id, title, rules, createdAt, credits, ...made, seal: sealOf(secret, made) }
}

/** How a film's last reel was cut, and by whom. */
async function reelOf(
  core: Core,
  { reel: id, title: name }: Film,
  shots: readonly FileShot[],
): Promise<{ reel: NonNullable<FilmFile['reel']>; by: string } | undefined> {
  const clip = id === undefined ? undefined : await getClip(core, id)
  const edit = clip?.recipe.edit
  if (!clip || edit?.op !== 'join') return undefined
  const { title = name, pieces, onBeat, cover, music } = edit
  // A shot that was chosen after it fades in.
  const jointOf = ({ clips }: FileShot) => pieces.find(piece => clips.includes(piece.clip))?.joint ?? 'fade'
  const more = { ...(cover !== undefined && { cover }), ...(music && { music }) }
  return { reel: { title, joints: shots.map(jointOf), onBeat, ...more }, by: clip.member }
}

export const fileBytes = (file: FilmFile): Buffer => Buffer.from(`${JSON.stringify(file, undefined, 2)}\n`)
