import type { StandardSchema } from "../socket/json.ts"
import { type Components, embedded, type JsonSchema } from "./references.ts"
import { inputJsonSchema } from "./standard-json-schema.ts"
import { type ValibotSchema, valibotSchema } from "./valibot-schema.ts"

/** A JSON Schema, and the checks of the original that it omits. */
export interface Described {
  readonly schema: JsonSchema
  /** What JSON Schema cannot express: the types of checks and transformations. */
  readonly leftOut: readonly string[]
}

/** The JSON Schema of messages on the wire, which are the input of a schema. */
export function describeSchema(schema: StandardSchema<unknown, unknown>, components: Components): Described {
  const leftOut = new Set<string>()
  const converted = isValibot(schema) ? valibotSchema(schema, leftOut) : inputJsonSchema(schema)
  if (!converted) return { schema: {}, leftOut: [`a schema of ${schema["~standard"].vendor}`] }
  return { schema: embedded(asJson(converted), components, leftOut), leftOut: [...leftOut] }
}

/** A schema without values that JSON has not, such as a default of 1n. */
function asJson(schema: unknown): JsonSchema {
  return JSON.parse(JSON.stringify(schema, (_, part) => (typeof part === "bigint" ? undefined : part)))
}

/** The description of the checks that a schema omits; `undefined` if there are none. */
export function leftOutText({ leftOut }: Described): string | undefined {
  return leftOut.length > 0 ? `Not in this schema: ${leftOut.join(", ")}.` : undefined
}

function isValibot(
  schema: StandardSchema<unknown, unknown>,
): schema is StandardSchema<unknown, unknown> & ValibotSchema {
  return schema["~standard"].vendor === "valibot"
}
