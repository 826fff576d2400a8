import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'

/** Token ids of a cleaned prompt, the closing one included, at most `length` of them and without padding. */
export type Tokenize = (cleaned: string, length: number) => number[]

/**
 * Opens `tokenizer.json` of a package. A prompt that is too long loses its end, never its closing token.
 * Throws an Error that names the file when it cannot be read.
 */
export async function openTokenizer(folder: string, { end }: { end: number }): Promise<Tokenize> {
  const file = join(folder, 'tokenizer.json')
  let tokenizer: Tokenizer
  try {
    tokenizer = new Tokenizer(JSON.parse(await readFile(file, 'utf8')) as object, {})
  } catch (error) {
    throw new Error(`${file} is no tokenizer: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
  return (cleaned, length) => {
    const { ids } = tokenizer.encode(cleaned)
    return ids.length > length ? [...ids.slice(0, length - 1), end] : ids
  }
}
