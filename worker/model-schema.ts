import { z } from 'zod'
import { StageSettings } from './families/stage/package.ts'
import { WanSettings } from './families/wan/settings.ts'
import { ModelJson } from './model-json.ts'

/** The JSON Schema of model.json (draft 2020-12), published as worker/model.schema.json; `settings` by family. */
export function modelSchema(): string {
  const { $schema, ...model } = z.toJSONSchema(ModelJson, { io: 'input' })
  const settings = (family: string, schema: z.ZodType) => {
    const { $schema: _, ...inner } = z.toJSONSchema(schema, { io: 'input' })
    return {
      if: { properties: { family: { const: family } } },
      // biome-ignore lint/suspicious/noThenProperty: it is a key of JSON Schema
      then: { properties: { settings: inner }, required: ['settings'] },
    }
  }
  const schema = {
    $schema,
    title: 'model.json of a Threadreel model package',
    ...model,
    allOf: [settings('wan', WanSettings), settings('stage', StageSettings)],
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}
