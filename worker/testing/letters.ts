/** An area of a picture, in pixels. */
interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Heights in pixels of bright letters in an area, from left to right: runs of columns with ink, found in the pixels alone. */
export function letterHeights(rgb: Uint8Array, width: number, area: Area): number[] {
  const heights: number[] = []
  let top = Number.POSITIVE_INFINITY
  let bottom = -1
  for (let x = area.x; x <= area.x + area.width; x++) {
    let ink = false
    for (let y = area.y; y < area.y + area.height && x < area.x + area.width; y++) {
      if ((rgb[(y * width + x) * 3] ?? 0) < 190) continue
      ink = true
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
    if (ink || bottom < 0) continue
    heights.push(bottom - top + 1)
    top = Number.POSITIVE_INFINITY
    bottom = -1
  }
  return heights
}
