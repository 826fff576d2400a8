import { z } from 'zod'
import { supported, t } from '../../core/i18n.ts'
import type { Log } from '../../core/log.ts'
import { allCommands, type CommandName } from '../commands.ts'
import { sleep } from '../pacer.ts'
import { RetryLater } from '../platform.ts'
import type { Calls } from './calls.ts'

/** The menu behind "/", per chat type and language, made from the command table; only what differs is written. */

const Entries = z.array(z.object({ command: z.string(), description: z.string() }))
type Entry = z.infer<typeof Entries>[number]

/** What is about one's own account is asked in private. */
const notInGroups: readonly CommandName[] = [
  'redeem',
  'link',
  'unlink',
  'settings',
  'export',
  'forget',
  'paysupport',
  'terms',
]

interface Menu {
  readonly scope: { readonly type: string; readonly chat_id?: number }
  /** Two letters as Telegram has it; none = for all who have no menu of their own. */
  readonly language_code?: string
  readonly commands: readonly Entry[]
}

function entries(locale: string, wanted: (name: CommandName, who: 'member' | 'operator') => boolean): Entry[] {
  return allCommands
    .filter(([name, { who }]) => wanted(name, who))
    .map(([, { en, help }]) => ({ command: en[0], description: t(locale, help) }))
}

/** Every menu there should be. Pure. */
export function menus(operators: readonly string[]): Menu[] {
  const own = operators.flatMap(id => /^telegram:(\d+)$/.exec(id)?.[1] ?? []).map(Number)
  return supported.flatMap(locale => {
    const language = locale === 'en' ? {} : { language_code: locale.slice(0, 2) }
    return [
      {
        scope: { type: 'all_private_chats' },
        ...language,
        commands: entries(locale, (_, who) => who === 'member'),
      },
      {
        scope: { type: 'all_group_chats' },
        ...language,
        commands: entries(locale, (name, who) => who === 'member' && !notInGroups.includes(name)),
      },
      ...own.map(chat_id => ({
        scope: { type: 'chat', chat_id },
        ...language,
        commands: entries(locale, () => true),
      })),
    ]
  })
}

/**
 * Writes the menus that are not as they should be; never throws. An operator who never wrote to the bot has none yet. Where Telegram wants a
 * long pause, nothing more is asked until it is over.
 */
export async function writeMenus(
  calls: Pick<Calls, 'ask'>,
  operators: readonly string[],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const left = menus(operators)
  for (let menu = left.shift(); menu && !signal.aborted; menu = left.shift()) {
    const { commands: _, ...whose } = menu
    try {
      await write(calls, menu, signal)
    } catch (error) {
      log.info({ err: error, ...whose }, 'command menu not written')
      if (!(error instanceof RetryLater)) continue
      left.unshift(menu)
      await sleep(error.afterMs, signal).catch(() => undefined)
    }
  }
}

async function write(calls: Pick<Calls, 'ask'>, { commands, ...whose }: Menu, signal: AbortSignal): Promise<void> {
  const now = await calls.ask('getMyCommands', whose, Entries, { signal })
  const same = now.length === commands.length && now.every((entry, n) => sameEntry(entry, commands[n]))
  if (!same) await calls.ask('setMyCommands', { ...whose, commands }, z.literal(true), { signal })
}

const sameEntry = (a: Entry, b: Entry | undefined): boolean =>
  a.command === b?.command && a.description === b.description
