// Bodies of ours for pictures that stop at the neck or at the waist, so that they can walk, sit and wear things.

/** The canvas of a puppet and where its head or bust is laid, pixels. */
export const puppet = { width: 320, height: 344, head: { width: 224, height: 212, centre: 160, bottom: 226 } }
export const bust = { width: 320, height: 320, picture: { height: 232, top: 8, cut: 200 } }

const mix = (a, b, t) => a.map((v, i) => Math.round(v + (b[i] - v) * t))
const css = (c) => `rgb(${c.join(',')})`
const white = [255, 255, 255]
const dusk = [30, 20, 60]
const skin = [255, 200, 61]

const gradients = (
  name,
  colour,
) => `<radialGradient id="${name}" cx=".38" cy=".22" r=".95"><stop offset="0" stop-color="${css(mix(colour, white, 0.28))}"/>
  <stop offset=".55" stop-color="${css(colour)}"/><stop offset="1" stop-color="${css(mix(colour, dusk, 0.4))}"/></radialGradient>
  <linearGradient id="${name}-limb" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${css(mix(colour, dusk, 0.16))}"/><stop offset="1" stop-color="${css(mix(colour, dusk, 0.34))}"/></linearGradient>`

/** Arms, trunk and legs of a puppet. `human`: shirt, trousers, shoes and bare hands; else one fur with a lighter belly. */
export function bodySvg(colour, human, options = {}) {
  const hand = options.hand ?? (human ? skin : mix(colour, white, 0.18))
  const trousers = human ? (options.trousers ?? [66, 74, 128]) : mix(colour, dusk, 0.08)
  const shoe = human ? (options.shoe ?? [58, 50, 84]) : mix(colour, white, 0.22)
  const belly = human ? '' : `<ellipse cx="158" cy="262" rx="42" ry="40" fill="url(#belly)"/>`
  const collar =
    human && !options.plain
      ? `<path d="M128 214 Q160 246 192 214 L184 206 Q160 226 136 206Z" fill="${css(mix(colour, white, 0.55))}"/><circle cx="160" cy="250" r="4.5" fill="${css(mix(colour, white, 0.6))}"/><circle cx="160" cy="272" r="4.5" fill="${css(mix(colour, white, 0.6))}"/>`
      : ''
  const skirt = options.skirt ? `<path d="M92 250 Q160 232 228 250 L246 306 Q160 326 74 306Z" fill="url(#top)"/>` : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${puppet.width} ${puppet.height}"><defs>${gradients('top', colour)}${gradients('leg', trousers)}
    <radialGradient id="belly" cx=".4" cy=".3" r=".8"><stop offset="0" stop-color="${css(mix(colour, white, 0.78))}"/><stop offset="1" stop-color="${css(mix(colour, white, 0.42))}"/></radialGradient></defs>
    <rect x="106" y="276" width="44" height="58" rx="20" fill="url(#leg-limb)"/><rect x="170" y="276" width="44" height="58" rx="20" fill="url(#leg-limb)"/>
    <ellipse cx="122" cy="328" rx="32" ry="15" fill="${css(shoe)}"/><ellipse cx="200" cy="328" rx="32" ry="15" fill="${css(shoe)}"/>
    <g transform="rotate(30 92 240)"><rect x="72" y="200" width="38" height="84" rx="19" fill="url(#top-limb)"/><circle cx="91" cy="282" r="19" fill="${css(hand)}"/></g>
    <g transform="rotate(-30 228 240)"><rect x="210" y="200" width="38" height="84" rx="19" fill="url(#top-limb)"/><circle cx="229" cy="282" r="19" fill="${css(hand)}"/></g>
    <path d="M86 236 Q86 178 160 178 Q234 178 234 236 Q240 304 160 304 Q80 304 86 236Z" fill="url(#top)"/>${belly}${collar}${skirt}</svg>`
}

/** Legs for a waist-up picture, under the cut. */
export function legsSvg(trousers, shoe = [45, 38, 60]) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${bust.width} ${bust.height}"><defs>${gradients('leg', trousers)}</defs>
    <path d="M97 196 H223 L218 300 H170 L161 246 L152 300 H102Z" fill="url(#leg-limb)"/>
    <ellipse cx="121" cy="304" rx="35" ry="15" fill="${css(shoe)}"/><ellipse cx="200" cy="304" rx="35" ry="15" fill="${css(shoe)}"/></svg>`
}

/** A bride stands in a gown. */
export const gownSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${bust.width} ${bust.height}"><defs>${gradients('gown', [240, 240, 250])}</defs>
  <path d="M112 190 H208 Q230 250 262 300 Q160 330 58 300 Q90 250 112 190Z" fill="url(#gown)"/></svg>`

/** What some of the people wear below the neck. */
export const outfits = {
  woman: { skirt: true, trousers: [250, 200, 110], shoe: [120, 50, 150] },
  girl: { skirt: true, trousers: [255, 205, 110], shoe: [200, 60, 110] },
  'old-woman': { skirt: true, trousers: [235, 190, 110], shoe: [110, 60, 70] },
  'mrs-claus': { skirt: true, shoe: [60, 40, 60] },
  'woman-blonde': { skirt: true, trousers: [250, 205, 120], shoe: [40, 110, 120] },
  'woman-red-hair': { trousers: [84, 92, 150] },
  boy: { trousers: [236, 160, 60], shoe: [200, 60, 60] },
  child: { trousers: [70, 120, 200] },
  baby: { plain: true, trousers: [120, 200, 250], shoe: [150, 215, 255] },
  'old-man': { trousers: [84, 84, 110] },
  man: { trousers: [60, 70, 130] },
  'santa-claus': { trousers: [215, 40, 60], shoe: [50, 40, 50], hand: [245, 245, 250] },
  robot: { plain: true, trousers: [120, 130, 165], shoe: [90, 96, 130], hand: [215, 222, 240] },
  alien: { plain: true, trousers: [60, 76, 108], hand: [120, 220, 110] },
  skeleton: { plain: true, hand: [235, 232, 245] },
  clown: { trousers: [255, 200, 60], shoe: [225, 50, 60], hand: [255, 255, 255] },
  goblin: { plain: true, trousers: [140, 20, 50], hand: [235, 60, 80] },
  ogre: { plain: true, hand: [120, 60, 140] },
  angel: { plain: true, trousers: [232, 238, 255], shoe: [255, 214, 110] },
  knight: { plain: true, trousers: [104, 114, 146], shoe: [84, 92, 122], hand: [150, 158, 184] },
  pirate: { trousers: [60, 50, 70], shoe: [40, 30, 40] },
  cowboy: { trousers: [60, 84, 140], shoe: [110, 64, 40] },
}
