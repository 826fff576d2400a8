import type { Script } from '../../families/theatre/script.ts'
import type { Prompt } from './prompts.ts'

/** What a script misses of a prompt's promises, one line each; before any state is generated. */
export function misread(script: Script, prompt: Prompt): string[] {
  const wrong: string[] = []
  const counts = new Map<string, number>()
  for (const role of script.cast) if (role.attach !== 'effect') counts.set(role.noun, (counts.get(role.noun) ?? 0) + 1)
  for (const [noun, count] of Object.entries(prompt.actors)) {
    const found = counts.get(noun) ?? 0
    if (found !== count) wrong.push(`${noun}: ${found} instead of ${count}`)
  }
  const named = script.cast.filter(role => !role.implied && role.attach !== 'effect')
  for (const { noun } of named)
    if (!(noun in prompt.actors) && !wrong.includes(`stranger ${noun}`)) wrong.push(`stranger ${noun}`)
  for (const { subject, verb, object } of prompt.does) {
    const done = script.cast.some((role, index) => {
      if (role.noun !== subject) return false
      const placed = role.attach === verb && role.parent !== undefined && script.cast[role.parent]?.noun === object
      const tied =
        placed ||
        script.cast.some(
          other => other.parent === index && other.undergoes === verb && (!object || other.noun === object),
        )
      const partner = role.partner === undefined ? undefined : script.cast[role.partner]
      return tied || (role.verbs.includes(verb) && (!object || partner?.noun === object))
    })
    if (!done) wrong.push(`no ${subject} ${verb} ${object ?? ''}`.trimEnd())
  }
  for (const field of ['set', 'time', 'weather', 'camera'] as const)
    if (prompt[field] !== undefined && script[field] !== prompt[field])
      wrong.push(`${field} ${script[field]} instead of ${prompt[field]}`)
  return wrong
}
