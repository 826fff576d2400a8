import type { APIApplicationCommandInteractionDataBasicOption } from 'discord.js'
import type { CommandName } from '../commands.ts'
import { type Command, commands } from '../commands.ts'

/** Values of a command's options by name. */
export type Given = ReadonlyMap<string, string | number | boolean>

export const givenOf = (options: readonly APIApplicationCommandInteractionDataBasicOption[] = []): Given =>
  new Map(options.map(({ name, value }) => [name, value]))

export const commandNamed = (name: string): CommandName | undefined =>
  Object.hasOwn(commands, name) ? (name as CommandName) : undefined

/** Options of a command that are said as `--name value`, and how they are called there. */
const spoken: Record<string, string> = {
  ratio: 'ar',
  seconds: 'seconds',
  tier: 'tier',
  model: 'model',
  camera: 'camera',
}

/** The line a member would have typed: "/video a cat --ar 9:16". Pure. */
export function lineOf(name: CommandName, given: Given): string {
  const { args }: Command = commands[name]
  const last = args.findLastIndex(arg => given.has(arg.name))
  const words = args.slice(0, last + 1).map(arg => {
    const value = given.get(arg.name)
    // Arguments are read by their order: one left out before another counts once.
    if (value === undefined) return arg.kind === 'number' ? '1' : ''
    return arg.kind === 'member' ? `discord:${value}` : String(value)
  })
  const options = Object.entries(spoken).flatMap(([option, called]) => {
    const value = given.get(option)
    return value === undefined || args.some(arg => arg.name === option) ? [] : [`--${called} ${value}`]
  })
  return [`/${name}`, ...words, ...options].filter(part => part !== '').join(' ')
}
