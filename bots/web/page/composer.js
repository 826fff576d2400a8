import { at, h, icon, kept, newId, state, text, toast } from './dom.js'
import { askName } from './menus.js'
import { Refused, sendMessage } from './net.js'
import { drop, put, toEnd, wordsBehind } from './thread.js'

/** Where people write: words, pictures, whom it is for, what it answers. */

const words = at('words')
const draftKey = `draft:${state.room}`
const most = 20
let pictures = []
let replyTo
/** Words that stood there without being typed. */
let offered
/** Pictures of what was sent, until it has arrived. */
const underWay = new Map()

const toBot = () => at('composer').elements.to.value === 'bot'

function aim(who) {
  at('composer').elements.to.value = who
  hint()
}

function hint() {
  const what = replyTo?.media && toBot() ? 'change-say' : toBot() ? 'say' : 'talk-say'
  words.placeholder = text(what)
  at('send').disabled = words.value.trim() === '' && pictures.length === 0
}

function grow() {
  words.style.height = 'auto'
  words.style.height = `${Math.min(words.scrollHeight, 180)}px`
}

function typed() {
  kept.set(draftKey, words.value || undefined)
  grow()
  hint()
}

/** Answers a message; of a clip, new words make it anew. */
export function reply(message, { change = false } = {}) {
  replyTo = message
  const name = message.by === 'bot' ? text('bot') : message.name
  const strip = at('replying')
  const close = h('button.icon', { type: 'button', 'aria-label': text('close'), onclick: () => cancelReply() })
  close.append(icon('m6 6 8 8m0-8-8 8'))
  const excerpt = message.text.split('\n')[0]
  strip.replaceChildren(h('span', {}, h('b', {}, text('reply-to', { name })), ` ${excerpt}`), close)
  strip.hidden = false
  aim(message.by === 'bot' ? 'bot' : 'people')
  if (change && words.value === '') {
    offered = wordsBehind(message)
    words.value = offered
    typed()
    words.select()
  }
  words.focus()
}

export function cancelReply() {
  if (words.value === offered) words.value = ''
  offered = undefined
  replyTo = undefined
  at('replying').hidden = true
  typed()
  aim('bot')
}

/** Adds pictures and sounds from a file dialog, a drop or the clipboard. */
export function addPictures(files) {
  const fit = [...files].filter(file => isPicture(file) || file.type.startsWith('audio/'))
  pictures = [...pictures, ...fit].slice(0, most)
  if (fit.length > 0) aim('bot')
  showThumbs()
  words.focus()
}

const isPicture = file => file.type.startsWith('image/')

function showThumbs() {
  const list = at('thumbs')
  for (const old of list.querySelectorAll('img')) URL.revokeObjectURL(old.src)
  list.hidden = pictures.length === 0
  list.replaceChildren(
    ...pictures.map((file, n) => {
      const remove = h('button', { type: 'button', 'aria-label': text('remove-picture'), onclick: () => take(n) })
      remove.append(icon('m6 6 8 8m0-8-8 8'))
      const shown = isPicture(file)
        ? h('img', { src: URL.createObjectURL(file), alt: file.name })
        : h('span.sound', { title: file.name }, `♪ ${file.name}`)
      return h('li', {}, shown, remove)
    }),
    ...(pictures.filter(isPicture).length === 2 ? [h('li.hint', {}, text('first-last'))] : []),
  )
  hint()
}

function take(n) {
  pictures = pictures.filter((_, other) => other !== n)
  showThumbs()
  words.focus()
}

/** Sends what stands there; asks for a name first if there is none. */
export async function send(said = words.value) {
  const what = said.trim()
  if (what === '' && pictures.length === 0) return
  if (!state.me && !(await askName())) return
  const message = { id: newId(), text: what, replyTo: replyTo?.id, toBot: toBot(), pictures }
  if (said === words.value) {
    words.value = ''
    kept.set(draftKey, undefined)
    grow()
  }
  pictures = []
  showThumbs()
  if (replyTo) cancelReply()
  hint()
  await deliver(message)
}

async function deliver(message) {
  underWay.set(message.id, message)
  showPending(message)
  toEnd()
  try {
    arrived((await sendMessage(message)).message)
  } catch (error) {
    showPending(message, error instanceof Refused ? error.message : text('not-sent'))
  }
}

function showPending(message, problem) {
  const id = `p-${message.id}`
  const answered = message.replyTo && document.getElementById(`m-${message.replyTo}`) ? message.replyTo : undefined
  put({
    id,
    root: answered ? rootOf(answered) : id,
    answers: answered,
    at: Date.now() + 1e7,
    by: state.me.member,
    name: state.me.name,
    text: message.text,
    talk: !message.toBot,
    pictures: [],
    pending: true,
    problem,
    client: message.id,
  })
}

let rootOf = id => id
export const setRoots = find => {
  rootOf = find
}

/** The server has it: what was shown in its place goes. */
export function arrived(message) {
  if (!message.client || !underWay.has(message.client)) return message
  underWay.delete(message.client)
  drop(`p-${message.client}`)
  return message
}

export function retry(shown) {
  const message = underWay.get(shown.client)
  if (!message) return
  drop(shown.id)
  return deliver(message)
}

// --- events ------------------------------------------------------------------------------------------------------------------

at('composer').addEventListener('submit', event => {
  event.preventDefault()
  void send()
})
at('composer').addEventListener('change', hint)
words.addEventListener('input', typed)
words.addEventListener('keydown', event => {
  // While a Chinese or Japanese word is being composed, Enter belongs to the input method.
  if (event.isComposing || event.keyCode === 229) return
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault()
    void send()
  } else if (event.key === 'Escape' && replyTo) cancelReply()
})
words.addEventListener('paste', event => {
  if (event.clipboardData.files.length === 0) return
  event.preventDefault()
  addPictures(event.clipboardData.files)
})
at('attach').addEventListener('click', () => at('files').click())
at('files').addEventListener('change', () => {
  addPictures(at('files').files)
  at('files').value = ''
})

let depth = 0
const carriesFiles = event => event.dataTransfer?.types.includes('Files')
addEventListener('dragenter', event => {
  if (!carriesFiles(event)) return
  depth += 1
  at('drop').hidden = false
})
addEventListener('dragleave', event => {
  if (!carriesFiles(event)) return
  depth -= 1
  if (depth <= 0) at('drop').hidden = true
})
addEventListener('dragover', event => carriesFiles(event) && event.preventDefault())
addEventListener('drop', event => {
  if (!carriesFiles(event)) return
  event.preventDefault()
  depth = 0
  at('drop').hidden = true
  if (event.dataTransfer.files.length === 0) return
  addPictures(event.dataTransfer.files)
  if (pictures.length === 0) toast(text('bad-picture'))
})

words.value = kept.get(draftKey) ?? ''
grow()
hint()
