import type { StandardSchema } from "../socket/json.ts"

/** Standard JSON Schema, https://standardschema.dev/json-schema, which a schema may have beside Standard Schema. */
interface Converter {
  readonly jsonSchema?: { input(options: { readonly target: string }): Record<string, unknown> } | undefined
}

/** The JSON Schema of a schema's input, in draft 07. `undefined` if the schema has none. */
export function inputJsonSchema(schema: StandardSchema<unknown, unknown>): Record<string, unknown> | undefined {
  const { jsonSchema }: Converter = schema["~standard"] as Converter
  try {
    return jsonSchema?.input({ target: "draft-07" })
  } catch {
    return undefined
  }
}
