import { closeSoon, whoOpened } from './telegram.js'

/** The motion brush: up to six areas, each painted cell by cell, each with a path or pinned. */

const state = JSON.parse(document.getElementById('state').textContent)
const { texts } = state
const colours = ['#e5484d', '#3b82f6', '#22a06b', '#d97706', '#8b5cf6', '#0891b2']
/** Fewest points of a path that says something; the server takes 2 to 77. */
const pathPoints = 48
/** Seconds the preview plays, as the clip does. */
const previewSeconds = 5

const picture = document.getElementById('picture')
const board = document.getElementById('board')
const pen = board.getContext('2d')
const hint = document.getElementById('hint')
const go = document.getElementById('go')

const long = 48
const wide = state.width >= state.height
const columns = wide ? long : Math.max(8, Math.round((long * state.width) / state.height))
const rows = wide ? Math.max(8, Math.round((long * state.height) / state.width)) : long

const areas = colours.map(colour => ({ colour, cells: new Set(), path: [], pinned: false }))
let current = 0
let tool = 'paint'
let drawing = false
let playing

const used = area => area.cells.size > 0 && (area.pinned || area.path.length > 1)

function place(event) {
  const box = board.getBoundingClientRect()
  const clamp = value => Math.min(0.9999, Math.max(0, value))
  return { x: clamp((event.clientX - box.left) / box.width), y: clamp((event.clientY - box.top) / box.height) }
}

function dab({ x, y }, erase) {
  const area = areas[current]
  const radius = (Number(document.getElementById('size').value) - 0.5) / 2
  const [cx, cy] = [x * columns, y * rows]
  for (let row = Math.max(0, Math.floor(cy - radius)); row <= Math.min(rows - 1, Math.floor(cy + radius)); row += 1)
    for (
      let column = Math.max(0, Math.floor(cx - radius));
      column <= Math.min(columns - 1, Math.floor(cx + radius));
      column += 1
    ) {
      if (Math.hypot(column + 0.5 - cx, row + 0.5 - cy) > radius + 0.5) continue
      const cell = row * columns + column
      if (erase) for (const one of areas) one.cells.delete(cell)
      else {
        for (const one of areas) if (one !== area) one.cells.delete(cell)
        area.cells.add(cell)
      }
    }
}

/** As many points as the server takes, evenly spread over the line. */
function spread(points, count) {
  const lengths = points.slice(1).map((point, i) => Math.hypot(point.x - points[i].x, point.y - points[i].y))
  const whole = lengths.reduce((sum, length) => sum + length, 0)
  return Array.from({ length: count }, (_, n) => {
    let rest = (whole * n) / (count - 1)
    let leg = 0
    while (leg < lengths.length - 1 && rest > lengths[leg]) {
      rest -= lengths[leg]
      leg += 1
    }
    const part = lengths[leg] > 0 ? Math.min(1, rest / lengths[leg]) : 0
    const [from, to] = [points[leg], points[leg + 1]]
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
  })
}

function draw(shift = () => ({ x: 0, y: 0 })) {
  const { width, height } = board
  pen.clearRect(0, 0, width, height)
  for (const [i, area] of areas.entries()) {
    const by = shift(area)
    pen.globalAlpha = i === current ? 0.62 : 0.45
    pen.fillStyle = area.colour
    for (const cell of area.cells) {
      const [column, row] = [cell % columns, Math.floor(cell / columns)]
      pen.fillRect(
        (column / columns + by.x) * width,
        (row / rows + by.y) * height,
        width / columns + 0.7,
        height / rows + 0.7,
      )
    }
    pen.globalAlpha = 1
    if (area.pinned && area.cells.size > 0) mark(area, '📌')
    if (area.path.length > 1) line(area)
  }
}

function middle(area) {
  const all = [...area.cells]
  const xs = all.map(cell => (cell % columns) + 0.5)
  const ys = all.map(cell => Math.floor(cell / columns) + 0.5)
  return { x: (Math.min(...xs) + Math.max(...xs)) / 2 / columns, y: (Math.min(...ys) + Math.max(...ys)) / 2 / rows }
}

function mark(area, sign) {
  const { x, y } = middle(area)
  pen.font = `${Math.round(board.height / 16)}px system-ui`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(sign, x * board.width, y * board.height)
}

function line({ path, colour }) {
  const points = path.map(({ x, y }) => [x * board.width, y * board.height])
  const thick = Math.max(3, board.height / 140)
  for (const [style, width] of [
    ['#fff', thick * 2],
    [colour, thick],
  ]) {
    pen.strokeStyle = style
    pen.lineWidth = width
    pen.lineJoin = pen.lineCap = 'round'
    pen.beginPath()
    for (const [i, [x, y]] of points.entries()) i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)
    pen.stroke()
  }
  const [to, from] = [points.at(-1), points.at(-Math.min(points.length, 6))]
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0])
  pen.fillStyle = colour
  pen.beginPath()
  for (const turn of [0, 2.5, -2.5])
    pen.lineTo(to[0] + Math.cos(angle + turn) * thick * 4, to[1] + Math.sin(angle + turn) * thick * 4)
  pen.fill()
}

function say() {
  const area = areas[current]
  const key = area.cells.size === 0 ? 'hint-paint' : area.pinned || area.path.length > 1 ? 'hint-more' : 'hint-path'
  hint.textContent = texts[key]
  go.disabled = !areas.some(used)
  document.getElementById('pin').setAttribute('aria-pressed', String(area.pinned))
  for (const button of document.querySelectorAll('[data-tool]'))
    button.setAttribute('aria-pressed', String(button.dataset.tool === tool))
  for (const [i, button] of [...document.querySelectorAll('.area')].entries())
    button.setAttribute('aria-checked', String(i === current))
}

function refresh() {
  draw()
  say()
}

function stopPreview() {
  if (playing) cancelAnimationFrame(playing)
  playing = undefined
}

board.addEventListener('pointerdown', event => {
  stopPreview()
  board.setPointerCapture(event.pointerId)
  drawing = true
  const at = place(event)
  if (tool === 'path') {
    areas[current].path = [at]
    areas[current].pinned = false
  } else dab(at, tool === 'erase')
  refresh()
})
board.addEventListener('pointermove', event => {
  if (!drawing) return
  const at = place(event)
  if (tool === 'path') areas[current].path.push(at)
  else dab(at, tool === 'erase')
  draw()
})
const lift = () => {
  if (!drawing) return
  drawing = false
  refresh()
}
board.addEventListener('pointerup', lift)
board.addEventListener('pointercancel', lift)

for (const [i, { colour }] of areas.entries()) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'area'
  button.setAttribute('role', 'radio')
  button.setAttribute('aria-label', `${texts.area} ${i + 1}`)
  button.style.setProperty('--c', colour)
  button.textContent = String(i + 1)
  button.addEventListener('click', () => {
    current = i
    tool = areas[i].cells.size > 0 ? tool : 'paint'
    refresh()
  })
  document.getElementById('areas').append(button)
}
for (const button of document.querySelectorAll('[data-tool]'))
  button.addEventListener('click', () => {
    tool = button.dataset.tool
    say()
  })
document.getElementById('pin').addEventListener('click', () => {
  const area = areas[current]
  area.pinned = !area.pinned
  if (area.pinned) area.path = []
  refresh()
})
document.getElementById('clear').addEventListener('click', () => {
  stopPreview()
  Object.assign(areas[current], { cells: new Set(), path: [], pinned: false })
  refresh()
})
document.getElementById('preview').addEventListener('click', () => {
  stopPreview()
  const from = performance.now()
  const step = now => {
    const part = Math.min(1, (now - from) / 1000 / previewSeconds)
    draw(area => {
      if (area.path.length < 2 || area.cells.size === 0) return { x: 0, y: 0 }
      const points = spread(area.path, pathPoints)
      const at = points[Math.round(part * (pathPoints - 1))]
      return { x: at.x - points[0].x, y: at.y - points[0].y }
    })
    playing = part < 1 ? requestAnimationFrame(step) : undefined
    if (part >= 1) draw()
  }
  playing = requestAnimationFrame(step)
})

document.getElementById('send').addEventListener('submit', async event => {
  event.preventDefault()
  if (go.disabled) return
  go.disabled = true
  const strokes = areas.filter(used).map(({ cells, path, pinned }) => ({
    grid: { columns, rows },
    cells: [...cells].sort((a, b) => a - b),
    motion: pinned ? { pinned: true } : { path: spread(path, pathPoints) },
  }))
  try {
    const answer = await fetch(location.pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-threadreel': '1', ...whoOpened() },
      body: JSON.stringify({ strokes, words: document.getElementById('words').value.trim() }),
    })
    const said = await answer.json()
    hint.textContent = said.message ?? said.error?.message ?? texts.failed
    if (!answer.ok) go.disabled = false
    else closeSoon()
  } catch {
    hint.textContent = texts.failed
    go.disabled = false
  }
})

function resize() {
  const box = picture.getBoundingClientRect()
  const sharp = Math.min(2, devicePixelRatio || 1)
  board.width = Math.max(1, Math.round(box.width * sharp))
  board.height = Math.max(1, Math.round(box.height * sharp))
  draw()
}
if (picture.complete) resize()
picture.addEventListener('load', resize)
addEventListener('resize', resize)
say()
