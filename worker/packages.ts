import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ModelJson } from './model-json.ts'
import type { PackageFolder } from './pipelines/pipeline.ts'

/** Folder of the packages that come with Threadreel. */
export const builtInModels = fileURLToPath(new URL('./models', import.meta.url))

/** A package whose model.json is right and whose files are whole. */
export interface ModelPackage extends PackageFolder {
  readonly model: ModelJson
}

/** A folder that is no good, and why, in one line. */
export interface PackageProblem {
  readonly folder: string
  readonly reason: string
}

export class PackageError extends Error {
  override readonly name = 'PackageError'
}

/** Hashes that were right once, by path, size and time of change: gigabytes are not read again at every start. */
export interface SeenFiles {
  has(mark: string): boolean
  add(mark: string): void
}

/** Reads the model.json of a folder and checks every file against it. Throws PackageError with one line. */
export async function readPackage(folder: string, seen?: SeenFiles): Promise<ModelPackage> {
  const model = await readModelJson(folder)
  if (model.id !== basename(folder))
    throw new PackageError(`model.json says id "${model.id}", the folder is "${basename(folder)}"`)
  for (const [name, { file }] of Object.entries(model.components))
    if (!(file in model.files)) throw new PackageError(`component ${name}: "${file}" is not among the files`)
  for (const [path, { bytes, sha256 }] of Object.entries(model.files))
    await checkFile(folder, path, bytes, sha256, seen)
  return { id: model.id, family: model.family, folder: resolve(folder), model }
}

async function readModelJson(folder: string): Promise<ModelJson> {
  const text = await readFile(join(folder, 'model.json'), 'utf8').catch(() => {
    throw new PackageError('there is no model.json')
  })
  const parsed = ModelJson.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const said = parsed.error.issues.slice(0, 3).map(issue => `${issue.path.join('.') || '(all)'}: ${issue.message}`)
  throw new PackageError(`model.json: ${said.join('; ')}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new PackageError(`model.json is no JSON: ${said.replaceAll(/\s+/g, ' ')}`)
  }
}

async function checkFile(folder: string, path: string, bytes: number, sha256: string, seen?: SeenFiles): Promise<void> {
  const file = join(folder, path)
  const facts = await stat(file).catch(() => undefined)
  if (!facts?.isFile()) throw new PackageError(`${path} is missing`)
  if (facts.size !== bytes) throw new PackageError(`${path} has ${facts.size} bytes, not ${bytes}`)
  const mark = `${sha256} ${bytes} ${facts.mtimeMs} ${resolve(file)}`
  if (seen?.has(mark)) return
  if ((await hashOf(file)) !== sha256)
    throw new PackageError(`${path} is not what model.json describes (sha256 differs)`)
  seen?.add(mark)
}

/** SHA-256 of a file in hex. */
async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** All packages in the given folders, the first of an id wins; what is corrupt is named and left out. */
export async function findPackages(
  folders: readonly string[],
  seen?: SeenFiles,
): Promise<{ packages: ModelPackage[]; problems: PackageProblem[] }> {
  const packages: ModelPackage[] = []
  const problems: PackageProblem[] = []
  for (const parent of folders) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
    for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
      if (entry.name.startsWith('.') || !(entry.isDirectory() || entry.isSymbolicLink())) continue
      const folder = join(parent, entry.name)
      try {
        const found = await readPackage(folder, seen)
        if (packages.some(other => other.id === found.id))
          problems.push({ folder, reason: 'a package of this id was found before' })
        else packages.push(found)
      } catch (error) {
        if (!(error instanceof PackageError)) throw error
        problems.push({ folder, reason: error.message })
      }
    }
  }
  return { packages, problems }
}

/** Not part of what is loaded: people read them, and a new word in a model card breaks no package. */
const forPeople = /\.md$|(^|\/)(sheets|\..*)(\/|$)/

/** Writes the list of files with sizes and hashes into a folder's model.json. */
export async function sealPackage(folder: string): Promise<ModelPackage> {
  const path = join(folder, 'model.json')
  const text = await readFile(path, 'utf8').catch(() => {
    throw new PackageError('there is no model.json')
  })
  const { success, data: raw } = z.record(z.string(), z.unknown()).safeParse(parseJson(text))
  if (!success) throw new PackageError('model.json holds no object')
  const files: ModelJson['files'] = {}
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name)
    const name = relative(folder, file).replaceAll('\\', '/')
    if (!entry.isFile() || name === 'model.json' || forPeople.test(name)) continue
    files[name] = { sha256: await hashOf(file), bytes: (await stat(file)).size }
  }
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)))
  await writeFile(`${path}.new`, `${JSON.stringify({ ...raw, files: sorted }, null, 2)}\n`)
  await rename(`${path}.new`, path)
  return readPackage(folder)
}

/** SeenFiles kept in a file. */
export async function openSeenFiles(path: string): Promise<SeenFiles & { save(): Promise<void> }> {
  const text = await readFile(path, 'utf8').catch(() => '[]')
  let marks: Set<string>
  try {
    marks = new Set(z.array(z.string()).parse(JSON.parse(text)))
  } catch {
    marks = new Set()
  }
  const used = new Set<string>()
  return {
    has(mark) {
      if (marks.has(mark)) used.add(mark)
      return marks.has(mark)
    },
    add: mark => void used.add(mark),
    async save() {
      await writeFile(`${path}.new`, JSON.stringify([...used]))
      await rename(`${path}.new`, path)
    },
  }
}
