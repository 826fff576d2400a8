import type { Clip } from './clip.ts'
import { clipsIn, type Edit, outputOf } from './edit.ts'
import { UserError } from './errors.ts'
import type { Recipe } from './request.ts'
import { timelineOf } from './timeline.ts'

/** Whether what comes out ends as its last clip ends, so that it can be gone on from like that clip. */
export function keepsState(edit: Edit): boolean {
  switch (edit.op) {
    case 'join':
      return edit.credits === undefined
    case 'cover':
    case 'music':
    case 'captions':
      return true
    default:
      return false
  }
}

/**
 * The recipe of an edit of these clips (in the order of `clipsIn`): what the last one's said, and the edit. Throws UserError
 * `refusal.edit-kind` for clips that are no film, and those of `timelineOf`.
 */
export function editRecipe(edit: Edit, clips: readonly Clip[]): Recipe {
  const ids = clipsIn(edit)
  if (clips.length !== ids.length || clips.some((clip, i) => clip.id !== ids[i])) throw new RangeError('other clips')
  const fit = (clip: Clip): boolean => clip.kind === 'video' || (edit.op === 'sheet' && clip.kind === 'image')
  if (!clips.every(fit)) throw new UserError('refusal.edit-kind')
  const [first, last] = [clips[0], clips.at(-1)]
  if (!first || !last) throw new UserError('refusal.clip-gone')
  const timeline = timelineOf(edit, clips)
  const { prompt, negative, model, tier, seed, guidance } = last.recipe
  return {
    kind: 'edit',
    prompt,
    negative,
    model,
    tier,
    seconds: outputOf(edit) === 'image' ? 1 : Math.max(1, Math.ceil(timeline.frames / timeline.fps)),
    ratio: first.recipe.ratio,
    seed,
    ...(guidance !== undefined && { guidance }),
    edit,
  }
}
