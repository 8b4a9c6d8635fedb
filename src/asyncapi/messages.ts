import { isCodec, type Speech } from "../socket/speech.ts"
import { type Components, describeSchema, leftOutText } from "./json-schema.ts"

/** A message of a channel, as AsyncAPI has it. */
export interface MessageObject {
  readonly name: string
  readonly contentType: string
  readonly description?: string
  readonly payload: Record<string, unknown>
  readonly examples?: readonly { readonly payload: unknown }[]
}

/** The messages of one direction. Those of a variant are named after the values of its discriminator. */
export function messagesOf(
  speech: Speech,
  name: string,
  components: Components,
  examples: readonly unknown[] = [],
): MessageObject[] {
  const shown = examples.length > 0 ? { examples: examples.map((payload) => ({ payload })) } : {}
  if (isCodec(speech)) return [{ name, ...ofCodec(speech.name), ...shown }]
  const described = describeSchema(speech, components)
  const description = leftOutText(described)
  const contentType = "application/json"
  const branches = branchesOf(described.schema)
  const key = discriminator(branches)
  if (key === undefined) return [{ name, contentType, description, payload: described.schema, ...shown }]
  return branches.map((payload) => {
    const values = valuesOf(payload, key)
    const own = examples.filter((example) => values.includes(textAt(example, key)))
    return {
      name: values.join("-or-"),
      contentType,
      description,
      payload,
      ...(own.length > 0 && { examples: own.map((example) => ({ payload: example })) }),
    }
  })
}

function ofCodec(name: string): Pick<MessageObject, "contentType" | "payload" | "description"> {
  if (name === "text") return { contentType: "text/plain", payload: { type: "string" } }
  if (name === "binary")
    return { contentType: "application/octet-stream", payload: { type: "string", format: "binary" } }
  if (name === "json") return { contentType: "application/json", payload: {}, description: "Any JSON value." }
  return { contentType: "application/octet-stream", payload: {}, description: `As ${name} encodes it.` }
}

type JsonSchema = Record<string, unknown>

function branchesOf({ oneOf, anyOf }: JsonSchema): JsonSchema[] {
  const branches = oneOf ?? anyOf
  return Array.isArray(branches) ? branches : []
}

/** The key whose values differ in each branch. */
function discriminator(branches: readonly JsonSchema[]): string | undefined {
  const [first] = branches
  return Object.keys((first?.properties as object) ?? {}).find((key) => {
    const all = branches.map((branch) => valuesOf(branch, key))
    return all.every((values) => values.length > 0) && new Set(all.flat()).size === all.flat().length
  })
}

function valuesOf({ properties }: JsonSchema, key: string): string[] {
  const property = (properties as Record<string, { const?: unknown; enum?: unknown[] }> | undefined)?.[key]
  const values = property?.enum ?? [property?.const]
  return values.every((value) => typeof value === "string") ? values : []
}

function textAt(example: unknown, key: string): string {
  return typeof example === "object" && example !== null ? String((example as Record<string, unknown>)[key]) : ""
}
