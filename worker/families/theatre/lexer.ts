import { settleEmoji } from './emoji.ts'
import { lexCharacters } from './lex-characters.ts'
import { lexWords } from './lex-words.ts'
import type { Language, Lexicon } from './lexicon.ts'
import { guessLanguage, guessLatin, isLatin, runs } from './runs.ts'
import { type Lexed, meant, type Token } from './tokens.ts'
import { reorder } from './word-order.ts'

/** Cuts a prompt into known words, function words and unknown words. `hint`: the member's language, for words that several share. */
export function lex(text: string, lexicon: Lexicon, hint?: Language): Lexed {
  const parts = runs(text)
  const language = guessLanguage(parts, lexicon, hint)
  const ofLatin = guessLatin(parts, lexicon, hint)
  const tokens: Token[] = []
  for (let i = 0; i < parts.length; ) {
    const run = parts[i]
    if (!run) break
    if (run.script === 'word') {
      const { found, used } = lexWords(parts, i, lexicon, isLatin(run) ? ofLatin : language)
      tokens.push(...found)
      i += used
      continue
    }
    if (run.script === 'cjk') tokens.push(...lexCharacters(run.text, lexicon, language))
    else if (run.script === 'emoji') tokens.push(...lexEmoji(run.text, lexicon))
    else if (run.script === 'number')
      tokens.push({ kind: 'number', value: Number.parseFloat(run.text.replace(',', '.')), text: run.text })
    else tokens.push({ kind: 'break', strong: run.script === 'strong' })
    i++
  }
  return { tokens: reorder(settleEmoji(tokens, lexicon), language, lexicon), language }
}

/** An emoji without its skin and gender; one that the vocabulary does not have is only decoration. */
function lexEmoji(text: string, lexicon: Lexicon): Token[] {
  const bare = text.replace(/\uFE0F|\p{EMod}/gu, '')
  const anybody = bare.replace(/^(?:👩|👨)(?=\u200D)/u, '🧑').replace(/\u200D[♀♂]/u, '')
  for (const key of [bare, anybody, bare.split('\u200D')[0] ?? '']) {
    const senses = lexicon.find(key)
    if (senses) return meant(senses, bare).map(token => (token.kind === 'word' ? { ...token, emoji: true } : token))
  }
  return []
}
