import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { buildLexicon, type Entry } from './build-lexicon.ts'
import { type Concept, conceptKinds, type Language, type Lexicon, languages } from './lexicon.ts'
import type { Noun } from './nouns.ts'

/** "noun:cat"; alternatives: "noun:castle|set:castle"; several things in a row: "verb:play+noun:guitar". */
const Meaning = z.string().regex(/^[a-z]+:[a-z0-9-]+(?:[|+][a-z]+:[a-z0-9-]+)*$/)

/** vocabulary.json; worker/training/theatre/lexicon/README.md describes it. */
const Vocabulary = z.object({
  version: z.literal(1),
  languages: z.array(z.string()),
  words: z.record(z.string(), z.record(Meaning, z.string())),
  /** Emoji without skin tones and variation selectors; they mean the same in every language. */
  emoji: z.record(Meaning, z.string()).default({}),
})

/** Arity and needs of the verbs, as stage.json tells them. */
export interface VerbTable {
  readonly id: string
  readonly arity: 'solo' | 'duo' | 'attach' | 'either'
  readonly needs?: string | undefined
}

/** Reads a package's vocabulary. Throws when the file is missing or not a vocabulary. */
export async function openLexicon(
  folder: string,
  nouns: readonly Noun[],
  verbs: readonly VerbTable[],
): Promise<Lexicon> {
  const { words, emoji } = Vocabulary.parse(JSON.parse(await readFile(join(folder, 'vocabulary.json'), 'utf8')))
  const facts = nouns.map(noun => ({
    id: noun.id,
    group: noun.group,
    uses: [...noun.tags, ...(noun.wear ? ['wear', noun.wear.at] : [])],
    upright: noun.upright,
  }))
  const pictures = Object.entries(emoji).flatMap(([meaning, list]) =>
    list.split('|').map(word => ({ word, languages, parts: partsOf(meaning) })),
  )
  return buildLexicon([...entriesOf(words), ...pictures], facts, verbs)
}

/** One entry per word and meaning, with all the languages that share it. */
function entriesOf(words: z.infer<typeof Vocabulary>['words']): Entry[] {
  const merged = new Map<string, Entry & { languages: Language[] }>()
  for (const language of languages) {
    for (const [meaning, list] of Object.entries(words[language] ?? {})) {
      const parts = partsOf(meaning)
      for (const word of list.split('|')) {
        const id = `${word}\u0000${meaning}`
        const known = merged.get(id)
        if (known) known.languages.push(language)
        else merged.set(id, { word, languages: [language], parts })
      }
    }
  }
  return [...merged.values()]
}

const partsOf = (meaning: string): Concept[][] => meaning.split('+').map(conceptsOf)

function conceptsOf(choice: string): Concept[] {
  return choice.split('|').flatMap(text => {
    const [name, id] = text.split(':')
    const kind = conceptKinds.find(known => known === name)
    return kind && id ? [{ kind, id }] : []
  })
}
