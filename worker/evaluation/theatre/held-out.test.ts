import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { heldOut } from './held-out.ts'
import { type Prompt, readPrompts } from './prompts.ts'

const prompt = (does: Prompt['does'], held?: true): Prompt => ({
  language: 'en',
  text: '',
  actors: {},
  does,
  ...(held ? { heldOut: held } : {}),
})

describe('what training never showed', () => {
  const unseen = heldOut(
    [
      prompt([{ subject: 'cat', verb: 'chase', object: 'mouse' }], true),
      prompt([{ subject: 'dog', verb: 'sleep' }], true),
      prompt([{ subject: 'cat', verb: 'on', object: 'table' }], true),
      prompt([{ subject: 'fox', verb: 'run' }]),
    ],
    ['chase', 'sleep', 'run'],
  )

  it('is what a held-out prompt says, wherever it is said again', () => {
    expect(unseen({ subject: 'cat', verb: 'chase', object: 'mouse' })).toBe(true)
    expect(unseen({ subject: 'cat', verb: 'chase', object: 'dog' })).toBe(false)
    expect(unseen({ subject: 'mouse', verb: 'chase', object: 'cat' })).toBe(false)
    expect(unseen({ subject: 'fox', verb: 'run' })).toBe(false)
  })

  it('is all that a subject does with a verb held out without an object', () => {
    expect(unseen({ subject: 'dog', verb: 'sleep', object: 'bed' })).toBe(true)
    expect(unseen({ subject: 'cat', verb: 'chase' })).toBe(false)
  })

  it('is no place: those are in training', () => {
    expect(unseen({ subject: 'cat', verb: 'on', object: 'table' })).toBe(false)
  })

  it('is in at least half of the prompts of the evaluation', async () => {
    const { verbs } = z
      .object({ verbs: z.array(z.object({ id: z.string() })) })
      .parse(JSON.parse(readFileSync(new URL('../../training/theatre/concepts.json', import.meta.url), 'utf8')))
    const prompts = await readPrompts()
    const barred = heldOut(
      prompts,
      verbs.map(({ id }) => id),
    )
    expect(prompts.filter(({ does }) => does.some(barred)).length).toBeGreaterThanOrEqual(prompts.length / 2)
  })
})
