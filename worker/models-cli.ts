import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sharedConfig } from '../core/config.ts'
import { modelSchema } from './model-schema.ts'
import { checkGraph } from './onnx/inspect.ts'
import { builtInModels, findPackages, type ModelPackage, PackageError, readPackage, sealPackage } from './packages.ts'

/** `npm run models -- list|add|verify|remove|info|seal|schema`: model packages on this machine. */

const usage = `npm run models -- <verb>
  list              packages of this machine, and folders that are no good
  info <id>         what a package says about itself
  verify [<id>]     reads every file again, compares it with model.json and looks the graphs over (opset, weights in place, no NaN)
  add <folder>      verifies a package and copies it into MODELS_DIR
  remove <id>       removes a package from MODELS_DIR
  seal <folder>     writes sizes and hashes of a folder's files into its model.json
  schema            writes the JSON Schema of model.json to worker/model.schema.json`

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
const sizeOf = ({ model }: ModelPackage): number =>
  Object.values(model.files).reduce((sum, file) => sum + file.bytes, 0)

const schemaFile = fileURLToPath(new URL('./model.schema.json', import.meta.url))

const verbs = ['list', 'info', 'verify', 'add', 'remove', 'seal', 'schema']
const misused = (verb: string): string =>
  verbs.includes(verb) ? `"${verb}" of what? Name a package or a folder:` : `there is no "${verb}":`

/** What is wrong with the graphs of a package whose files are whole, or that not every machine can run them. */
async function lookOver({ folder, model }: ModelPackage): Promise<{ trouble?: string; cudaOnly: boolean }> {
  let cudaOnly = false
  try {
    for (const file of Object.keys(model.files))
      if (file.endsWith('.onnx')) cudaOnly = (await checkGraph(join(folder, file), { deep: true })).cudaOnly || cudaOnly
    return { cudaOnly }
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error), cudaOnly }
  }
}

const onlyCuda = 'bfloat16: runs with DEVICE=cuda only'

/** Reads a package where it was said to be. Throws PackageError that names the folder. */
async function wholePackage(folder: string): Promise<ModelPackage> {
  return readPackage(folder).catch((error: unknown) => {
    throw error instanceof PackageError ? new PackageError(`${folder}: ${error.message}`) : error
  })
}

async function main([verb, name]: readonly string[]): Promise<void> {
  const own = resolve(sharedConfig().MODELS_DIR)
  const find = () => findPackages([builtInModels, own])
  if (verb === 'list' || verb === 'verify') {
    const { packages, problems } = await find()
    const wanted = packages.filter(one => !name || one.id === name)
    const bad = problems.filter(problem => !name || basename(problem.folder) === name)
    for (const one of wanted) {
      const looked = verb === 'verify' ? await lookOver(one) : undefined
      const found = looked ? `whole${looked.cudaOnly ? `; ${onlyCuda}` : ''}` : one.folder
      if (looked?.trouble !== undefined) bad.push({ folder: one.folder, reason: looked.trouble })
      else
        say(
          `${one.id.padEnd(28)} ${one.family}/${one.model.variant}  ${megabytes(sizeOf(one))}  ${one.model.licence.name}  ${found}`,
        )
    }
    for (const problem of bad)
      say(`${basename(problem.folder).padEnd(28)} NOT USED: ${problem.reason} (${problem.folder})`)
    if (name && wanted.length + bad.length === 0) throw new PackageError(`there is no package "${name}"`)
    if (verb === 'verify' && bad.length > 0) process.exitCode = 1
  } else if (verb === 'info' && name) {
    const one = (await find()).packages.find(found => found.id === name)
    if (!one) throw new PackageError(`there is no whole package "${name}" (see list)`)
    const { files, ...model } = one.model
    say(JSON.stringify({ folder: one.folder, ...model, files: Object.keys(files).length, bytes: sizeOf(one) }, null, 2))
  } else if (verb === 'add' && name) {
    const given = await wholePackage(resolve(name))
    const { id } = given
    const { trouble, cudaOnly } = await lookOver(given)
    if (trouble !== undefined) throw new PackageError(`${given.folder}: ${trouble}`)
    const target = join(own, id)
    const half = join(own, `.${id}.part`)
    const copy = join(half, id)
    await mkdir(own, { recursive: true })
    await rm(half, { recursive: true, force: true })
    try {
      await cp(given.folder, copy, { recursive: true, dereference: true })
      // What was here before stays until the copy is known to be whole.
      await readPackage(copy)
      await rm(target, { recursive: true, force: true })
      await rename(copy, target)
    } finally {
      await rm(half, { recursive: true, force: true })
    }
    say(`${id} is in ${target}; workers find it when they start${cudaOnly ? ` (${onlyCuda})` : ''}`)
  } else if (verb === 'remove' && name) {
    // What is broken must go as easily as what is whole.
    const { packages, problems } = await findPackages([own])
    const one = [...packages, ...problems].find(({ folder }) => basename(folder) === name)
    if (!one) throw new PackageError(`there is no package "${name}" in ${own}`)
    await rm(one.folder, { recursive: true })
    say(`${name} is removed`)
  } else if (verb === 'seal' && name) {
    const sealed = await sealPackage(resolve(name)).catch((error: unknown) => {
      throw new PackageError(`${resolve(name)}: ${error instanceof Error ? error.message : error}`)
    })
    say(`${sealed.id}: ${Object.keys(sealed.model.files).length} files, ${megabytes(sizeOf(sealed))}`)
  } else if (verb === 'schema') {
    await writeFile(schemaFile, modelSchema())
    say(`${schemaFile} is written`)
  } else {
    if (verb) process.stderr.write(`${misused(verb)}\n`)
    say(usage)
    process.exitCode = verb ? 2 : 0
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
})
