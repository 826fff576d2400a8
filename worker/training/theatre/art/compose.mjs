// One noun -> its picture, facing right, before it is laid on the sprite's canvas.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import sharp from 'sharp'
import { bodySvg, bust, gownSvg, legsSvg, outfits, puppet } from './bodies.mjs'
import { drawn, headwear } from './drawn.mjs'
import { faces } from './heads.mjs'
import { busts, heads, humans, sources } from './list.mjs'
import { boxOf, imageOf, medianColour, pixelsOf, rasterise, trimmed } from './pixels.mjs'

const require = createRequire(import.meta.url)
const emoji = JSON.parse(await readFile(require.resolve('@iconify-json/fluent-emoji/icons.json'), 'utf8'))
const words = (text) => new Set(text.trim().split(/\s+/))

/** Pictures that face right as they come, or that have a front and no side. All others of the moving groups are mirrored. */
const asDrawn = words(`mecha surfer male-dancer female-dancer parachute kite balloon satellite`)
const turned = { airplane: -45, 'small-airplane': -45, rocket: 45, skateboard: -45 }
/** Things that have a front and come facing left. */
const alsoMirrored = words('carousel-horse pinata billed-cap water-pistol')
const moving = words('ground-small ground-large fly swim road water person air')

/** Boats come with a strip of water: cut at this share of the picture's height. */
const waterline = {
  sailboat: 0.84,
  speedboat: 0.8,
  ship: 0.86,
  ferry: 0.84,
  'motor-boat': 0.84,
  'passenger-ship': 0.84,
  canoe: 0.72,
  rower: 0.76,
}

/** What stands behind some people is not part of them: the picture begins at the path with these first numbers. */
const beginsAt = { 'man-teacher': 'M16.024 15.39' }

const svgOf = (name) => {
  const known = emoji.icons[name]
  if (!known) throw new Error(`no such emoji: ${name}`)
  const icon = { ...known }
  if (beginsAt[name]) icon.body = `<g fill="none">${icon.body.slice(icon.body.lastIndexOf('<path', icon.body.indexOf(beginsAt[name])))}`
  const width = icon.width ?? emoji.width,
    height = icon.height ?? emoji.height
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${icon.left ?? 0} ${icon.top ?? 0} ${width} ${height}" width="${width}" height="${height}">${icon.body}</svg>`
}

/** True when the noun's head sits on a body of ours. */
export const isPuppet = (noun) => noun in heads || busts.includes(noun)

async function headed(noun) {
  const { width, head } = puppet
  const cropped = await pixelsOf(await trimmed(rasterise(faces[noun] ?? svgOf(sources[noun] ?? noun), 384)))
  const scale = Math.min(head.width / cropped.width, head.height / cropped.height)
  const w = Math.round(cropped.width * scale),
    h = Math.round(cropped.height * scale)
  const layers = [
    {
      input: await imageOf(cropped).resize(w, h, { fit: 'fill' }).png().toBuffer(),
      left: Math.round(head.centre - w / 2),
      top: head.bottom - h,
    },
  ]
  if (noun === 'knight') {
    const plate = await rasterise(drawn.armour, 176).png().toBuffer()
    layers.unshift({ input: plate, left: 72, top: 166 })
    const size = 244
    layers.push({
      input: await rasterise(drawn['knight-helmet'], size).flop().png().toBuffer(),
      left: head.centre - size / 2,
      top: Math.max(-24, Math.round(head.bottom - h * 0.9 - size * 0.3)),
    })
  }
  if (headwear[noun])
    layers.push({
      input: await rasterise(headwear[noun], Math.round((w * 256) / 224))
        .png()
        .toBuffer(),
      left: Math.round(head.centre - w / 2),
      top: head.bottom - h - 4,
    })
  const base = rasterise(bodySvg(heads[noun], humans.has(noun), outfits[noun]), width)
  const air = 24
  const image = sharp(await base.extend({ top: air, bottom: 0, background: '#0000' }).png().toBuffer()).composite(
    layers.map((layer) => ({ ...layer, top: layer.top + air })),
  )
  const at = (x, y) => [x, y + air]
  const crown = head.bottom - h,
    x = head.centre
  return {
    image,
    marks: {
      head: at(x, crown + h * 0.1),
      eyes: at(x, crown + h * 0.5),
      mouth: at(x, crown + h * 0.78),
      neck: at(x, head.bottom - 4),
      body: at(x, 258),
      hand: at(250, 276),
      seat: at(x, crown + h * 0.06),
      feet: at(x, 340),
    },
    spans: { head: Math.min(w, h) * 0.9, eyes: w * 0.78, body: 156, neck: 130 },
  }
}

const trouserColours = [
  [62, 70, 124],
  [70, 66, 92],
  [50, 84, 140],
  [104, 78, 70],
]

async function waisted(noun) {
  const { width, picture } = bust
  const cropped = await pixelsOf(await trimmed(rasterise(svgOf(sources[noun] ?? noun), 384)))
  const w = Math.round((cropped.width * picture.height) / cropped.height)
  const image = await pixelsOf(imageOf(cropped).resize(w, picture.height, { fit: 'fill' }))
  // a rounded hem instead of the straight lower edge of the emoji
  const hem = picture.height - picture.cut
  for (let y = picture.cut; y < image.height; y++)
    for (let x = 0; x < w; x++) {
      const u = (x - w / 2) / (w / 2 + 8),
        v = (y - picture.cut) / hem
      if (u * u + v * v > 1) image.data[(y * w + x) * 4 + 3] = 0
    }
  const low = medianColour(image, { left: 0.25, right: 0.75, top: 0.8, bottom: 0.9 })
  const trousers = noun === 'astronaut' || noun === 'bride' ? low : trouserColours[busts.indexOf(noun) % trouserColours.length]
  const layer = { input: await imageOf(image).png().toBuffer(), left: Math.round((width - w) / 2), top: picture.top }
  const legs = noun === 'bride' ? gownSvg : legsSvg(trousers)
  const y = (share) => picture.top + picture.height * share
  return {
    image: sharp(await rasterise(legs, width).png().toBuffer()).composite([layer]),
    marks: {
      head: [160, y(0.06)],
      eyes: [160, y(0.3)],
      mouth: [160, y(0.42)],
      neck: [160, y(0.55)],
      body: [160, y(0.74)],
      hand: [160 + w * 0.36, y(0.8)],
      seat: [160, y(0.04)],
      feet: [160, 312],
    },
    spans: { head: 104, eyes: 92, body: w * 0.72, neck: 84 },
  }
}

/** The unicorn of Fluent Emoji is a bust: the horse, in moonlight, with a rainbow mane and a horn. */
async function unicorn() {
  const horse = await pixelsOf(rasterise(svgOf('horse'), 640))
  for (let y = 0; y < horse.height; y++) {
    const mane = [200 + 55 * Math.sin(y / 27), 150 + 60 * Math.sin(y / 27 + 2), 230 + 25 * Math.sin(y / 27 + 4)]
    for (let x = 0; x < horse.width; x++) {
      const at = (y * horse.width + x) * 4
      const light = Math.min(1, Math.max(0, ((horse.data[at] + horse.data[at + 1] + horse.data[at + 2]) / 3 - 45) / 75))
      for (let c = 0; c < 3; c++) {
        const ramp =
          light < 0.5
            ? [190, 110, 230][c] + ([225, 215, 250][c] - [190, 110, 230][c]) * light * 2
            : [225, 215, 250][c] + ([255, 252, 255][c] - [225, 215, 250][c]) * (light * 2 - 1)
        horse.data[at + c] = Math.max(0, Math.min(255, light < 0.35 ? mane[c] * (1 - light) + ramp * light : ramp))
      }
    }
  }
  const horn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 640"><path d="M142 108 L176 86 L96 -2Z" fill="#ffcd50"/><path d="M162 96 L176 86 L96 -2Z" fill="#f0a528"/>
    <path d="M128 76 L140 68 M117 58 L127 51" stroke="#fff1c0" stroke-width="5"/></svg>`
  return sharp(await imageOf(horse).png().toBuffer()).composite([{ input: await rasterise(horn, 640).png().toBuffer() }])
}

/**
 * The picture of a noun, in any size, transparent where it is not; `marks` (points) and `spans` (widths), in its pixels,
 * where the picture is built from known parts. People have a front: their marks stay where they are when it is mirrored.
 */
export async function pictureOf(noun, group) {
  let image, marks, spans
  if (drawn[noun]) image = rasterise(drawn[noun], 512)
  else if (noun === 'unicorn') image = await unicorn()
  else if (noun in heads) ({ image, marks, spans } = await headed(noun))
  else if (busts.includes(noun)) ({ image, marks, spans } = await waisted(noun))
  else image = rasterise(svgOf(sources[noun] ?? noun), 512)
  image = sharp(await image.png().toBuffer())
  if (waterline[noun]) {
    const picture = await pixelsOf(image)
    const box = boxOf(picture)
    image = imageOf(picture).extract({ ...box, height: Math.round(box.height * waterline[noun]) })
  }
  if (turned[noun]) image = sharp(await image.rotate(-turned[noun], { background: '#0000' }).png().toBuffer())
  else if (alsoMirrored.has(noun) || (moving.has(group) && !asDrawn.has(noun))) image = sharp(await image.flop().png().toBuffer())
  return { image, marks, spans }
}
