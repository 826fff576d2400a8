import type { Capabilities } from './platform.ts'

/** "Which platform allows what", from the capabilities the bots themselves go by. */
export interface Column {
  readonly name: string
  readonly can: Capabilities
}

const yes = (is: boolean | undefined): string => (is ? 'yes' : '–')
const size = (bytes: number): string => (bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20} MiB` : `${bytes / 1e6} MB`)
const seconds = (ms: number): string => `${ms / 1000} s`

const rows: readonly (readonly [string, (can: Capabilities) => string])[] = [
  ['Answers stand in the thread that asked', can => (can.threads ? 'yes' : 'they quote the message')],
  ['Choices', can => (can.buttons > 0 ? `up to ${can.buttons} buttons` : 'numbers, answered by a digit')],
  ['A button can ask for words first', can => yes(can.forms)],
  ['A button only its owner sees', can => (can.ownButtons ? 'yes' : can.buttons > 0 ? 'it bears the name' : '–')],
  ['Answers only one member sees', can => yes(can.quiet)],
  ['Longest message', can => `${can.textChars} characters`],
  ['Largest clip', can => size(can.uploadBytes)],
  [
    'Status message',
    can =>
      Number.isFinite(can.editEveryMs) ? `changes every ${seconds(can.editEveryMs)}` : 'none: say “progress”, 进度',
  ],
  ['Emoji as votes, a cross deletes', can => yes(can.reactions)],
  ['Polls of its own', can => (can.polls ? `up to ${can.polls.options} options` : 'numbers: “vote 2”, 投票 2')],
  [
    'Credits for money',
    can => (can.sells === 'XTR' ? 'Telegram Stars' : can.sells === 'sku' ? 'the Discord shop' : 'codes only'),
  ],
]

/** The page, in Markdown. Pure. */
export function platformsPage(columns: readonly Column[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    '# Which platform allows what',
    '',
    'Written by `npm run platforms` from what the adapters say of themselves (`Capabilities` in `platform.ts`); the conversation is the same',
    'everywhere and `adapt.ts` alone makes less of it where a platform can do less.',
    '',
    line(['', ...columns.map(({ name }) => name)]),
    line(['---', ...columns.map(() => '---')]),
    ...rows.map(([what, say]) => line([what, ...columns.map(({ can }) => say(can))])),
    '',
    'A place that takes more or less than its platform (a boosted Discord server) says so with every request, and the clip is encoded for it.',
    'What is still too large is made smaller, and comes as a link where that would fall apart.',
    '',
  ].join('\n')
}
