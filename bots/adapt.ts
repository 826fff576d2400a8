import { t } from '../core/i18n.ts'
import { excerpt } from './describe.ts'
import type { Button, Capabilities, Outgoing } from './platform.ts'

/** A message as a platform can show it, and what a bare number answers where it cannot show buttons. */
export interface Fitted {
  readonly message: Outgoing
  /** Button ids by number: the first is "1". Empty where there are buttons or nothing to choose. */
  readonly choices: readonly string[]
}

/**
 * The only place that degrades: too many buttons are left out (the last ones), none at all become numbered words, long text is cut,
 * links go into the text. Pure.
 */
export function adapt(message: Outgoing, can: Capabilities, locale: string): Fitted {
  const { text, buttons: given = [], ...rest } = message
  const buttons = given.map(button => plain(button, can))
  if (can.buttons > 0) {
    const shown = buttons.slice(0, can.buttons)
    return {
      message: { ...rest, text: cut(text, can.textChars), ...(shown.length > 0 && { buttons: shown }) },
      choices: [],
    }
  }
  const links = buttons.filter(button => button.url !== undefined)
  const pressed = buttons.filter(button => button.url === undefined)
  const numbered = pressed.map((button, at) => `${at + 1} ${button.label}`).join(' · ')
  const tail = [
    ...links.map(button => `${button.label}: ${button.url}`),
    ...(numbered === '' ? [] : [t(locale, 'choice.number', { choices: numbered })]),
  ]
  const room = can.textChars - tail.reduce((sum, line) => sum + line.length + 1, 0)
  return {
    message: { ...rest, text: [cut(text, Math.max(40, room)), ...tail].filter(line => line !== '').join('\n') },
    choices: pressed.map(button => button.id),
  }
}

/** A button without what the platform cannot do: no form, and one that is somebody's own bears the name. */
function plain({ form, only, ...button }: Button, can: Capabilities): Button {
  return {
    ...button,
    ...(form && can.forms && { form }),
    ...(only && can.ownButtons && { only }),
    ...(only && !can.ownButtons && only.name !== '' && { label: `${button.label} (${excerpt(only.name, 24)})` }),
  }
}

/** Cuts a text of several lines to a length; what is cut ends with "…". */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const lines = text.split('\n')
  const kept: string[] = []
  let length = 0
  for (const line of lines) {
    if (length + line.length + 1 > most - 2) {
      kept.push(excerpt(line, Math.max(1, most - length - 2)))
      break
    }
    kept.push(line)
    length += line.length + 1
  }
  return kept.join('\n').slice(0, most)
}
