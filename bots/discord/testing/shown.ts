import { flag } from './fields.ts'
import type { Message } from './world.ts'

/** What people see of a message. */

/** A text with Discord's backslashes read: what people see. */
export const rendered = (content: string): string =>
  content
    .split(/(https?:\/\/\S+)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/\\([\\*_~`|[\]<>#+-])/g, '$1')))
    .join('')

/** All text of a message. */
export const textOf = (message: Message): string =>
  rendered(
    message.flags & flag.componentsV2
      ? message.components.flatMap(part => (part.type === 10 ? [part.content] : [])).join('\n')
      : message.content,
  )
