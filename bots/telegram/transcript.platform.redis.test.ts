import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openTelegramHouse } from './testing/house.ts'
import { labels } from './testing/people.ts'
import type { Kept } from './testing/world.ts'

/** Clips get codes by chance; the README shows these. */
const codes = ['K7Q2', 'M4XR']

/** A message of the bot as the README shows it. */
function shown(message: Kept, edited: boolean): string {
  const { words, media } = message
  const { width, height, duration } = { ...media?.about }
  const clip = media ? [`[${media.type} ${width}x${height}, ${duration} s]`] : []
  const buttons = labels(message).map(label => `[${label}]`)
  const lines = [...clip, ...words.split('\n'), buttons.join(' ')]
  return lines.map((line, n) => `${n > 0 ? '' : edited ? '  …' : 'bot'}`.padEnd(5) + line).join('\n')
}

test('the conversation in the README is what happens', async () => {
  const house = await openTelegramHouse()
  const { people, worker } = house
  const group = people.group('Films')
  const lines: string[] = []
  const says = async (fits: RegExp, edited = true): Promise<Kept> => {
    const message = await people.until(group, ({ words }) => fits.test(words))
    lines.push(shown(message, edited))
    return message
  }
  worker.hold()
  lines.push('Ann  /video a cat chasing a butterfly')
  people.write('Ann', group, { text: '/video a cat chasing a butterfly' })
  await says(/is in/, false)
  await says(/25 %/)
  worker.go()
  const clip = await says(/#1 .*is ready/)
  lines.push('Bob  at night        (in answer to the clip)')
  people.write('Bob', group, { text: 'at night', replyTo: clip.id })
  await says(/#2 .*is ready/, false)
  await house.until(() => worker.made.length === 2)
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const drawn = [...lines.join('\n').matchAll(/\(([A-Z0-9]{4})\) is ready/g)].map(([, code = '']) => code)
  const said = drawn.reduce((text, code, n) => text.replaceAll(code, codes[n] ?? ''), lines.join('\n'))
  const [, section = ''] = readme.split('## Telegram\n')
  const [, told = ''] = section.split('```')
  expect(told).toBe(`text\n${said}\n`)
  await house.close()
})
