import { escaped } from "./names.ts"

/** Any JSON Schema, by its keywords. */
export type JsonSchema = Record<string, unknown>

/** Where the schemas go that a schema refers to, such as itself: to `components.schemas` of the document. */
export interface Components {
  readonly schemas: Record<string, unknown>
  /** The beginning of their names, which no other schema of the document has. */
  readonly prefix: string
}

/** The keywords whose value is a map of schemas, and those whose value is data. */
const maps = new Set(["properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentSchemas"])
const data = new Set(["default", "const", "enum", "examples", "required", "type"])

/**
 * A JSON Schema for the place that it has in a document, where a reference begins at the root of the document. A property named `$ref` is
 * described by a pattern, because AsyncAPI's tools take each object with this key for a reference.
 *
 * @param leftOut gets the keywords that are left out, because their data has this key
 */
export function embedded(
  { $schema, $id, $defs, definitions, ...root }: JsonSchema,
  { schemas, prefix }: Components,
  leftOut: Set<string>,
): JsonSchema {
  const named = (id: string) => `${prefix}-${id.replaceAll(/[^\w-]/g, "-")}`
  let refersToRoot = false
  const target = (reference: string): string => {
    const [, id, inside = ""] = /^#\/(?:\$defs|definitions)\/([^/]+)(.*)$/.exec(reference) ?? []
    if (id !== undefined) return `#/components/schemas/${named(unescaped(id))}${inside}`
    if (reference !== "#" && !reference.startsWith("#/")) return reference
    refersToRoot = true
    return `#/components/schemas/${escaped(prefix)}${reference.slice(1)}`
  }
  const moved = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(moved)
    if (typeof part !== "object" || part === null) return part
    const entries = Object.entries(withPattern(part)).flatMap(([key, value]) => {
      if (key === "$ref" && typeof value === "string") return [[key, target(value)]]
      if (maps.has(key)) return [[key, mapped(value, moved)]]
      if (!data.has(key)) return [[key, moved(value)]]
      if (!hasReference(value)) return [[key, value]]
      leftOut.add(key)
      return []
    })
    return Object.fromEntries(entries)
  }
  for (const [id, definition] of Object.entries({ ...(definitions as object), ...($defs as object) }))
    schemas[named(id)] = moved(definition)
  const schema = moved(root) as JsonSchema
  if (refersToRoot) schemas[prefix] = schema
  return schema
}

/** Whether AsyncAPI's tools take a value, or a part of it, for a reference. */
export function hasReference(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false
  return Object.hasOwn(value, "$ref") || Object.values(value).some(hasReference)
}

/** A schema in which a pattern stands for the property `$ref`. */
function withPattern(schema: { properties?: unknown; patternProperties?: unknown }): object {
  const { properties, patternProperties } = schema
  if (typeof properties !== "object" || properties === null || !("$ref" in properties)) return schema
  const { $ref, ...others } = properties
  return { ...schema, properties: others, patternProperties: { ...(patternProperties as object), "^\\$ref$": $ref } }
}

function mapped(map: unknown, each: (part: unknown) => unknown): unknown {
  if (typeof map !== "object" || map === null) return map
  return Object.fromEntries(Object.entries(map).map(([key, part]) => [key, each(part)]))
}

/** The opposite of `escaped`. */
function unescaped(key: string): string {
  return decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~")
}
