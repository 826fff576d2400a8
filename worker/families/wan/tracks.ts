import type { LatentShape } from './geometry.ts'

/**
 * Point tracks by copying latents (Wan-Move, Chu et al. 2025, arXiv:2512.08765): what the first frame's latent holds at a track's start is copied
 * to where the track is in every later latent frame. The model was tuned to read that; the mask channels and the unconditional
 * pass stay as they were.
 */

/** A point's way in pixels, one place for every latent frame (pixel frames 0, 4, 8, ...); undefined where it cannot be seen. */
export type Track = readonly (readonly [x: number, y: number] | undefined)[]

/**
 * Condition latents [channels, frames, height, width] with the tracks copied in; the given array stays. Where tracks meet the later one wins (the
 * reference draws lots). A track that is not seen in the first frame is left out (the reference's index of -1 wraps to the last cell).
 */
export function followTracks(
  latents: Float32Array,
  [channels, frames, height, width]: LatentShape,
  tracks: readonly Track[],
  spatial: number,
): Float32Array {
  const out = latents.slice()
  const plane = height * width
  const cell = (place: Track[number]): number => {
    if (!place) return -1
    const [x, y] = [Math.floor(place[0] / spatial), Math.floor(place[1] / spatial)]
    return x >= 0 && y >= 0 && x < width && y < height ? y * width + x : -1
  }
  for (const track of tracks) {
    const source = cell(track[0])
    if (source < 0) continue
    for (let frame = 1; frame < frames; frame++) {
      const target = cell(track[frame])
      if (target < 0) continue
      for (let channel = 0; channel < channels; channel++)
        out[(channel * frames + frame) * plane + target] = latents[channel * frames * plane + source] ?? 0
    }
  }
  return out
}
