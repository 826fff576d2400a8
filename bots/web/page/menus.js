import { at, h, kept, state, text, toast } from './dom.js'
import { pickLanguage, pickName } from './net.js'

/** The name, the rooms, the settings. */

const dialog = at('dialog')

function open(label, ...content) {
  dialog.setAttribute('aria-label', label)
  dialog.replaceChildren(...content)
  dialog.showModal()
}

dialog.addEventListener('click', event => {
  if (event.target === dialog) dialog.close()
})

/** Asks for a name; resolves with true once there is one, false if it was waved away. */
export function askName() {
  return new Promise(resolve => {
    let done = false
    const problem = h('p.problem', { role: 'alert', hidden: true })
    const name = h('input', {
      name: 'name',
      maxLength: 48,
      required: true,
      autocomplete: 'nickname',
      placeholder: text('name-placeholder'),
      value: state.me?.name ?? '',
      'aria-label': text('name-placeholder'),
    })
    const form = h(
      'form',
      {
        onsubmit: async event => {
          event.preventDefault()
          try {
            setMe(await pickName(name.value))
            done = true
            dialog.close()
          } catch (error) {
            problem.textContent = error.message
            problem.hidden = false
          }
        },
      },
      h('h2', {}, text('name-ask')),
      h('div.line', {}, name, h('button.go', { type: 'submit' }, text('name-go'))),
      problem,
    )
    dialog.addEventListener('close', () => resolve(done), { once: true })
    open(text('name-ask'), form)
    name.select()
  })
}

/** Called when who we are has changed; set by app.js. */
let changedMe = () => undefined
export const onMe = then => {
  changedMe = then
}

export function setMe(me) {
  const isOther = me.member !== undefined && (me.member !== state.me?.member || me.name !== state.me?.name)
  state.me = { ...state.me, ...me }
  showCredits()
  if (isOther) changedMe()
}

const number = new Intl.NumberFormat(state.language)

export function showCredits() {
  const pill = at('credits')
  if (!state.me || state.me.credits === undefined) return
  const before = pill.textContent
  pill.hidden = false
  pill.replaceChildren(h('i', { 'aria-hidden': 'true' }), number.format(state.me.credits))
  pill.setAttribute('aria-label', `${text('credits')}: ${state.me.credits}`)
  if (before !== '' && before !== pill.textContent) {
    pill.classList.remove('changed')
    void pill.offsetWidth
    pill.classList.add('changed')
  }
}

// --- rooms ---------------------------------------------------------------------------------------------------------------------

const recent = () => JSON.parse(kept.get('rooms') ?? '[]').filter(room => typeof room === 'string')

export function rememberRoom() {
  kept.set('rooms', JSON.stringify([state.room, ...recent().filter(room => room !== state.room)].slice(0, 8)))
}

const goTo = room => {
  location.href = `/r/${encodeURIComponent(room)}`
}

const newRoom = () =>
  [...crypto.getRandomValues(new Uint8Array(6))].map(n => 'abcdefghjkmnpqrstuvwxyz23456789'[n % 31]).join('')

async function copyLink() {
  const link = location.origin + location.pathname
  try {
    await navigator.clipboard.writeText(link)
  } catch {
    const field = h('input', { value: link })
    dialog.append(field)
    field.select()
    document.execCommand('copy')
    field.remove()
  }
  dialog.close()
  toast(text('copied'))
}

at('rooms').addEventListener('click', () => {
  const name = h('input', {
    maxLength: 40,
    required: true,
    placeholder: text('room-placeholder'),
    'aria-label': text('room-placeholder'),
  })
  open(
    text('rooms'),
    h('h2', {}, text('rooms')),
    h(
      'ul.list',
      {},
      ...recent().map(room =>
        h(
          'li',
          {},
          h('a', { href: `/r/${encodeURIComponent(room)}`, 'aria-current': room === state.room && 'page' }, room),
        ),
      ),
    ),
    h(
      'form.line',
      {
        onsubmit: event => {
          event.preventDefault()
          goTo(name.value.trim().replace(/\s+/g, '-'))
        },
      },
      name,
      h('button.go', { type: 'submit' }, text('room-open')),
    ),
    h(
      'div.line',
      {},
      h('button.chip', { type: 'button', onclick: copyLink }, text('copy-link')),
      h('button.chip', { type: 'button', onclick: () => goTo(newRoom()) }, text('new-room')),
    ),
  )
})

// --- settings ------------------------------------------------------------------------------------------------------------------

function choice(label, options, chosen, choose) {
  const group = h('div.seg.wide', { role: 'radiogroup', 'aria-label': label })
  for (const [value, words] of options) {
    const radio = h('input', {
      type: 'radio',
      name: label,
      value,
      checked: value === chosen,
      onchange: () => choose(value),
    })
    group.append(h('label', {}, radio, h('span', {}, words)))
  }
  return h('section', {}, h('h3', {}, label), group)
}

function setTheme(theme) {
  kept.set('theme', theme === 'auto' ? undefined : theme)
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

function rename() {
  dialog.close()
  setTimeout(askName)
}

at('menu').addEventListener('click', () => {
  open(
    text('menu'),
    h('h2', {}, text('menu')),
    h(
      'div.line',
      {},
      h('span.grow', {}, state.me?.name ?? ''),
      h('button.chip', { type: 'button', onclick: rename }, text(state.me ? 'name-change' : 'name-ask')),
    ),
    choice(
      text('theme'),
      ['auto', 'light', 'dark'].map(theme => [theme, text(`theme-${theme}`)]),
      kept.get('theme') ?? 'auto',
      setTheme,
    ),
    choice(
      text('language'),
      [
        ['en', 'English'],
        ['zh-CN', '中文'],
      ],
      state.language,
      async language => {
        await pickLanguage(language)
        location.reload()
      },
    ),
  )
})
for (const button of [at('rooms'), at('menu')]) {
  button.addEventListener('click', () => button.setAttribute('aria-expanded', 'true'))
  dialog.addEventListener('close', () => button.setAttribute('aria-expanded', 'false'))
}
