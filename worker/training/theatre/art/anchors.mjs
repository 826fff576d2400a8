// Where a noun's head, hand, saddle, mouth ... are: measured from the sprite's alpha, by the kind of creature it is.
import { boxOf, toBox } from './pixels.mjs'

const round = ([x, y]) => [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000]

/** The outline of a sprite: for every column its highest solid row, for every row its last solid column. */
function outline(picture, floor = 128) {
  const { data, width, height } = picture
  const solid = (x, y) => data[(y * width + x) * 4 + 3] > floor
  const tops = Array.from({ length: width }, (_, x) => {
    for (let y = 0; y < height; y++) if (solid(x, y)) return y
    return height
  })
  const rights = Array.from({ length: height }, (_, y) => {
    for (let x = width - 1; x >= 0; x--) if (solid(x, y)) return x
    return -1
  })
  let mass = 0,
    mx = 0,
    my = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (solid(x, y)) {
        mass++
        mx += x
        my += y
      }
  return { tops, rights, centre: [mx / mass, my / mass] }
}

const argmin = (values, from, to) => {
  let best = from
  for (let i = from; i <= to; i++) if (values[i] < values[best]) best = i
  return best
}
const argmax = (values, from, to) => {
  let best = from
  for (let i = from; i <= to; i++) if (values[i] > values[best]) best = i
  return best
}
const lowestTop = (tops, from, to) => {
  let sum = 0,
    n = 0
  for (let x = from; x <= to; x++)
    if (tops[x] < 256) {
      sum += tops[x]
      n++
    }
  return n ? sum / n : 128
}

/** Anchors and fits of a side view: head to the right. `back`: where the saddle is, as a share of the width. */
function sideView(picture, box, back) {
  const { tops, rights, centre } = outline(picture, 128)
  const { left, top, width, height } = box
  const at = (share) => Math.round(left + share * (width - 1))
  const headX = argmin(tops, at(0.6), at(0.97))
  const muzzle = argmax(rights, top, Math.round(top + height * 0.6))
  const seatX = at(back)
  return {
    anchors: {
      head: [headX, tops[headX] + height * 0.02],
      eyes: [headX + width * 0.03, tops[headX] + height * 0.17],
      mouth: [rights[muzzle] - width * 0.02, muzzle],
      neck: [at(0.68), tops[headX] + height * 0.34],
      body: [at(0.52), centre[1]],
      hand: [rights[muzzle] - width * 0.02, muzzle],
      seat: [seatX, lowestTop(tops, seatX - 4, seatX + 4) + height * 0.03],
      feet: [left + width / 2, top + height],
    },
    spans: { head: width * 0.3, eyes: width * 0.26, body: width * 0.42, neck: width * 0.3 },
  }
}

/** Anchors and fits of something seen from the front, upright. */
function frontView(picture, box) {
  const { tops, rights, centre } = outline(picture)
  const { left, top, width, height } = box
  const x = left + width / 2
  const band = [Math.round(top + height * 0.45), Math.round(top + height * 0.68)]
  const handRow = argmax(rights, band[0], band[1])
  const crown = lowestTop(tops, Math.round(x - width * 0.06), Math.round(x + width * 0.06))
  return {
    anchors: {
      head: [x, crown + height * 0.03],
      eyes: [x, crown + height * 0.26],
      mouth: [x, crown + height * 0.38],
      neck: [x, crown + height * 0.5],
      body: [centre[0], top + height * 0.64],
      hand: [rights[handRow] - width * 0.05, handRow],
      seat: [x, crown + height * 0.02],
      feet: [x, top + height],
    },
    spans: { head: width * 0.55, eyes: width * 0.5, body: width * 0.66, neck: width * 0.5 },
  }
}

/** Anchors of a thing, a building, a plant: top, middle, side, bottom. */
function thingView(picture, box) {
  const { tops, centre } = outline(picture)
  const { left, top, width, height } = box
  const x = Math.round(left + width / 2)
  const crown = lowestTop(tops, Math.round(x - width * 0.1), Math.round(x + width * 0.1))
  return {
    anchors: {
      head: [x, crown + height * 0.02],
      eyes: [x, top + height * 0.35],
      mouth: [left + width * 0.94, centre[1]],
      neck: [x, top + height * 0.5],
      body: centre,
      hand: [left + width * 0.94, top + height * 0.55],
      seat: [x, crown + height * 0.03],
      feet: [x, top + height],
    },
    spans: { head: width * 0.6, eyes: width * 0.6, body: width * 0.7, neck: width * 0.6 },
  }
}

/**
 * Anchors (box units, x right, y up) and fits (widths, box units) of a sprite.
 * `view`: 'side' | 'front' | 'thing'; `known`: marks and spans of a picture built from parts, which win;
 * `fixed`: corrections made by eye, which win over all.
 */
export function anchorsOf(sprite, view, known, fixed = {}) {
  const box = boxOf(sprite.picture, 128)
  const measured =
    view === 'side'
      ? sideView(sprite.picture, box, fixed.back ?? 0.42)
      : view === 'front'
        ? frontView(sprite.picture, box)
        : thingView(sprite.picture, box)
  const anchors = {}
  for (const [name, pixel] of Object.entries(measured.anchors)) {
    const mark = known.marks?.[name]
    anchors[name] = round(fixed[name] ?? (mark ? sprite.place(mark) : toBox(pixel)))
  }
  const fit = {}
  for (const [name, span] of Object.entries(measured.spans)) {
    const width = known.spans?.[name] === undefined ? span / 128 : sprite.scale(known.spans[name])
    fit[name] = Math.round((fixed.fit?.[name] ?? width) * 1000) / 1000
  }
  return { anchors, fit }
}

/** The point of a thing that goes into a hand or on a head: `how` is a place in its picture, as [across, down] shares. */
export function gripOf(sprite, how) {
  const { left, top, width, height } = boxOf(sprite.picture, 128)
  return round(toBox([left + how[0] * width, top + how[1] * height]))
}
