import { arrived, reply, retry, send, setRoots } from './composer.js'
import { at, h, newId, state, text, toast } from './dom.js'
import { askName, onMe, rememberRoom, setMe, showCredits } from './menus.js'
import { follow, pressButton } from './net.js'
import { actions, avatar, drop, jumpTo, messageOf, noticed, put, reset, showEmpty, toEnd } from './thread.js'

/** Puts the page together: what the server drew, then what happens. */

function showHere(people) {
  const faces = people.slice(0, 5).map(({ member, name }) => {
    const face = avatar(member, name)
    face.title = name
    face.removeAttribute('aria-hidden')
    face.setAttribute('role', 'img')
    face.setAttribute('aria-label', name)
    return face
  })
  const more = people.length > 5 ? [h('span.more', {}, `+${people.length - 5}`)] : []
  at('here').replaceChildren(...faces, ...more)
}

actions.reply = message => reply(message)
actions.retry = retry
actions.press = async (message, button) => {
  if (button.startsWith('change:') && message.media) return reply(message, { change: true })
  if (!state.me && !(await askName())) return
  try {
    await pressButton(message.id, button, newId())
  } catch (error) {
    toast(error.message)
  }
}
setRoots(id => messageOf(id)?.root ?? id)

at('examples').append(
  ...[1, 2, 3].map(n => {
    const words = text(`example-${n}`)
    return h('button.example', { type: 'button', onclick: () => send(words) }, words)
  }),
)
at('jump').addEventListener('click', () => jumpTo(at('jump').dataset.to))

reset(state.messages)
showEmpty()
showCredits()
rememberRoom()
toEnd()
if (matchMedia('(hover: hover)').matches) at('words').focus()

let events
function connect() {
  events?.close()
  follow({
    opened: opened => {
      events = opened
    },
    reset({ messages }) {
      reset(messages)
    },
    put({ messages, gone }) {
      for (const id of gone) drop(id)
      for (const message of messages) noticed(arrived(message), put(message))
    },
    here: ({ here }) => showHere(here),
    me: setMe,
  })
}
connect()
// The stream knows who we were when it was opened.
onMe(connect)

// A picture dragged from the thread itself should not be sent again by accident.
for (const target of [at('log')]) target.addEventListener('dragstart', event => event.preventDefault())
