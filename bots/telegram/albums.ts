import type { Message } from './wire.ts'

/** The pictures of one message come as messages of their own that name the same group; nothing says which is the last. */

/** Parts of one album come within moments; so long after the last one it is taken as complete, in ms. */
const usualMs = 900

/** An album that is complete, with the updates it came in. */
interface Whole {
  readonly parts: readonly Message[]
  readonly ids: readonly number[]
}

interface Album {
  readonly parts: Message[]
  readonly ids: number[]
  readonly whole: Promise<Whole | undefined>
  end(complete: boolean): void
  timer?: NodeJS.Timeout
}

export interface Albums {
  /** Adds a part; the promise is that of its whole album, undefined if we leave before it is complete. */
  add(updateId: number, part: Message): { readonly first: boolean; readonly whole: Promise<Whole | undefined> }
  /** Leaves what is not complete. */
  leave(): void
}

export function openAlbums(waitMs = usualMs): Albums {
  const open = new Map<string, Album>()

  function begin(name: string): Album {
    const parts: Message[] = []
    const ids: number[] = []
    let end: Album['end'] = () => undefined
    const whole = new Promise<Whole | undefined>(resolve => {
      end = complete => {
        clearTimeout(album.timer)
        open.delete(name)
        resolve(complete ? { parts, ids } : undefined)
      }
    })
    const album: Album = { parts, ids, whole, end: complete => end(complete) }
    open.set(name, album)
    return album
  }

  return {
    add(updateId, part) {
      const name = `${part.chat.id}:${part.media_group_id}`
      const known = open.get(name)
      const album = known ?? begin(name)
      album.parts.push(part)
      album.ids.push(updateId)
      clearTimeout(album.timer)
      album.timer = setTimeout(() => album.end(true), waitMs)
      return { first: known === undefined, whole: album.whole }
    },
    leave() {
      for (const album of [...open.values()]) album.end(false)
    },
  }
}
