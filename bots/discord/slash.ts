import type {
  APIApplicationCommandBasicOption,
  LocalizationMap,
  RESTPostAPIApplicationCommandsJSONBody,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'
import { type Key, pickLanguage, t } from '../../core/i18n.ts'
import { options as spoken } from '../../core/parse/options.ts'
import { secondsLimit } from '../../core/parse/wish.ts'
import { promptLimit, tiers } from '../../core/request.ts'
import { allCommands, type Command, type CommandName } from '../commands.ts'
import { excerpt } from '../describe.ts'

/** Discord's commands, made from the command table: names, descriptions and options in every language we speak. Pure. */

/** Discord's locales in which we have words of our own; English is the default. */
const locales =
  'id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko'
    .split(' ')
    .filter(tag => pickLanguage(tag) !== 'en')

/** Where the Chinese words of the command and option tables are read. */
const chineseLocales = locales.filter(tag => tag.startsWith('zh'))

/** Discord's numbers. */
const kind = { slash: 1, message: 3 } as const
const type = { string: 3, integer: 4, user: 6, attachment: 11 } as const
const everywhere = { contexts: [0, 1, 2], integration_types: [0, 1] }

/** Commands that end in a clip for everybody: they need a place where it can be posted. */
export const makers: readonly string[] = ['video', 'image', 'again', 'extend', 'shot', 'reel']
/** Commands that are answered to the member alone. Only a guess, for when an answer takes long: an open answer can still be hidden. */
export const personal: readonly string[] = (
  'cancel queue credits history redeem buy link unlink settings export forget paysupport ' +
  'grant codes ban unban refund takedown announce stats'
).split(' ')

/** Message menus: what they are called in every language; their English name is their id. */
export const menus = {
  animate: 'discord.menu-animate',
  extend: 'discord.menu-extend',
  remix: 'discord.menu-remix',
} as const
export type Menu = keyof typeof menus

const localized = (key: Key): LocalizationMap =>
  Object.fromEntries(locales.map(locale => [locale, excerpt(t(locale, key), 100)]))

/** Option names are lower case letters and digits, joined by dashes. */
const nameOf = (word: string): string =>
  word
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(part => part !== '')
    .join('-')
    .slice(0, 32)

interface Worded {
  readonly name: string
  readonly name_localizations: LocalizationMap
  readonly description: string
  readonly description_localizations: LocalizationMap
}

/** Name and description of an option. What has no description is described by its name. */
function worded(name: string, called: Key, wanted: Key): Worded {
  const about = t('en', wanted) === wanted ? called : wanted
  return {
    name,
    name_localizations: Object.fromEntries(locales.map(locale => [locale, nameOf(t(locale, called)) || name])),
    description: excerpt(t('en', about), 100),
    description_localizations: localized(about),
  }
}

/** One option of the text language ("--ar", 比例) as an option of a command. */
function spokenOption(field: string): Worded {
  const names = spoken.find(option => option.field === field)?.names ?? []
  const chinese = names.find(name => /\p{Script=Han}/u.test(name)) ?? field
  return {
    name: field,
    name_localizations: Object.fromEntries(chineseLocales.map(locale => [locale, chinese])),
    description: t('en', `discord.option-${field}` as Key),
    description_localizations: localized(`discord.option-${field}` as Key),
  }
}

const choice = (value: string, key: Key) => ({ name: t('en', key), value, name_localizations: localized(key) })

function argumentOption(arg: Command['args'][number]): APIApplicationCommandBasicOption {
  const base = {
    ...worded(arg.name, `argument.${arg.name}` as Key, `discord.option-${arg.name}` as Key),
    ...(arg.required && { required: true }),
  }
  switch (arg.kind) {
    case 'job':
    case 'pack':
    case 'setting':
      return { ...base, type: type.string, autocomplete: true }
    case 'number':
      return { ...base, type: type.integer, min_value: 1 }
    case 'member':
      return { ...base, type: type.user }
    case 'code':
      return { ...base, type: type.string, min_length: 4, max_length: 40 }
    case 'yes':
      return { ...base, type: type.string, choices: [choice('yes', 'argument.yes')] }
    default:
      return { ...base, type: type.string, max_length: promptLimit }
  }
}

/** Commands whose words make a picture or a clip. */
const shapes: readonly string[] = ['video', 'image', 'shot']

const picture: APIApplicationCommandBasicOption = {
  ...worded('picture', 'recipe.picture', 'discord.option-picture'),
  type: type.attachment,
}

/** What can be said beside the words, as fields of their own. */
function extras(command: CommandName): APIApplicationCommandBasicOption[] {
  if (command === 'extend')
    return [{ ...worded('clip', 'kind.video', 'discord.option-clip'), type: type.string, autocomplete: true }]
  if (command === 'brush' || command === 'duet') return [picture]
  if (!shapes.includes(command)) return []
  const shape: APIApplicationCommandBasicOption[] = [
    { ...spokenOption('ratio'), type: type.string, autocomplete: true },
    { ...spokenOption('tier'), type: type.string, choices: tiers.map(tier => choice(tier, `tier.${tier}`)) },
    { ...spokenOption('model'), type: type.string, autocomplete: true },
  ]
  if (command === 'image') return shape
  return [
    picture,
    { ...worded('last-picture', 'discord.last-picture', 'discord.option-last-picture'), type: type.attachment },
    { ...spokenOption('seconds'), type: type.integer, min_value: 1, max_value: secondsLimit },
    ...shape,
    { ...spokenOption('camera'), type: type.string, autocomplete: true },
  ]
}

function slash(name: CommandName, command: Command): RESTPostAPIChatInputApplicationCommandsJSONBody {
  const [english] = command.en
  return {
    type: kind.slash,
    name: english,
    name_localizations: Object.fromEntries(chineseLocales.map(locale => [locale, command.zh[0]])),
    description: excerpt(t('en', command.help), 100),
    description_localizations: localized(command.help),
    options: [...command.args.map(argumentOption), ...extras(name)],
    ...(command.who === 'operator' && { default_member_permissions: '0' }),
  }
}

const menu = (key: Key): RESTPostAPIApplicationCommandsJSONBody => ({
  type: kind.message,
  name: t('en', key),
  name_localizations: localized(key),
})

/**
 * Everything Discord is to know. In one server the operator's commands are among them (hidden from all but its admins); everywhere
 * they are left out, for they would stand in servers of strangers: an operator says them as text.
 */
export function discordCommands(scope: 'server' | 'everywhere'): RESTPostAPIApplicationCommandsJSONBody[] {
  const all = allCommands
    .filter(([, { who }]) => who === 'member' || scope === 'server')
    .map(([name, command]) => slash(name, command))
  const made = [...all, ...Object.values(menus).map(key => menu(key))]
  return scope === 'server' ? made : made.map(command => ({ ...command, ...everywhere }))
}
