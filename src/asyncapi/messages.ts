import { isCodec, type Speech } from "../socket/speech.ts"
import { payloadsOf } from "./examples.ts"
import { describeSchema, leftOutText } from "./json-schema.ts"
import { distinctNames } from "./names.ts"
import { type Components, hasReference, type JsonSchema } from "./references.ts"

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
  const payloads = payloadsOf(speech, examples)
  if (isCodec(speech)) return [{ name, ...ofCodec(speech.name), ...shown(payloads) }]
  const described = describeSchema(speech, components)
  const leftOut = leftOutText(described)
  const contentType = "application/json"
  const { description } = described.schema
  const branches = branchesOf(described.schema)
  const key = discriminator(branches)
  if (key === undefined)
    return [{ name, contentType, description: leftOut, payload: described.schema, ...shown(payloads) }]
  const values = branches.map((branch) => valuesOf(branch, key))
  const names = distinctNames(values.map((all) => all.join("-or-") || name))
  // The description of the variant is in no branch.
  const texts = [description, leftOut].filter((text) => text !== undefined)
  return branches.map((payload, at) => ({
    name: names[at] ?? name,
    contentType,
    ...(texts.length > 0 && { description: texts.join("\n\n") }),
    payload,
    ...shown(payloads.filter((example) => values[at]?.includes(textAt(example, key)))),
  }))
}

function shown(payloads: readonly unknown[]): Pick<MessageObject, "examples"> {
  // AsyncAPI's tools replace a part with the key `$ref` by the file or part of the document that it names.
  const examples = payloads.filter((payload) => !hasReference(payload)).map((payload) => ({ payload }))
  return examples.length > 0 ? { examples } : {}
}

function ofCodec(name: string): Pick<MessageObject, "contentType" | "payload" | "description"> {
  if (name === "text") return { contentType: "text/plain", payload: { type: "string" } }
  if (name === "binary")
    return { contentType: "application/octet-stream", payload: { type: "string", format: "binary" } }
  if (name === "json") return { contentType: "application/json", payload: {}, description: "Any JSON value." }
  return { contentType: "application/octet-stream", payload: {}, description: `As ${name} encodes it.` }
}

function branchesOf({ anyOf, oneOf }: JsonSchema): JsonSchema[] {
  return [anyOf, oneOf].find(Array.isArray) ?? []
}

/** The key that each branch needs, and whose values differ in each. */
function discriminator(branches: readonly JsonSchema[]): string | undefined {
  const [first] = branches
  return Object.keys((first?.properties as object) ?? {}).find((key) => {
    const all = branches.map((branch) => valuesOf(branch, key))
    return all.every((values) => values.length > 0) && new Set(all.flat()).size === all.flat().length
  })
}

function valuesOf({ properties, required }: JsonSchema, key: string): string[] {
  if (!Array.isArray(required) || !required.includes(key)) return []
  const property = (properties as Record<string, { const?: unknown; enum?: unknown[] }> | undefined)?.[key]
  const values = property?.enum ?? [property?.const]
  return values.every((value) => typeof value === "string") ? values : []
}

function textAt(example: unknown, key: string): string {
  return typeof example === "object" && example !== null ? String((example as Record<string, unknown>)[key]) : ""
}
