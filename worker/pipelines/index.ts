import type { LoadPipeline } from './pipeline.ts'

/** Where the loader of a family is found: a new family is one file and one line here. */
const families: Readonly<Record<string, () => Promise<LoadPipeline>>> = {
  theatre: async () => (await import('../families/theatre/pipeline.ts')).loadTheatre,
  wan: async () => (await import('../families/wan/pipeline.ts')).loadWan,
}

/** Packages of this family are no models: they are what a model's `finish` names (worker/families/stage/). */
export const stageFamily = 'stage'

/** Names of the families this worker knows. */
export const familyNames = (): string[] => Object.keys(families)

/**
 * The loader of a family. `more` names modules (by URL, exporting `load`) for families that are not built in.
 * Throws an Error for an unknown one.
 */
export async function loaderOf(family: string, more: Readonly<Record<string, string>> = {}): Promise<LoadPipeline> {
  const module = more[family]
  if (module) return ((await import(module)) as { load: LoadPipeline }).load
  const find = families[family]
  if (!find) throw new Error(`there is no model family "${family}" (there are: ${familyNames().join(', ')})`)
  return find()
}
