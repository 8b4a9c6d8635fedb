import type { toJsonSchema } from "@valibot/to-json-schema"

/** A JSON Schema, as the converter of valibot makes it. */
type Converted = ReturnType<typeof toJsonSchema>

/**
 * The same schema without empty lists, which JSON Schema forbids, with each value of an `enum` once, and with `anyOf` for `oneOf`:
 * of a variant's options valibot takes the first that fits, and another one may fit, too.
 */
export function validSchema({ oneOf, ...schema }: Converted): Converted {
  const { items, additionalItems, enum: values, anyOf = oneOf } = schema
  if ([values, anyOf].some((list) => list?.length === 0)) return { not: {} }
  if (values) return { ...schema, enum: [...new Set(values)] }
  if (anyOf) return { ...schema, anyOf }
  if (!Array.isArray(items) || items.length > 0) return schema
  return { type: "array", ...(additionalItems !== undefined && { items: additionalItems }) }
}

/** The same schema without the pattern of a check that means another one: in JSON Schema a pattern has no flags, and is for texts. */
export function withoutWrongPattern(schema: Converted, check: object): Converted {
  const { pattern, ...rest } = schema
  const requirement = "requirement" in check ? check.requirement : undefined
  const hasFlags =
    requirement instanceof RegExp && /[imsv]/.test(requirement.flags) && requirement.source === schema.pattern
  return pattern !== undefined && (hasFlags || schema.type === "array") ? rest : schema
}
