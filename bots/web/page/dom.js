/** Small tools for the page. */

/** @type {{room: string, language: string, texts: Record<string, string>, me?: {member: string, name: string, credits: number}, messages: any[], after: string}} */
export const state = JSON.parse(document.getElementById('state').textContent)

/** A text of the page, with `{name}` filled in. */
export const text = (key, params = {}) =>
  (state.texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? ''))

/** The element with this id. */
export const at = id => document.getElementById(id)

/**
 * Makes an element: h('button.pill', {onclick, 'aria-label': '...'}, child, ...). Strings become text, never markup.
 * @returns {HTMLElement}
 */
export function h(what, props = {}, ...children) {
  const [tag, ...classes] = what.split('.')
  const element = document.createElement(tag || 'div')
  if (classes.length > 0) element.className = classes.join(' ')
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name in element && !name.startsWith('aria')) element[name] = value
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.filter(child => child !== undefined && child !== null && child !== false))
  return element
}

/** A line icon: paths of a 20x20 drawing. */
export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  line.setAttribute('d', path)
  svg.append(line)
  return svg
}

/** Text with its http(s) addresses as links. */
export function linked(words) {
  const parts = words.split(/(https?:\/\/[^\s<>"'，。）」]+)/)
  return parts.map((part, n) => {
    if (n % 2 === 0) return part
    const link = h('a', { href: part, target: '_blank', rel: 'noopener noreferrer nofollow' })
    link.textContent = part.length > 60 ? `${part.slice(0, 44)}…` : part
    return link
  })
}

/** Kept settings of this browser; a browser that keeps none works as well. */
export const kept = {
  get(name) {
    try {
      return localStorage.getItem(name) ?? undefined
    } catch {
      return undefined
    }
  },
  set(name, value) {
    try {
      if (value === undefined) localStorage.removeItem(name)
      else localStorage.setItem(name, value)
    } catch {}
  },
}

/** Says it to a screen reader, politely. */
export function announce(words) {
  at('say').textContent = ''
  setTimeout(() => {
    at('say').textContent = words
  }, 60)
}

/** A short word at the bottom that goes away by itself. */
export function toast(words) {
  const note = h('div.toast', {}, words)
  document.body.append(note)
  announce(words)
  setTimeout(() => note.remove(), 2600)
}

const colours = ['#4a63c9', '#a8407a', '#2c7a56', '#9a6412', '#7450b8', '#b04c37', '#27718f', '#5d6b2f']

/** A colour of one's own, the same on every screen; white letters can be read on all of them. */
export function colour(member) {
  let sum = 7
  for (const letter of member) sum = (sum * 31 + letter.codePointAt(0)) % 9973
  return colours[sum % colours.length]
}

/** First letter (or Chinese character) of a name. */
export const initial = name => [...new Intl.Segmenter().segment(name)][0]?.segment.toUpperCase() ?? '?'

/** An id that says "the same again" to the server when it is sent twice. */
export const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(12))].map(byte => byte.toString(16).padStart(2, '0')).join('')
