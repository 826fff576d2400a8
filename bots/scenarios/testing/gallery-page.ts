import sharp, { type Sharp } from 'sharp'
import { chosenTake, type Film } from '../../../core/film/film.ts'

/** What GALLERY.md consists of: the page, and pictures small enough for a repository. */

const frame = { width: 320, height: 180 }

/** Every n-th frame of an animation, in its order. */
async function framesOf(
  animation: Uint8Array,
  every: number,
): Promise<{ frames: Buffer[]; delay: number; fields: Buffer }> {
  const { pages = 1, delay = [], xmp } = await sharp(animation).metadata()
  const chosen = Array.from({ length: Math.ceil(pages / every) }, (_, i) => i * every)
  const frames = []
  for (const page of chosen) frames.push(await sharp(animation, { page }).resize(frame).removeAlpha().png().toBuffer())
  return { frames, delay: (delay[0] ?? 83) * every, fields: xmp ?? Buffer.alloc(0) }
}

/** An animation for a page: half of the frames, small; the fields that say what made it stay. */
export async function smaller(animation: Uint8Array): Promise<Sharp> {
  const { frames, delay, fields } = await framesOf(animation, 2)
  return sharp(frames, { join: { animated: true } })
    .webp({ quality: 40, effort: 5, delay: frames.map(() => delay), loop: 0 })
    .withXmp(fields.toString())
}

/** Moments of the whole film, in order. */
export async function contactSheet(animation: Uint8Array, { columns = 6, rows = 4 } = {}): Promise<Sharp> {
  const { pages = 1 } = await sharp(animation).metadata()
  const { frames } = await framesOf(animation, Math.max(1, Math.floor(pages / (columns * rows))))
  const cell = { width: 200, height: 112 }
  const cells = await Promise.all(frames.slice(0, columns * rows).map(one => sharp(one).resize(cell).toBuffer()))
  const size = { width: columns * (cell.width + 4), height: rows * (cell.height + 4) }
  return sharp({ create: { ...size, channels: 3, background: '#111111' } })
    .composite(
      cells.map((input, i) => ({
        input,
        left: 2 + (i % columns) * (cell.width + 4),
        top: 2 + Math.floor(i / columns) * (cell.height + 4),
      })),
    )
    .webp({ quality: 70 })
}

interface Gallery {
  /** Where the pictures are. */
  readonly folder: string
  readonly film: Film
  readonly board: string
  readonly thread: readonly {
    readonly by: string
    readonly name: string
    readonly text: string
    readonly media?: unknown
  }[]
  /** Length of the reel. */
  readonly seconds: number
}

/** GALLERY.md. Pure. */
export function galleryPage({ folder, film, board, thread, seconds }: Gallery): string {
  const begun = thread.findIndex(({ text }) => text.startsWith('/film'))
  const said = thread.slice(begun).map(({ by, name, text, media }) => {
    const lines = `${media ? '[video]\n' : ''}${text}`.split('\n')
    const who = by === 'bot' ? 'bot' : name
    // A Chinese letter is two columns wide.
    const pad = 6 - (who.match(/\p{Script=Han}/gu)?.length ?? 0)
    return lines.map((one, i) => `${i === 0 ? who.padEnd(pad) : ' '.repeat(6)}${one}`).join('\n')
  })
  const shots = film.shots.map(shot => {
    const take = chosenTake(shot)
    const name = film.members.find(({ id }) => id === take?.member)?.name ?? ''
    return `| ${shot.number} | ${take?.prompt ?? ''} | ${name} | ${take?.votes.length ?? 0} |`
  })
  return `# A film made together

Three people, one room of the web chat, five shots with two takes each, votes, and the reel: made by the scenario that
[\`bots/scenarios\`](bots/scenarios/testing/relay.ts) also runs on Telegram, Discord and WeChat, drawn by the [theatre](worker/models/theatre/README.md)
on two CPU cores. \`npm run gallery\` makes it and this page anew; nothing here is drawn or written by hand.

![The film at double speed](${folder}/reel.webp)

“${film.title}”, ${Math.round(seconds)} s, here at double speed (\`speed 2x\`, then \`gif webp\`, as anybody in the room may say). The corner says that a
machine made it, and so does a field of the file.

| shot | chosen take | by | votes |
|---|---|---|---|
${shots.join('\n')}

## From the first frame to the last
![Twenty-four moments of the film](${folder}/sheet.webp)

Every shot goes on from the take chosen before it: same actors, same place, motion unbroken. The cover that stands for the film in the chat:

![Cover](${folder}/cover.webp)

## The room
![The room in a browser](${folder}/thread.webp)

The board, one message that is kept current, at the end:

\`\`\`text
${board}
\`\`\`

## The thread
As Ann sees it when all is done: what the bot tells one member alone (a vote that counts, a refusal) is not in it, and a clip has taken the
place of the message that said how far it was.

\`\`\`text
${said.join('\n')}
\`\`\`
`
}
