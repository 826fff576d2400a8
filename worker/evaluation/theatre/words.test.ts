import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDirection } from '../../families/theatre/direction.ts'
import { type Lexicon, languages } from '../../families/theatre/lexicon.ts'
import { openLexicon } from '../../families/theatre/vocabulary.ts'
import { readWords } from '../../families/theatre/words.ts'
import { readPrompts } from './prompts.ts'
import { misread } from './words-check.ts'

const folder = fileURLToPath(new URL('../../models/theatre', import.meta.url))
let lexicon: Lexicon

beforeAll(async () => {
  const direction = await openDirection(folder)
  lexicon = await openLexicon(folder, direction.nouns, direction.verbs)
})

describe('the shipped vocabulary', () => {
  it.each(languages)('reads the evaluation prompts in %s', async language => {
    const prompts = (await readPrompts()).filter(prompt => prompt.language === language)
    expect(prompts.length).toBeGreaterThanOrEqual(27)
    const wrong = prompts.flatMap(prompt => {
      const missed = misread(readWords(prompt.text, lexicon, { seed: 1 }), prompt)
      return missed.length > 0 ? [`${prompt.text}: ${missed.join('; ')}`] : []
    })
    expect(wrong.length / prompts.length, wrong.join('\n')).toBeLessThanOrEqual(0.08)
  })

  it('has at least 300 prompts', async () => {
    expect((await readPrompts()).length).toBeGreaterThanOrEqual(300)
  })

  it('says which words it does not know', () => {
    const script = readWords('a blorptangle juggles qwertium', lexicon, { seed: 3 })
    expect(script.unknownWords).toEqual(expect.arrayContaining(['blorptangle', 'qwertium']))
  })
})

describe('misread', () => {
  it('notices what is missing, wrong or too many', () => {
    const prompt = {
      language: 'en' as const,
      text: '',
      actors: { cat: 2 },
      does: [{ subject: 'cat', verb: 'run' }],
      set: 'forest',
    }
    const script = readWords('a cat sleeps with a dog on the beach', lexicon, { seed: 1 })
    expect(misread(script, prompt)).toEqual([
      'cat: 1 instead of 2',
      'stranger dog',
      'no cat run',
      'set beach instead of forest',
    ])
  })
})
