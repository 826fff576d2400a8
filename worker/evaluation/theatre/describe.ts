import type { Direction } from '../../families/theatre/direction.ts'
import type { Directed } from '../../families/theatre/pipeline.ts'
import { clipOf } from './judge.ts'
import { duo } from './predicates/duo.ts'
import { solo } from './predicates/solo.ts'
import { range, share } from './track.ts'

/** What a clip contains, in a few lines: the scene, who is in it and what they are seen to do. */
export function describeClip(directed: Directed, direction: Direction): string {
  const { script } = directed
  const clip = clipOf(directed, direction)
  const scene = [script.set, script.time, script.weather, script.mood].filter(Boolean).join(', ')
  const lens = clip.lens
  const camera = `camera ${script.camera ?? 'free'} (x ${range(lens.of('x')).toFixed(2)}, y ${range(lens.of('y')).toFixed(2)}, zoom ${range(lens.of('log2Size')).toFixed(2)})`
  const lines = clip.tracks.map(({ noun, track, role, slot }) => {
    const line = script.cast[role]
    if (!line) return `  ${noun} (decor)`
    const seen = [...line.verbs, ...(line.attach ? [line.attach] : [])].map(verb => {
      const partner = clip.tracks.find(one => one.role === (line.partner ?? line.parent) && one.slot !== slot)?.track
      const held = partner && duo[verb] ? (duo[verb]?.(track, partner) ?? false) : (solo[verb]?.(track) ?? undefined)
      return held === undefined ? verb : `${verb}${held ? '' : ' (not seen)'}`
    })
    const looks = [line.tint, line.size, line.mood].filter(Boolean).join(' ')
    return `  ${[looks, noun].filter(Boolean).join(' ')}: ${seen.join(', ') || line.undergoes || 'there'} (on stage ${Math.round(100 * share(track.there))} %)`
  })
  const unknown = script.unknownWords.length > 0 ? [`  unknown words: ${script.unknownWords.join(', ')}`] : []
  const invented = script.invented ? ['  no word was known: a scene of the theatre’s own'] : []
  return [`  ${scene}; ${camera}`, ...lines, ...unknown, ...invented].join('\n')
}
