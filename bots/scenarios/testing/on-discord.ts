import { once } from 'node:events'
import { loadCatalogue } from '../../../core/catalogue.ts'
import { botsConfig } from '../../../core/config.ts'
import { openStore } from '../../../core/store.ts'
import { type Command, type CommandName, commands } from '../../commands.ts'
import { openDiscord } from '../../discord/index.ts'
import { pressable } from '../../discord/testing/fields.ts'
import { channelJson } from '../../discord/testing/json.ts'
import { peopleOf } from '../../discord/testing/people.ts'
import { openDiscordServer } from '../../discord/testing/server.ts'
import { textOf } from '../../discord/testing/shown.ts'
import { bot } from '../../discord/testing/world.ts'
import { type Chat, type ChatParts, type Person, type Seen, whenSeen } from './person.ts'
import { until } from './until.ts'

/** Options that have a field of their own in the commands that make something. */
const fields: Readonly<Record<string, string>> = { ar: 'ratio', seconds: 'seconds', tier: 'tier', camera: 'camera' }

/** People in channels of a Discord server, who fill in slash commands and press buttons. */
export async function onDiscord({ core, log, settings }: ChatParts): Promise<Chat> {
  const server = await openDiscordServer()
  const { world, gateway } = server
  const people = peopleOf(server)
  const config = botsConfig({ ...settings, DISCORD_TOKEN: server.token, DISCORD_API: server.api })
  const store = await openStore(config)
  const platform = await openDiscord({ config, core, store, catalogue: loadCatalogue(), log }, { editEveryMs: 100 })
  const broken = (): readonly string[] => server.broken
  return {
    name: 'Discord',
    platform,
    broken,
    enter: () => until(() => server.commands.has('global')),
    close: () => server.close(),
    async room(title, names) {
      const channel = world.channel(title)
      if (channel.guild) gateway.dispatch('CHANNEL_CREATE', channelJson(channel), channel.guild.id)
      return names.map((name): Person => {
        const seen = (): Seen[] =>
          [...world.messages.values()]
            .filter(one => one.channel === channel && one.author === bot)
            .filter(one => one.only === undefined || one.only === world.person(name).id)
            .map(one => ({
              id: one.id,
              text: textOf(one),
              labels: pressable(one.components).map(({ label }) => label),
              shows: one.files.length > 0,
            }))
        return {
          name,
          locale: 'en',
          account: async () => `discord:${world.person(name).id}`,
          async command(command, words = '', images = []) {
            // A command has fields for two pictures at most; more, and those of commands without, come with a mention.
            if (images.length > 0) people.say({ by: name, in: channel, text: `/${command} ${words}`.trim(), images })
            else people.slash({ by: name, in: channel, name: command, options: optionsOf(command, words) })
          },
          async answer(on, picture) {
            people.say({ by: name, in: channel, text: '', images: [picture], replyTo: on.id, mention: false })
          },
          async press(on, label) {
            people.press({ by: name, on: on.id, id: label })
          },
          seen,
          until: (fits, ms) => whenSeen({ name, seen, changed: () => once(world.changed, 'change'), broken }, fits, ms),
        }
      })
    },
  }
}

/** A line as the fields of a slash command: the words in the first one, options where they have one of their own. */
function optionsOf(command: CommandName, line: string): Record<string, string | number> {
  const [argument]: Command['args'] = commands[command].args
  const options: Record<string, string | number> = {}
  const hasFields = command === 'video' || command === 'shot'
  const words = hasFields
    ? line.replaceAll(/\s*--([a-z]+) (\S+)/g, (all, name: string, value: string) => {
        const field = fields[name]
        if (field === undefined) return all
        options[field] = field === 'seconds' ? Number(value) : value
        return ''
      })
    : line
  if (argument && words !== '') options[argument.name] = argument.kind === 'number' ? Number(words) : words
  return options
}
