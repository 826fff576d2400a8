import type { Prompt } from './prompts.ts'

type Doing = Prompt['does'][number]

/**
 * Tells what training never showed: who-does-what-to-whom of the prompts marked `heldOut`, by the rule of
 * worker/training/theatre/held_out.py. A doing without an object bars the subject from that verb altogether. `verbs`: the director's;
 * mere places ("on", "under") were not held out.
 */
export function heldOut(prompts: readonly Prompt[], verbs: readonly string[]): (doing: Doing) => boolean {
  const barred = new Set(prompts.flatMap(prompt => (prompt.heldOut ? prompt.does.map(key) : [])))
  const known = new Set(verbs)
  return ({ subject, verb, object }) =>
    known.has(verb) && (barred.has(key({ subject, verb, object })) || barred.has(key({ subject, verb })))
}

const key = ({ subject, verb, object }: Doing): string => `${subject} ${verb} ${object ?? ''}`
