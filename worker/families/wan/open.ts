import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkGraph } from '../../onnx/inspect.ts'
import type { Wan } from './clip.ts'
import { openParts, type PartsOptions } from './parts.ts'
import { readWanModel } from './settings.ts'
import { createWordCache } from './text.ts'
import { openTokenizer } from './tokenizer.ts'

/** RotaryEmbedding and RMSNormalization came with it. */
const leastOpset = 23

/** Reads a package folder and looks its graphs over; they are loaded when they are needed. Throws an Error with one line. */
export async function openWan(folder: string, options: PartsOptions): Promise<Wan> {
  const model = readWanModel(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')))
  for (const { file } of Object.values(model.components)) {
    const { cudaOnly } = await checkGraph(join(folder, file), { leastOpset })
    if (cudaOnly && options.device !== 'cuda')
      throw new Error(
        `${file} is bfloat16, which ONNX Runtime computes with DEVICE=cuda only: export ${model.id} again with --dtype fp16 or fp32`,
      )
  }
  const tokenize = await openTokenizer(folder, model.settings.text)
  return { parts: openParts(folder, model, options), tokenize, cache: createWordCache() }
}
