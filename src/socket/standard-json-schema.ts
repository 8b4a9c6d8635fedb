import type { StandardSchema } from "./json.ts"

/** Standard JSON Schema, https://standardschema.dev/json-schema, which a schema may have beside Standard Schema. */
interface Converter {
  readonly jsonSchema?: { input(options: { readonly target: string }): Record<string, unknown> } | undefined
}

/** The JSON Schema of a schema's input. `undefined` if the schema has none, or none for the target. */
export function inputJsonSchema(
  schema: StandardSchema<unknown, unknown>,
  target: "draft-07" | "draft-2020-12",
): Record<string, unknown> | undefined {
  const { jsonSchema }: Converter = schema["~standard"] as Converter
  try {
    return jsonSchema?.input({ target })
  } catch {
    return undefined
  }
}
