// One command makes the art of the theatre: ../nouns.json and ../../../models/theatre/sprites/<noun>.webp.
//   npm ci && npm run build        (add names to rebuild only those pictures; nouns.json is always whole)
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { anchorsOf, gripOf } from './anchors.mjs'
import { isPuppet, pictureOf } from './compose.mjs'
import { groups, guises, upright } from './list.mjs'
import { boxOf, imageOf, seated, withoutHalo } from './pixels.mjs'
import { bipeds, gaitless, gaits, garments, groupSize, sizes, tagsOf } from './traits.mjs'

const here = new URL('.', import.meta.url)
const spriteFolder = new URL('../../../models/theatre/sprites/', here)
const only = new Set(process.argv.slice(2))
const { corrections, grips, fronts, sides } = JSON.parse(await readFile(new URL('corrections.json', here), 'utf8'))
const front = new Set(fronts),
  side = new Set(sides)

const living = new Set(['ground-small', 'ground-large', 'person', 'face'])

function viewOf(noun, group, puppet) {
  if (front.has(noun) || puppet) return 'front'
  if (side.has(noun) || ['ground-small', 'ground-large', 'fly', 'swim', 'road', 'air', 'water'].includes(group)) return 'side'
  return living.has(group) ? 'front' : 'thing'
}

function gaitOf(noun, group, puppet) {
  if (gaitless.has(noun)) return 'none'
  if (puppet || bipeds.has(noun)) return 'biped'
  return gaits[group]
}

async function describe(noun, group) {
  const { image, marks, spans } = await pictureOf(noun, group)
  const sprite = await seated(image)
  const puppet = isPuppet(noun)
  const view = viewOf(noun, group, puppet)
  const { anchors, fit } = anchorsOf(sprite, view, { marks, spans }, corrections[noun])
  const tags = tagsOf(noun, group)
  const entry = {
    id: noun,
    group,
    size: sizes[noun] ?? groupSize[group],
    w: Number(sprite.w.toFixed(3)),
    h: Number(sprite.h.toFixed(3)),
    gait: gaitOf(noun, group, puppet),
    puppet,
    faces: view === 'side',
    tags,
    anchors,
    fit,
  }
  if (upright[noun]) entry.upright = upright[noun]
  const garment = garments[noun]
  if (garment) {
    entry.wear = { at: garment[0], fit: garment[1] }
    entry.tags = [...tags, 'wear']
  }
  if (garment || tags.includes('hold')) entry.grip = gripOf(sprite, grips[noun] ?? [0.5, 0.5])
  return { entry, sprite }
}

async function save(name, { picture }) {
  const webp = await imageOf(withoutHalo(picture)).webp({ quality: 72, alphaQuality: 75, effort: 6 }).toBuffer()
  await writeFile(new URL(`${name}.webp`, spriteFolder), webp)
}

await mkdir(spriteFolder, { recursive: true })
const nouns = []
for (const [group, list] of Object.entries(groups)) {
  for (const noun of list) {
    const { entry, sprite } = await describe(noun, group)
    nouns.push(entry)
    const box = boxOf(sprite.picture, 12)
    if (box.width > 250 || box.height > 250) throw new Error(`${noun} leaves its margin`)
    if (!only.size || only.has(noun)) await save(noun, sprite)
  }
}
for (const guise of Object.keys(guises)) if (!only.size || only.has(guise)) await save(guise, await seated((await pictureOf(guise, 'ground-small')).image))
if (new Set(nouns.map((noun) => noun.id)).size !== nouns.length) throw new Error('a noun is listed twice')
const kept = new Set([...nouns.map(({ id }) => id), ...Object.keys(guises)].map((name) => `${name}.webp`))
for (const file of await readdir(spriteFolder)) if (!kept.has(file)) await rm(new URL(file, spriteFolder))
await writeFile(new URL('../nouns.json', here), `[\n${nouns.map((noun) => JSON.stringify(noun)).join(',\n')}\n]\n`)
console.log(`${nouns.length} nouns`)
