import { toJsonSchema } from "@valibot/to-json-schema"
import type { StandardSchema } from "../socket/json.ts"
import { validSchema, withoutWrongPattern } from "./valid-schema.ts"
import { isNonNull, isTuple, shortest, wireSchema } from "./wire-schema.ts"

/** A JSON Schema, and the checks of the original that it omits. */
export interface Described {
  readonly schema: Record<string, unknown>
  /** The types of checks and transformations that JSON Schema cannot express. */
  readonly leftOut: readonly string[]
}

/** Where the schemas go that a schema refers to, such as itself: to `components.schemas` of the document. */
export interface Components {
  readonly schemas: Record<string, unknown>
  /** The beginning of their names, which no other schema of the document has. */
  readonly prefix: string
}

type ValibotSchema = Parameters<typeof toJsonSchema>[0]

/** The transformations that change types and no values. */
const isForTypes = /^(brand|flavor|readonly)$/

/** The JSON Schema of messages on the wire, which are the input of a schema. */
export function describeSchema(schema: StandardSchema<unknown, unknown>, { schemas, prefix }: Components): Described {
  if (!isValibot(schema)) {
    return { schema: {}, leftOut: [`a schema of ${schema["~standard"].vendor}`] }
  }
  const leftOut = new Set(transformations(schema).filter((type) => !isForTypes.test(type)))
  // The references of AsyncAPI begin at the root of the document.
  const named = (id: string) => `${prefix}-${id.replaceAll(/[^\w-]/g, "-")}`
  const { $schema, $defs, ...converted } = toJsonSchema(wireSchema(schema), {
    typeMode: "input",
    errorMode: "ignore",
    overrideAction: ({ valibotAction, jsonSchema, errors }) => {
      const described = withoutWrongPattern(jsonSchema, valibotAction)
      const isLost = described !== jsonSchema || errors?.some((error) => !error.startsWith("RegExp flags"))
      if (isLost && !isForTypes.test(valibotAction.type)) leftOut.add(valibotAction.type)
      return described
    },
    overrideSchema: ({ valibotSchema, jsonSchema, errors }) => {
      // Of a record it reports any keys that are not plain strings, and describes them.
      if (errors && valibotSchema.type !== "record") leftOut.add(valibotSchema.type)
      return validSchema({
        ...jsonSchema,
        ...(isTuple(valibotSchema) && { minItems: shortest(valibotSchema) }),
        ...(isNonNull(valibotSchema) && { not: { type: "null" } }),
      })
    },
    overrideRef: ({ referenceId }) => `#/components/schemas/${named(referenceId)}`,
  })
  for (const [id, definition] of Object.entries($defs ?? {})) schemas[named(id)] = asJson(definition)
  return { schema: asJson(converted), leftOut: [...leftOut] }
}

/** A schema without values that JSON has not, such as a default of 1n. */
function asJson(schema: unknown): Record<string, unknown> {
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

/** The types of the transformations in a schema and in its parts. The conversion ends a pipe with them, and does not report them. */
function transformations(part: unknown, seen = new Set<unknown>()): string[] {
  if (typeof part !== "object" || part === null || seen.has(part)) return []
  seen.add(part)
  const { kind, type, getter }: { kind?: unknown; type?: unknown; getter?: unknown } = part
  const parts = Object.values(part)
  if (typeof getter === "function" && !seen.has(getter)) parts.push(getter())
  seen.add(getter)
  const inner = parts.flatMap((one) => transformations(one, seen))
  return kind === "transformation" ? [String(type), ...inner] : inner
}
