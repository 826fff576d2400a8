/**
 * A page of ours that Telegram opened inside a chat (a Mini App). What Telegram tells it stands behind the # of its address; we read that
 * ourselves, so that no script of another host has to run here.
 */

const told = new URLSearchParams(location.hash.slice(1))
const initData = told.get('tgWebAppData') ?? ''

/** Headers that say who opened the page; the server checks Telegram's signature. */
export const whoOpened = () => (initData === '' ? {} : { 'x-telegram-init-data': initData })

function tell(event, data = {}) {
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(event, JSON.stringify(data))
  else if (window.parent !== window)
    window.parent.postMessage(JSON.stringify({ eventType: event, eventData: data }), 'https://web.telegram.org')
}

/** Back to the chat, once what the page says has been read. */
export function closeSoon() {
  if (initData !== '') setTimeout(() => tell('web_app_close'), 1500)
}

/** Which of our colours is which of Telegram's. */
const colours = {
  bg_color: ['--page'],
  secondary_bg_color: ['--card', '--hover'],
  text_color: ['--ink'],
  hint_color: ['--soft'],
  button_color: ['--accent'],
  button_text_color: ['--on-accent'],
  section_separator_color: ['--line'],
}

/** Ours for a light or a dark chat, and over them what the chat says: it may leave some out. */
function wear(theme) {
  const { style, dataset } = document.documentElement
  const known = name => /^#[0-9a-f]{6}$/i.test(theme[name] ?? '')
  if (known('bg_color')) {
    const [red, green, blue] = [1, 3, 5].map(at => Number.parseInt(theme.bg_color.slice(at, at + 2), 16))
    dataset.theme = 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? 'dark' : 'light'
  }
  for (const [name, ours] of Object.entries(colours))
    if (known(name)) for (const one of ours) style.setProperty(one, theme[name])
}

if (initData !== '') {
  try {
    wear(JSON.parse(told.get('tgWebAppThemeParams') ?? '{}'))
  } catch {
    // Colours of our own will do.
  }
  tell('web_app_ready')
  tell('web_app_expand')
}
