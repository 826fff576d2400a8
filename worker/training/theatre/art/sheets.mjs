// Contact sheets to look at: build/sheet-<n>.png with every sprite and its anchors, build/dressed.png with clothes and riders put on.
import { mkdir, readFile } from 'node:fs/promises'
import sharp from 'sharp'

const here = new URL('.', import.meta.url)
const spriteFile = (noun) => new URL(`../../../models/theatre/sprites/${noun}.webp`, here).pathname
const nouns = JSON.parse(await readFile(new URL('../nouns.json', here), 'utf8'))
const byId = new Map(nouns.map((noun) => [noun.id, noun]))
const colours = { head: 'red', eyes: 'black', mouth: 'magenta', neck: 'white', body: 'yellow', hand: 'blue', seat: 'lime', feet: 'orange' }
const background = { r: 150, g: 175, b: 165, alpha: 1 }

/** Lays sprites of `size` pixels on a grid; `layersOf` gives the pictures of one cell, in cell pixels. */
async function grid(cells, size, columns, file) {
  const layers = []
  for (const [index, cell] of cells.entries()) {
    const left = (index % columns) * size,
      top = Math.floor(index / columns) * size
    for (const layer of cell) layers.push({ ...layer, left: Math.round(left + (layer.left ?? 0)), top: Math.round(top + (layer.top ?? 0)) })
  }
  const image = sharp({ create: { width: columns * size, height: Math.ceil(cells.length / columns) * size, channels: 4, background } })
  await image
    .composite(layers)
    .png()
    .toFile(new URL(`build/${file}`, here).pathname)
}

const marks = (noun, size, label) => {
  const at = ([x, y]) => [((x + 1) / 2) * size, ((1 - y) / 2) * size]
  const dots = Object.entries(noun.anchors).map(([name, point]) => {
    const [x, y] = at(point)
    return `<circle cx="${x}" cy="${y}" r="3.4" fill="${colours[name]}" stroke="#333" stroke-width=".8"/>`
  })
  if (noun.grip) {
    const [x, y] = at(noun.grip)
    dots.push(`<path d="M${x - 5} ${y} h10 M${x} ${y - 5} v10" stroke="cyan" stroke-width="2.4"/>`)
  }
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${dots.join('')}<text x="3" y="${size - 2}" font-size="11" font-family="sans-serif">${label}</text></svg>`,
  )
}

const spriteAt = async (noun, size) => ({ input: await sharp(spriteFile(noun)).resize(size, size).png().toBuffer() })

/** A wearer with things on it: the same arithmetic as the stage's links (child.size / parent.size = fit / fit). */
async function dressed(wearer, things, size) {
  const parent = byId.get(wearer)
  const small = size * 0.7,
    left = (size - small) / 2,
    top = size * 0.28
  const layers = [{ ...(await spriteAt(wearer, Math.round(small))), left, top }]
  for (const [thing, how] of things) {
    const child = byId.get(thing)
    const anchor = parent.anchors[how === 'wear' ? child.wear.at : how]
    const scale = how === 'wear' ? parent.fit[child.wear.at] / child.wear.fit : child.size / parent.size
    const grip = how === 'seat' ? [0, -0.9] : child.grip
    const width = small * scale
    const x = left + ((anchor[0] + 1) / 2) * small - ((grip[0] + 1) / 2) * width,
      y = top + ((1 - anchor[1]) / 2) * small - ((1 - grip[1]) / 2) * width
    layers.push({ ...(await spriteAt(thing, Math.max(4, Math.round(width)))), left: x, top: y })
  }
  return layers
}

await mkdir(new URL('build/', here), { recursive: true })
const filter = process.argv.slice(2)
const shown = filter.length ? nouns.filter((noun) => filter.includes(noun.id) || filter.includes(noun.group)) : nouns
const perSheet = 96,
  size = 130
for (let sheet = 0; sheet * perSheet < shown.length; sheet++) {
  const cells = []
  for (const noun of shown.slice(sheet * perSheet, (sheet + 1) * perSheet))
    cells.push([await spriteAt(noun.id, size), { input: marks(noun, size, noun.id) }])
  await grid(cells, size, 12, `sheet-${sheet}.png`)
}
const looks = [
  [
    'penguin',
    [
      ['suit', 'wear'],
      ['briefcase', 'hand'],
    ],
  ],
  [
    'cat-upright',
    [
      ['armour', 'wear'],
      ['knight-helmet', 'wear'],
    ],
  ],
  [
    'dog-upright',
    [
      ['suit', 'wear'],
      ['handbag', 'hand'],
    ],
  ],
  [
    'man',
    [
      ['suit', 'wear'],
      ['top-hat', 'wear'],
      ['guitar', 'hand'],
    ],
  ],
  [
    'cat',
    [
      ['top-hat', 'wear'],
      ['scarf', 'wear'],
      ['rose', 'hand'],
    ],
  ],
  [
    'dog',
    [
      ['sunglasses', 'wear'],
      ['crown', 'wear'],
    ],
  ],
  [
    'panda',
    [
      ['sunglasses', 'wear'],
      ['kimono', 'wear'],
      ['umbrella', 'hand'],
    ],
  ],
  [
    'girl',
    [
      ['crown', 'wear'],
      ['balloon', 'hand'],
    ],
  ],
  [
    'robot',
    [
      ['headphone', 'wear'],
      ['sword', 'hand'],
    ],
  ],
  ['unicorn', [['cat-upright', 'seat']]],
  ['bicycle', [['boy', 'seat']]],
  ['motorcycle', [['dog', 'seat']]],
  [
    'elephant',
    [
      ['crown', 'wear'],
      ['monkey', 'seat'],
    ],
  ],
  [
    'police-officer',
    [
      ['sunglasses', 'wear'],
      ['doughnut', 'hand'],
    ],
  ],
  [
    'mecha',
    [
      ['shield', 'hand'],
      ['sunglasses', 'wear'],
    ],
  ],
  [
    'duck',
    [
      ['top-hat', 'wear'],
      ['glasses', 'wear'],
    ],
  ],
  ['turtle', [['rabbit', 'seat']]],
  [
    'lion',
    [
      ['graduation-cap', 'wear'],
      ['glasses', 'wear'],
      ['open-book', 'hand'],
    ],
  ],
  [
    'boy',
    [
      ['armour', 'wear'],
      ['knight-helmet', 'wear'],
      ['sword', 'hand'],
    ],
  ],
  [
    'fox',
    [
      ['wizard-hat', 'wear'],
      ['magic-wand', 'hand'],
    ],
  ],
  ['skateboard', [['frog', 'seat']]],
  ['cook', [['pizza', 'hand']]],
  ['dragon', [['knight', 'seat']]],
  [
    'rabbit-upright',
    [
      ['dress', 'wear'],
      ['moon-cake', 'hand'],
    ],
  ],
  ['astronaut', [['microphone', 'hand']]],
  ['horse', [['cowboy', 'seat']]],
  [
    'whale',
    [
      ['penguin', 'seat'],
      ['crown', 'wear'],
    ],
  ],
  [
    'old-man',
    [
      ['kimono', 'wear'],
      ['lantern', 'hand'],
    ],
  ],
]
await grid(await Promise.all(looks.map(([wearer, things]) => dressed(wearer, things, 220))), 220, 7, 'dressed.png')
