import { describeValue, isPromise, wrongValue } from "../stream/author-value.ts"
import { CloseCode, CloseError } from "./close.ts"
import { type Codec, CodecError, codecOfFrames, unsendable } from "./codec.ts"
import { type JsonValue, parseJson } from "./json-value.ts"
import { writeJson } from "./json-writer.ts"

/** What we need of a schema: the interface that valibot's share with others, https://standardschema.dev. */
export interface StandardSchema<Input, Output> {
  readonly "~standard": {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Validation<Output> | Promise<Validation<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

type Validation<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] }

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What is wrong, for the client that sent the value: path and message of each issue. */
function describe(issues: readonly Issue[]): string {
  const dotted = (path: Issue["path"] = []) =>
    path.map((step) => String(typeof step === "object" ? step.key : step)).join(".")
  return JSON.stringify(issues.map(({ message, path }) => ({ path: dotted(path), message })))
}

function validate<Output>(schema: StandardSchema<unknown, Output>, value: unknown): Validation<Output> {
  const result = schema["~standard"].validate(value)
  if (isPromise(result)) {
    throw new CodecError("json: the schema is asynchronous. Validate synchronously here and use mapAsync for the rest.")
  }
  if (typeof result === "object" && result !== null) return result
  throw new CodecError(
    `json: the validate of a schema returned ${describeValue(result)}: { value } or { issues } is wanted`,
  )
}

/** How `json` reads. */
export interface JsonOptions {
  /**
   * How deep lists and objects of a message in may be nested; a deeper one closes with 1003. Default 64, as in System.Text.Json: no
   * message that is written by hand comes near, and structured clone, which keeps state, fails at some thousands.
   */
  maxDepth?: number
}

/**
 * JSON in text or binary frames; text frames out. What is not JSON, or is nested more than 64 deep (`maxDepth`), closes with 1003.
 * What the flow emits must be JSON: a Map, a BigInt or a promise in it fails the flow with a `TypeError` that names the path.
 *
 * With a schema (valibot's, or any Standard Schema) messages in are models: the flow gets what the schema makes of them, and one
 * that it refuses closes with 1003 and the issues as the reason. With a second schema messages out are checked too: one that it
 * refuses fails the flow with a `TypeError`, and one that it takes is sent as the flow emitted it, not as the schema transforms
 * it: the client that has the same schema does that.
 *
 * @example
 * ```ts
 * const InEvent = v.object({ foo: v.string() })
 * const OutEvent = v.object({ bar: v.string() })
 * const codec = json(InEvent, OutEvent) // Codec<{ foo: string }, { bar: string }>
 * const shallow = json(InEvent, OutEvent, { maxDepth: 2 })
 * const untyped = json() // Codec<JsonValue, JsonValue>
 * ```
 */
export function json(options?: JsonOptions): Codec<JsonValue, JsonValue>
export function json<In>(incoming: StandardSchema<unknown, In>, options?: JsonOptions): Codec<In, JsonValue>
export function json<In, Out>(
  incoming: StandardSchema<unknown, In>,
  outgoing: StandardSchema<Out, unknown>,
  options?: JsonOptions,
): Codec<In, Out>
export function json(...given: unknown[]): Codec<unknown, never> {
  const { incoming, outgoing, maxDepth } = settingsOf(given)
  return codecOfFrames(
    (data) => {
      const value = parseJson(data, maxDepth)
      if (!incoming) return value
      const result = validate(incoming, value)
      if (!result.issues) return result.value
      throw new CloseError(CloseCode.unsupportedData, describe(result.issues))
    },
    (element: unknown) => {
      const issues = outgoing && validate(outgoing, element).issues
      if (!issues) return writeJson(element)
      if (isPromise(element)) throw unsendable("json", "what its outgoing schema takes", element, "")
      throw new TypeError(`json: the flow emitted what its outgoing schema refuses: ${describe(issues)}`)
    },
    undefined,
    "json",
    "json",
  )
}

type Schema = StandardSchema<unknown, unknown>

/** The arguments of `json`; an error for what is neither a schema nor options, since nothing would be checked. */
function settingsOf(given: readonly unknown[]): { incoming?: Schema; outgoing?: Schema; maxDepth: number } {
  const last = given.at(-1)
  const hasOptions = given.length > 0 && isOptions(last)
  const schemas = hasOptions ? given.slice(0, -1) : given
  for (const schema of schemas) {
    if (!isSchema(schema))
      throw wrongValue("json takes Standard Schemas and { maxDepth }, and got", schema, "is the schema imported?")
  }
  const [incoming, outgoing] = schemas.filter(isSchema)
  const { maxDepth = 64 } = hasOptions ? last : {}
  if (typeof maxDepth !== "number" || !(maxDepth >= 1)) {
    throw new RangeError(`The maxDepth of json must be at least 1, not ${describeValue(maxDepth)}`)
  }
  return { incoming, outgoing, maxDepth }
}

function isSchema(value: unknown): value is Schema {
  return ((typeof value === "object" && value !== null) || typeof value === "function") && "~standard" in value
}

function isOptions(value: unknown): value is JsonOptions {
  if (typeof value !== "object" || value === null || isSchema(value)) return false
  return Object.keys(value).every((key) => key === "maxDepth")
}
