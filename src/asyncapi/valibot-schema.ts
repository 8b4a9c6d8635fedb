import { toJsonSchema } from "@valibot/to-json-schema"
import { appliedAfter, isForTypes } from "./pipes.ts"
import { validSchema, withoutWrongPattern } from "./valid-schema.ts"
import { isNonNull, isTuple, shortest, wireSchema } from "./wire-schema.ts"

export type ValibotSchema = Parameters<typeof toJsonSchema>[0]

/** The JSON Schema of the input of valibot's schema. `leftOut` gets the types of checks and transformations that it does not express. */
export function valibotSchema(schema: ValibotSchema, leftOut: Set<string>): Record<string, unknown> {
  for (const type of appliedAfter(schema)) leftOut.add(type)
  const converted = toJsonSchema(wireSchema(schema), {
    typeMode: "input",
    errorMode: "ignore",
    overrideAction: ({ valibotAction, jsonSchema, errors }) => {
      const described = withoutWrongPattern(jsonSchema, valibotAction)
      const isLost = described !== jsonSchema || errors?.some((error) => !error.startsWith("RegExp flags"))
      if (isLost && !isForTypes(valibotAction)) leftOut.add(valibotAction.type)
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
  })
  return { ...converted }
}
