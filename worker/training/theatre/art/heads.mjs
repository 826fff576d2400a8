// Faces drawn for this project (MIT): of animals that Fluent Emoji shows from the side only, for their figures that stand upright.

const stops = (list) => list.map(([at, colour]) => `<stop offset="${at}" stop-color="${colour}"/>`).join('')
const soft = (id, list) => `<radialGradient id="${id}" cx=".4" cy=".25" r=".9">${stops(list)}</radialGradient>`
const face = (defs, body) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 236"><defs>${defs}</defs>${body}</svg>`

const eye = (x, y, iris) =>
  `<ellipse cx="${x}" cy="${y}" rx="13" ry="17" fill="${iris}"/><ellipse cx="${x}" cy="${y}" rx="6.5" ry="14" fill="#1c1530"/><circle cx="${x - 3}" cy="${y - 7}" r="3.4" fill="#fff"/>`
const bead = (x, y) =>
  `<ellipse cx="${x}" cy="${y}" rx="8" ry="15" fill="#2a1c2e"/><circle cx="${x - 2}" cy="${y - 7}" r="3" fill="#fff" opacity=".85"/>`
const smile = (x, y, colour) =>
  `<path d="M${x} ${y} q0 13 -15 13 M${x} ${y} q0 13 15 13" fill="none" stroke="${colour}" stroke-width="5" stroke-linecap="round"/>`
const spot = (x, y, r, turn = 0) =>
  `<g transform="translate(${x} ${y}) rotate(${turn})"><ellipse rx="${r}" ry="${r * 0.74}" fill="#8a4d2e"/><ellipse rx="${r * 0.45}" ry="${r * 0.32}" fill="#e39a3a"/></g>`

/** Noun of an upright figure -> its face. */
export const faces = {
  'black-cat-upright': face(
    soft('fur', [
      [0, '#7d68c4'],
      [0.55, '#574590'],
      [1, '#33265f'],
    ]) +
      soft('inner', [
        [0, '#c59ad8'],
        [1, '#8a62b4'],
      ]),
    `<path d="M34 112 L40 18 Q44 4 58 14 L112 56Z" fill="url(#fur)"/><path d="M222 112 L216 18 Q212 4 198 14 L144 56Z" fill="url(#fur)"/>
     <path d="M52 84 L55 36 L88 60Z" fill="url(#inner)"/><path d="M204 84 L201 36 L168 60Z" fill="url(#inner)"/>
     <path d="M30 120 Q30 46 128 46 Q226 46 226 120 Q228 228 128 228 Q28 228 30 120Z" fill="url(#fur)"/>
     ${eye(86, 130, '#ffd84a')}${eye(170, 130, '#ffd84a')}<path d="M116 164 h24 l-12 13z" fill="#ff8fb4"/>${smile(128, 177, '#251a48')}
     <path d="M14 150 L52 158 M12 178 L52 176 M242 150 L204 158 M244 178 L204 176" stroke="#b9a8ea" stroke-width="4.5" stroke-linecap="round"/>`,
  ),
  'leopard-upright': face(
    soft('fur', [
      [0, '#ffd478'],
      [0.6, '#fdb141'],
      [1, '#d97f23'],
    ]) +
      soft('muzzle', [
        [0, '#fffaf0'],
        [1, '#ffe0b4'],
      ]) +
      soft('inner', [
        [0, '#8a4d2e'],
        [1, '#5e3320'],
      ]),
    `<circle cx="54" cy="52" r="40" fill="url(#fur)"/><circle cx="202" cy="52" r="40" fill="url(#fur)"/>
     <circle cx="54" cy="54" r="22" fill="url(#inner)"/><circle cx="202" cy="54" r="22" fill="url(#inner)"/>
     <path d="M24 128 Q24 34 128 34 Q232 34 232 128 Q232 228 128 228 Q24 228 24 128Z" fill="url(#fur)"/>
     ${spot(128, 62, 15)}${spot(90, 76, 12, -30)}${spot(166, 76, 12, 30)}${spot(128, 96, 9)}${spot(52, 122, 12, 60)}${spot(204, 122, 12, -60)}${spot(50, 164, 10, 20)}${spot(206, 164, 10, -20)}${spot(66, 96, 8)}${spot(190, 96, 8)}
     <ellipse cx="128" cy="182" rx="58" ry="42" fill="url(#muzzle)"/>${bead(92, 134)}${bead(164, 134)}
     <path d="M108 152 h40 q2 14 -20 24 q-22 -10 -20 -24z" fill="#3a2230"/>${smile(128, 178, '#3a2230')}
     <circle cx="96" cy="188" r="3" fill="#a8754a"/><circle cx="104" cy="200" r="3" fill="#a8754a"/><circle cx="160" cy="188" r="3" fill="#a8754a"/><circle cx="152" cy="200" r="3" fill="#a8754a"/>`,
  ),
  'poodle-upright': face(
    soft('curl', [
      [0, '#fbf7ff'],
      [0.55, '#ded2ee'],
      [1, '#ab9cc4'],
    ]) +
      soft('fur', [
        [0, '#d2cbdc'],
        [0.6, '#aaa2b8'],
        [1, '#7c7490'],
      ]) +
      soft('tongue', [
        [0, '#ff8fb4'],
        [1, '#e8487c'],
      ]),
    `<path d="M52 132 Q52 64 128 64 Q204 64 204 132 Q204 228 128 228 Q52 228 52 132Z" fill="url(#fur)"/>
     <circle cx="40" cy="104" r="30" fill="url(#curl)"/><circle cx="30" cy="142" r="30" fill="url(#curl)"/><circle cx="42" cy="180" r="30" fill="url(#curl)"/>
     <circle cx="216" cy="104" r="30" fill="url(#curl)"/><circle cx="226" cy="142" r="30" fill="url(#curl)"/><circle cx="214" cy="180" r="30" fill="url(#curl)"/>
     <circle cx="84" cy="62" r="36" fill="url(#curl)"/><circle cx="172" cy="62" r="36" fill="url(#curl)"/><circle cx="128" cy="42" r="42" fill="url(#curl)"/><circle cx="128" cy="80" r="30" fill="url(#curl)"/>
     ${bead(98, 134)}${bead(158, 134)}<path d="M112 198 q16 10 32 0 v14 q0 16 -16 16 q-16 0 -16 -16z" fill="url(#tongue)"/>
     <ellipse cx="128" cy="184" rx="40" ry="26" fill="url(#curl)"/><path d="M110 164 h36 q2 14 -18 22 q-20 -8 -18 -22z" fill="#3a2f48"/>${smile(128, 186, '#3a2f48')}`,
  ),
}
