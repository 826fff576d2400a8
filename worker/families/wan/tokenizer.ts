import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'

/** Token ids of a cleaned prompt, the closing one included, at most `length` of them and without padding. */
export type Tokenize = (cleaned: string) => number[]

/**
 * Opens `tokenizer.json` of a package. A prompt that is too long loses its end, never its closing token.
 * Throws an Error that names the file when it cannot be read.
 */
export async function openTokenizer(folder: string, text: { length: number; end: number }): Promise<Tokenize> {
  const file = join(folder, 'tokenizer.json')
  let tokenizer: Tokenizer
  try {
    tokenizer = new Tokenizer(JSON.parse(await readFile(file, 'utf8')) as object, {})
  } catch (error) {
    throw new Error(`${file} is no tokenizer: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
  return cleaned => {
    const { ids } = tokenizer.encode(cleaned)
    return ids.length > text.length ? [...ids.slice(0, text.length - 1), text.end] : ids
  }
}
