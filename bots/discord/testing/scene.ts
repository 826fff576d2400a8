import { pressable } from './fields.ts'
import type { DiscordHouse } from './house.ts'
import { channelJson } from './json.ts'
import type { Channel, Message, World } from './world.ts'

/** A channel and a member nobody else has, so that scenarios can share one house. */

let scenes = 0

export function sceneIn(
  house: DiscordHouse,
  more: Parameters<World['channel']>[1] = {},
): { room: Channel; by: string } {
  scenes += 1
  const room = house.server.world.channel(`scene-${scenes}`, more)
  const event = room.parent ? 'THREAD_CREATE' : 'CHANNEL_CREATE'
  if (room.guild) house.server.gateway.dispatch(event, channelJson(room), room.guild.id)
  return { room, by: `member-${scenes}` }
}

export const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export const labels = (message: Message): string[] => pressable(message.components).map(({ label }) => label)
/** Tells the bot how a channel is now. */
export const changed = (house: DiscordHouse, channel: Channel): void => {
  house.server.gateway.dispatch('CHANNEL_UPDATE', channelJson(channel), channel.guild?.id)
}
