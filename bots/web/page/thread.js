import { announce, at, colour, h, initial, linked, state, text } from './dom.js'
import { dropMedia, showMedia } from './player.js'

/** The log: threads of messages, each drawn once and then only where it changed. */

/** id -> {message, element, parts} */
const shown = new Map()
/** root id -> {element, list} */
const threads = new Map()
const log = at('log')

/** What messages can do; set by app.js. */
export const actions = { reply: () => undefined, press: async () => undefined, retry: () => undefined }

export const messageOf = id => shown.get(id)?.message

/** The words a message goes back to: the nearest thing somebody said up the thread. */
export function wordsBehind(message) {
  for (let one = message; one; one = messageOf(one.answers)) if (one.by !== 'bot') return one.text
  return ''
}

const isMine = message => message.by === state.me?.member
const nameOf = message => (message.by === 'bot' ? text('bot') : message.name)

const clockTime = new Intl.DateTimeFormat(state.language, { hour: 'numeric', minute: '2-digit' })
const dayTime = new Intl.DateTimeFormat(state.language, { dateStyle: 'medium', timeStyle: 'short' })
const dayOnly = new Intl.DateTimeFormat(state.language, { month: 'short', day: 'numeric' })

function timeOf(moment) {
  const date = new Date(moment)
  const today = date.toDateString() === new Date().toDateString()
  return h(
    'time',
    { dateTime: date.toISOString(), title: dayTime.format(date) },
    today ? clockTime.format(date) : dayOnly.format(date),
  )
}

export function avatar(member, name) {
  if (member === 'bot') return h('img.avatar', { src: '/page/mark.svg', alt: '', width: 34, height: 34 })
  const face = h('span.avatar', { 'aria-hidden': 'true' }, initial(name))
  face.style.setProperty('--face', colour(member))
  return face
}

function threadOf(message) {
  const known = threads.get(message.root)
  if (known) return known
  const list = h('ol.answers', {})
  const element = h('li.thread', {}, list)
  element.dataset.at = String(messageOf(message.root)?.at ?? message.at)
  threads.set(message.root, { element, list })
  insertByTime(at('threads'), element)
  return { element, list }
}

/** Puts it behind the last one that is older; nearly always that is the end. */
function insertByTime(list, element) {
  let before = list.lastElementChild
  while (before && Number(before.dataset.at) > Number(element.dataset.at)) before = before.previousElementSibling
  if (before) before.after(element)
  else list.prepend(element)
}

function draw(message) {
  const parts = {
    head: h('header.who', {}),
    pictures: h('div.pictures', {}),
    words: h('div.words', {}),
    media: h('div.slot', {}),
    bar: h('div.progress', { role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' }, h('i')),
    row: h('div.row', {}),
  }
  const body = h('div.body', {}, parts.head, parts.pictures, parts.media, parts.words, parts.bar, parts.row)
  const element = h('li.msg', {}, avatar(message.by, message.name || '?'), body)
  element.id = `m-${message.id}`
  element.dataset.at = String(message.at)
  return { message: {}, element, parts }
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

/** Shows a message as it is now. */
export function put(message) {
  let entry = shown.get(message.id)
  const isNew = !entry
  if (!entry) {
    entry = draw(message)
    shown.set(message.id, entry)
  }
  const before = entry.message
  entry.message = message
  fill(entry, before, message)
  if (isNew) {
    const { list } = threadOf(message)
    insertByTime(list, entry.element)
    showEmpty()
  }
  return { isNew, before }
}

function fill({ element, parts }, before, message) {
  const bot = message.by === 'bot'
  element.className = ['msg', bot ? 'bot' : 'person', isMine(message) && 'mine', message.mood, message.talk && 'talk']
    .concat(message.id === message.root && 'root', message.pending && 'pending', message.media && 'clip')
    .filter(Boolean)
    .join(' ')
  if (isDifferent('at', 'name', 'quiet', 'pending', 'mood'))
    parts.head.replaceChildren(
      ...[
        h('b', {}, nameOf(message)),
        message.quiet && h('span.quiet', {}, text('only-you')),
        message.pending ? undefined : timeOf(message.at),
        message.pending || message.mood === 'working' ? undefined : replyLink(message),
      ].filter(Boolean),
    )
  if (isDifferent('pictures')) parts.pictures.replaceChildren(...message.pictures.map(one => picture(one, message)))
  if (isDifferent('text', 'media')) showWords(parts.words, message)
  if (
    message.media?.src.split('?')[0] !== before.media?.src.split('?')[0] ||
    (isDifferent('media') && !message.media)
  ) {
    dropMedia(parts.media.firstElementChild)
    const words = text('clip-of', { text: wordsBehind(message) })
    parts.media.replaceChildren(...(message.media ? [showMedia(message.media, words)] : []))
  }
  parts.bar.hidden = message.progress === undefined || message.mood !== 'working'
  if (!parts.bar.hidden) {
    const percent = Math.round(message.progress * 100)
    parts.bar.setAttribute('aria-valuenow', String(percent))
    parts.bar.setAttribute('aria-label', text('progress'))
    parts.bar.firstElementChild.style.setProperty('--done', `${percent}%`)
    parts.bar.classList.toggle('waiting', percent === 0)
  }
  if (isDifferent('buttons', 'pending', 'problem')) showRow(parts.row, message)

  function isDifferent(...fields) {
    return fields.some(field => !same(before[field], message[field]))
  }
}

/** The first line says it; what follows is an aside. */
function showWords(words, message) {
  if (message.by !== 'bot') return words.replaceChildren(...linked(message.text))
  const [first = '', ...rest] = message.text.split('\n')
  const long = rest.length > 3
  words.replaceChildren(h('p', {}, ...linked(long ? message.text : first)))
  if (!long) for (const line of rest) words.append(h('p.aside', {}, ...linked(line)))
}

function picture({ src, width, height }, message) {
  const image = h('img', { src, width, height, alt: text('picture-of', { name: nameOf(message) }), loading: 'lazy' })
  const link = h('a', { href: src, target: '_blank', rel: 'noopener' }, image)
  link.style.setProperty('--ratio', String(width / height))
  return link
}

const replyLink = message => h('button.link', { type: 'button', onclick: () => actions.reply(message) }, text('reply'))

function showRow(row, message) {
  const focused = row.contains(document.activeElement) ? document.activeElement.dataset.id : undefined
  const buttons = (message.buttons ?? []).map(button => {
    const verb = button.id.split(':')[0]
    if (button.url) return h('a.chip', { href: button.url, target: '_blank', rel: 'noopener noreferrer' }, button.label)
    const made = h(
      `button.chip.is-${verb}`,
      { type: 'button', onclick: () => pressed(made, message, button) },
      button.label,
    )
    made.dataset.id = button.id
    return made
  })
  if (message.problem)
    buttons.push(
      h('span.problem', {}, message.problem),
      h('button.chip', { type: 'button', onclick: () => actions.retry(message) }, text('retry')),
    )
  row.replaceChildren(...buttons)
  if (focused) row.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus()
}

async function pressed(button, message, { id }) {
  button.disabled = true
  try {
    await actions.press(message, id)
  } finally {
    setTimeout(() => {
      button.disabled = false
    }, 900)
  }
}

/** Takes a message away, and its thread with the last one. */
export function drop(id) {
  const entry = shown.get(id)
  if (!entry) return
  shown.delete(id)
  dropMedia(entry.parts.media.firstElementChild)
  entry.element.remove()
  const thread = threads.get(entry.message.root)
  if (thread && thread.list.childElementCount === 0) {
    thread.element.remove()
    threads.delete(entry.message.root)
  }
  showEmpty()
}

/** Shows exactly these messages. */
export function reset(messages) {
  const ids = new Set(messages.map(({ id }) => id))
  for (const [id, { message }] of [...shown]) if (!ids.has(id) && !message.pending) drop(id)
  for (const message of messages) put(message)
}

/** An empty room says what can be done in it. */
export function showEmpty() {
  at('empty').hidden = shown.size > 0
}

// --- where we are ----------------------------------------------------------------------------------------------------------

const nearEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 120
let atEnd = true
let lastTop = 0

// Only somebody who scrolls up leaves the end; what grows below does not take them away from it.
log.addEventListener('scroll', () => {
  const up = log.scrollTop < lastTop - 2
  lastTop = log.scrollTop
  if (nearEnd()) atEnd = true
  else if (up) atEnd = false
  if (atEnd) at('jump').hidden = true
})
new ResizeObserver(() => {
  if (atEnd) log.scrollTop = log.scrollHeight
}).observe(at('threads'))
new ResizeObserver(() => {
  if (atEnd) log.scrollTop = log.scrollHeight
}).observe(log)

export function toEnd() {
  atEnd = true
  log.scrollTop = log.scrollHeight
  at('jump').hidden = true
}

/** Somebody said something, or a clip is there: said aloud, and shown where it is if it is out of sight. */
export function noticed(message, { isNew, before }) {
  const finished = before.mood === 'working' && message.mood !== 'working'
  if (!isNew && !finished) return
  if (!isMine(message)) announce(`${nameOf(message)}: ${message.text}`)
  const place = shown.get(message.id).element.getBoundingClientRect()
  const edge = log.getBoundingClientRect()
  if (atEnd || (place.top < edge.bottom - 40 && place.bottom > edge.top)) return
  const jump = at('jump')
  jump.hidden = false
  jump.dataset.to = message.id
}

export function jumpTo(id) {
  const entry = shown.get(id)
  if (!entry) return toEnd()
  entry.element.scrollIntoView({ block: 'center', behavior: 'smooth' })
  at('jump').hidden = true
}
