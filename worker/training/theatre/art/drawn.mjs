// Pictures drawn for this project (MIT, like the rest of it): what Fluent Emoji lacks, in its manner (soft gradients, no outline).

const stops = (list) => list.map(([at, colour]) => `<stop offset="${at}" stop-color="${colour}"/>`).join('')
const linear = (id, list, [x1, y1, x2, y2] = [0, 0, 0, 1]) =>
  `<linearGradient id="${id}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${stops(list)}</linearGradient>`
const radial = (id, list, [cx, cy, r] = [0.38, 0.25, 0.9]) =>
  `<radialGradient id="${id}" cx="${cx}" cy="${cy}" r="${r}">${stops(list)}</radialGradient>`
const picture = (defs, body, box = '0 0 256 256') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}"><defs>${defs}</defs>${body}</svg>`

const steel = radial('steel', [
  [0, '#f4f7ff'],
  [0.45, '#b9c4de'],
  [1, '#6a7598'],
])
const steelDark = linear('dark', [
  [0, '#9aa6c6'],
  [1, '#565f82'],
])
const gold = linear('gold', [
  [0, '#ffe08a'],
  [1, '#d98f1f'],
])

const suit = picture(
  radial(
    'jacket',
    [
      [0, '#4b5a86'],
      [0.6, '#2c3760'],
      [1, '#171c3a'],
    ],
    [0.4, 0.25, 0.95],
  ) +
    linear(
      'tie',
      [
        [0, '#ff5a6e'],
        [1, '#c01838'],
      ],
      [0, 0, 1, 1],
    ) +
    linear('shirt', [
      [0, '#fff'],
      [1, '#dfe6f5'],
    ]),
  `<path d="M44 40 Q128 8 212 40 Q244 104 230 212 Q180 246 128 246 Q76 246 26 212 Q12 104 44 40Z" fill="url(#jacket)"/>
   <path d="M86 26 Q128 14 170 26 L133 166 L123 166Z" fill="url(#shirt)"/>
   <path d="M115 30 L141 30 L135 52 L147 136 L128 160 L109 136 L121 52Z" fill="url(#tie)"/>
   <path d="M88 24 L58 50 L80 76 L66 90 L126 182 L128 162Z" fill="#3f4d7c"/><path d="M168 24 L198 50 L176 76 L190 90 L130 182 L128 162Z" fill="#35416b"/>
   <path d="M128 178 L128 245" stroke="#141833" stroke-width="3"/><circle cx="128" cy="198" r="6" fill="#c9b26b"/><circle cx="128" cy="223" r="6" fill="#c9b26b"/>
   <path d="M174 112 l32 -8 l2 10 l-32 8z" fill="#f2f4fb"/>`,
)

const armour = picture(
  steel +
    steelDark +
    gold +
    radial('ruby', [
      [0, '#ff8a9c'],
      [1, '#b3122f'],
    ]),
  `<path d="M52 58 Q128 30 204 58 Q214 120 196 176 L196 214 Q128 250 60 214 L60 176 Q42 120 52 58Z" fill="url(#steel)"/>
   <path d="M128 40 L128 182" stroke="#8f9bbd" stroke-width="5"/>
   <path d="M60 96 Q96 132 126 112 L126 176 Q84 176 62 160Z" fill="#ffffff" opacity=".18"/>
   <path d="M84 44 Q128 84 172 44 L182 50 Q128 104 74 50Z" fill="url(#gold)"/>
   <path d="M56 176 Q128 206 200 176 L200 192 Q128 222 56 192Z" fill="url(#gold)"/>
   <path d="M60 194 Q128 222 196 194 L204 236 Q166 252 128 252 Q90 252 52 236Z" fill="url(#dark)"/>
   <path d="M96 206 L92 246 M128 212 L128 251 M160 206 L164 246" stroke="#474f70" stroke-width="4"/>
   <circle cx="128" cy="128" r="17" fill="url(#gold)"/><circle cx="128" cy="128" r="11" fill="url(#ruby)"/>
   <path d="M10 96 Q8 42 62 38 Q88 46 84 84 Q56 116 10 96Z" fill="url(#steel)"/><path d="M10 96 Q50 114 84 84 L84 94 Q54 124 12 106Z" fill="url(#gold)"/>
   <path d="M246 96 Q248 42 194 38 Q168 46 172 84 Q200 116 246 96Z" fill="url(#steel)"/><path d="M246 96 Q206 114 172 84 L172 94 Q202 124 244 106Z" fill="url(#gold)"/>`,
)

/** An open helmet: the face shows through the arch, so that the wearer keeps its eyes. */
const knightHelmet = picture(
  steel +
    steelDark +
    gold +
    radial('plume', [
      [0, '#ff7b7b'],
      [0.6, '#e0243f'],
      [1, '#9d1030'],
    ]),
  `<path d="M124 44 Q96 -2 40 20 Q6 44 14 92 Q34 66 60 66 Q94 62 124 70Z" fill="url(#plume)"/>
   <path d="M24 250 Q10 64 128 56 Q246 64 232 250 Q216 256 204 244 L198 150 Q188 128 128 128 Q68 128 58 150 L52 244 Q40 256 24 250Z" fill="url(#steel)"/>
   <path d="M50 150 Q60 116 128 114 Q196 116 206 150 L198 160 Q186 134 128 134 Q70 134 58 160Z" fill="url(#gold)"/>
   <path d="M116 48 Q128 40 140 48 L138 118 L118 118Z" fill="url(#gold)"/>
   <circle cx="42" cy="176" r="8" fill="url(#gold)"/><circle cx="214" cy="176" r="8" fill="url(#gold)"/>
   <path d="M44 128 Q56 84 100 74" stroke="#fff" stroke-width="7" stroke-linecap="round" opacity=".55" fill="none"/>`,
)

const wizardHat = picture(
  radial('felt', [
    [0, '#8f7bff'],
    [0.6, '#5a3fd6'],
    [1, '#32208c'],
  ]) + gold,
  `<path d="M54 206 Q96 120 112 40 Q132 -6 186 26 Q158 34 160 62 Q170 140 204 206Z" fill="url(#felt)"/>
   <ellipse cx="128" cy="212" rx="120" ry="34" fill="url(#felt)"/><path d="M52 196 Q128 232 206 196 L208 212 Q128 250 46 212Z" fill="url(#gold)"/>
   <path d="M132 96 l6 14 15 1 -12 10 4 15 -13 -8 -13 8 4 -15 -12 -10 15 -1Z M98 154 l4 9 10 1 -8 7 3 10 -9 -6 -9 6 3 -10 -8 -7 10 -1Z M164 146 l4 9 10 1 -8 7 3 10 -9 -6 -9 6 3 -10 -8 -7 10 -1Z" fill="#ffd95e"/>`,
)

const sword = picture(
  linear(
    'blade',
    [
      [0, '#f7faff'],
      [0.5, '#c9d3ea'],
      [0.5, '#9fabca'],
      [1, '#c3cde6'],
    ],
    [0, 0, 1, 0],
  ) +
    gold +
    linear('grip', [
      [0, '#8a4a3a'],
      [1, '#5a2a26'],
    ]),
  `<g transform="rotate(35 128 128)"><path d="M128 -14 L146 16 L146 166 L110 166 L110 16Z" fill="url(#blade)"/><rect x="76" y="162" width="104" height="20" rx="10" fill="url(#gold)"/>
   <rect x="116" y="180" width="24" height="62" rx="8" fill="url(#grip)"/><circle cx="128" cy="250" r="17" fill="url(#gold)"/></g>`,
  '-20 -20 296 300',
)

const table = picture(
  linear('top', [
    [0, '#e3a468'],
    [1, '#b9713c'],
  ]) +
    linear('leg', [
      [0, '#a8622f'],
      [1, '#7b4321'],
    ]) +
    linear('apron', [
      [0, '#b06a36'],
      [1, '#8d5029'],
    ]),
  `<rect x="30" y="104" width="24" height="128" rx="8" fill="url(#leg)"/><rect x="202" y="104" width="24" height="128" rx="8" fill="url(#leg)"/>
   <rect x="24" y="100" width="208" height="34" rx="6" fill="url(#apron)"/><path d="M22 76 H234 Q250 78 252 106 Q252 112 244 112 H12 Q4 112 4 106 Q6 78 22 76Z" fill="url(#top)"/>
   <path d="M26 84 H230" stroke="#f6c795" stroke-width="6" stroke-linecap="round" opacity=".7"/>`,
)

const podium = picture(
  linear('wood', [
    [0, '#c98450'],
    [1, '#8a4f2a'],
  ]) +
    linear('top', [
      [0, '#e9b27c'],
      [1, '#bf7a45'],
    ]) +
    gold,
  `<path d="M58 84 H198 L184 240 H72Z" fill="url(#wood)"/><path d="M52 236 H204 Q210 236 210 250 H46 Q46 236 52 236Z" fill="#6e3c20"/>
   <path d="M44 58 H212 L204 92 H52Z" fill="url(#top)"/><circle cx="128" cy="158" r="27" fill="url(#gold)"/>
   <path d="M128 138 l6 14 15 1 -12 10 4 15 -13 -8 -13 8 4 -15 -12 -10 15 -1Z" fill="#fff4cf"/>
   <path d="M150 60 Q150 26 122 18" stroke="#3b3b52" stroke-width="7" fill="none" stroke-linecap="round"/><ellipse cx="117" cy="16" rx="15" ry="11" fill="#2b2b40"/>`,
)

const streetLamp = picture(
  linear(
    'pole',
    [
      [0, '#5a6080'],
      [0.5, '#8a91b3'],
      [1, '#474c69'],
    ],
    [0, 0, 1, 0],
  ) +
    radial(
      'glow',
      [
        [0, '#fffbe0'],
        [1, '#ffc94d'],
      ],
      [0.5, 0.4, 0.7],
    ),
  `<rect x="118" y="88" width="20" height="156" fill="url(#pole)"/><path d="M96 250 Q98 226 128 224 Q158 226 160 250Z" fill="#474c69"/>
   <path d="M94 34 H162 L150 92 H106Z" fill="url(#glow)"/><path d="M84 34 Q128 -8 172 34Z" fill="#474c69"/><rect x="100" y="88" width="56" height="12" rx="6" fill="#474c69"/><circle cx="128" cy="8" r="8" fill="#5a6080"/>`,
)

function fireworksPicture() {
  const colours = ['#ffd54a', '#ff5d73', '#5ad1ff', '#9dff7a', '#ff9df0']
  let body = '<circle cx="128" cy="128" r="15" fill="url(#core)"/>'
  for (let ring = 0; ring < 3; ring++) {
    const count = [8, 12, 16][ring],
      reach = [52, 84, 116][ring],
      from = [24, 52, 88][ring]
    for (let i = 0; i < count; i++) {
      const angle = ((i + ring * 0.5) / count) * 2 * Math.PI,
        colour = colours[(i + ring * 2) % colours.length]
      const at = (r) => `${(128 + r * Math.cos(angle)).toFixed(1)} ${(128 + r * Math.sin(angle)).toFixed(1)}`
      const [x, y] = at(reach).split(' ')
      body += `<path d="M${at(from)} L${at(reach - 8)}" stroke="${colour}" stroke-width="${6 - ring}" stroke-linecap="round" opacity="${0.95 - ring * 0.12}"/><circle cx="${x}" cy="${y}" r="${6.5 - ring * 0.8}" fill="${colour}"/>`
    }
  }
  return picture(
    radial(
      'core',
      [
        [0, '#fff'],
        [0.5, '#fff2b0'],
        [1, '#ffc44a'],
      ],
      [0.5, 0.5, 0.5],
    ),
    body,
  )
}

const shootingStar = picture(
  linear(
    'tail',
    [
      [0, '#ffe27a'],
      [1, '#ffe27a00'],
    ],
    [1, 1, 0, 0],
  ) +
    radial('star', [
      [0, '#fff6b8'],
      [0.6, '#ffd23f'],
      [1, '#f0a020'],
    ]),
  `<path d="M8 6 L214 150 L166 214Z" fill="url(#tail)" opacity=".85"/><path d="M44 96 L172 196 L150 222Z" fill="url(#tail)" opacity=".5"/>
   <path d="M186 118 l20 38 43 6 -31 30 8 43 -40 -20 -39 20 8 -43 -31 -30 43 -6Z" fill="url(#star)" stroke="url(#star)" stroke-width="10" stroke-linejoin="round"/>`,
)

const mecha = picture(
  radial('white', [
    [0, '#ffffff'],
    [0.55, '#d9e0f2'],
    [1, '#96a1c4'],
  ]) +
    radial('blue', [
      [0, '#6fa0ff'],
      [0.6, '#2d5fe0'],
      [1, '#173a9c'],
    ]) +
    radial('red', [
      [0, '#ff8272'],
      [0.6, '#e2333f'],
      [1, '#96142e'],
    ]) +
    linear('joint', [
      [0, '#6b7290'],
      [1, '#3a3f58'],
    ]) +
    gold +
    linear('eye', [
      [0, '#d6ffff'],
      [1, '#35e0ff'],
    ]),
  `<path d="M150 70 L226 18 L214 62 L166 92Z" fill="url(#blue)" transform="matrix(-1 0 0 1 256 0)"/>
   <path d="M150 70 L226 18 L214 62 L166 92Z" fill="url(#blue)"/>
   <rect x="84" y="158" width="30" height="40" rx="8" fill="url(#joint)"/><rect x="142" y="158" width="30" height="40" rx="8" fill="url(#joint)"/>
   <path d="M78 180 H118 L122 236 H70Z" fill="url(#white)"/><path d="M138 180 H178 L186 236 H134Z" fill="url(#white)"/>
   <path d="M62 232 H122 Q128 250 122 252 H60 Q54 244 62 232Z" fill="url(#red)"/><path d="M134 232 H194 Q202 244 196 252 H134 Q128 246 134 232Z" fill="url(#red)"/>
   <rect x="82" y="186" width="34" height="12" rx="5" fill="url(#blue)"/><rect x="140" y="186" width="34" height="12" rx="5" fill="url(#blue)"/>
   <rect x="34" y="104" width="26" height="50" rx="10" fill="url(#joint)"/><rect x="196" y="104" width="26" height="50" rx="10" fill="url(#joint)"/>
   <path d="M24 138 H66 L70 182 Q46 196 22 182Z" fill="url(#white)"/><path d="M190 138 H232 L234 182 Q210 196 186 182Z" fill="url(#white)"/>
   <circle cx="46" cy="192" r="15" fill="url(#joint)"/><circle cx="210" cy="192" r="15" fill="url(#joint)"/>
   <path d="M74 150 H182 L172 174 Q128 186 84 174Z" fill="url(#red)"/><path d="M68 84 H188 L184 154 Q128 170 72 154Z" fill="url(#blue)"/>
   <path d="M108 88 H148 L142 142 L128 152 L114 142Z" fill="url(#white)"/><path d="M112 100 H144 L128 132Z" fill="url(#gold)"/>
   <path d="M20 88 Q24 62 70 70 L76 112 Q44 124 18 112Z" fill="url(#red)"/><path d="M236 88 Q232 62 186 70 L180 112 Q212 124 238 112Z" fill="url(#red)"/>
   <path d="M92 34 Q94 8 128 6 Q162 8 164 34 L160 76 Q128 92 96 76Z" fill="url(#white)"/><path d="M98 38 H158 L154 54 Q128 62 102 54Z" fill="#22283f"/>
   <path d="M104 42 L124 46 L122 52 Q112 54 106 50Z" fill="url(#eye)"/><path d="M152 42 L132 46 L134 52 Q144 54 150 50Z" fill="url(#eye)"/>
   <path d="M128 30 L74 -6 L118 18Z" fill="url(#gold)"/><path d="M128 30 L182 -6 L138 18Z" fill="url(#gold)"/><path d="M118 18 H138 L134 34 H122Z" fill="url(#red)"/>
   <path d="M110 66 H146 L138 80 H118Z" fill="url(#joint)"/>`,
  '0 -10 256 266',
)

/** Whole pictures: noun -> SVG. */
export const drawn = {
  suit,
  armour,
  'knight-helmet': knightHelmet,
  'wizard-hat': wizardHat,
  sword,
  table,
  podium,
  'street-lamp': streetLamp,
  'shooting-star': shootingStar,
  fireworks: fireworksPicture(),
  mecha,
}

/** Laid over the head of a puppet, drawn on the head's own 224 x 212 box. */
export const headwear = {
  pirate: picture(
    radial('cloth', [
      [0, '#ff7070'],
      [0.6, '#d5203c'],
      [1, '#8f1030'],
    ]),
    `<path d="M14 84 Q20 0 114 0 Q208 0 212 84 Q112 40 14 84Z" fill="url(#cloth)"/><path d="M8 82 Q112 34 218 82 L216 98 Q112 52 10 98Z" fill="#a5142f"/>
     <path d="M206 78 L248 70 L240 104Z" fill="url(#cloth)"/><path d="M206 88 L240 124 L216 128Z" fill="#a5142f"/>
     <circle cx="66" cy="34" r="8" fill="#fff" opacity=".8"/><circle cx="112" cy="22" r="8" fill="#fff" opacity=".8"/><circle cx="160" cy="36" r="8" fill="#fff" opacity=".8"/>
     <path d="M20 92 L96 112" stroke="#1d1a2b" stroke-width="7"/><path d="M52 96 Q84 84 102 108 Q102 140 76 142 Q50 138 52 96Z" fill="#26213a"/>`,
    '0 0 256 212',
  ),
}
