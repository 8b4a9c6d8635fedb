import { describeValue, isPromise, wrongValue } from "../stream/author-value.ts"
import { CloseCode, CloseError } from "./close.ts"
import { type Codec, CodecError, codecOfFrames, unsendable } from "./codec.ts"
import { describeIssues, type Issue } from "./issues.ts"
import { type JsonValue, parseJson } from "./json-value.ts"
import { writeJson } from "./json-writer.ts"

/** A schema of valibot, zod or any other library with the Standard Schema interface, https://standardschema.dev. */
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

/** The options of `json`. */
export interface JsonOptions {
  /**
   * How deep lists and objects of an incoming message may be nested; a deeper message closes with 1003. At least 1. Default 64, as in
   * System.Text.Json. Structured clone, which saves state, fails at some thousands.
   */
  maxDepth?: number
}

/**
 * JSON (RFC 8259) in text or binary frames in, and in text frames out. A message that is not JSON, or is nested more than 64 deep
 * (`maxDepth`), closes with 1003. A Map, a BigInt or a promise in an outgoing element fails the flow with a `TypeError` that names
 * the path.
 *
 * With a schema (valibot's, or any Standard Schema) the flow gets the output of the schema. A message that the schema refuses closes
 * with 1003 and the issues as the reason. A second schema checks outgoing elements: one that it refuses fails the flow with a
 * `TypeError`. Elements are sent as the flow emitted them, not as the second schema transforms them, because a client with the same
 * schema transforms them.
 *
 * @throws a `TypeError` for an argument that is neither a schema nor options; a `RangeError` for a `maxDepth` below 1
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
      throw new CloseError(CloseCode.unsupportedData, describeIssues(result.issues))
    },
    (element: unknown) => {
      const issues = outgoing && validate(outgoing, element).issues
      if (!issues) return writeJson(element)
      if (isPromise(element)) throw unsendable("json", "what its outgoing schema takes", element, "")
      throw new TypeError(`json: the flow emitted what its outgoing schema refuses: ${describeIssues(issues)}`)
    },
    undefined,
    "json",
    "json",
  )
}

type Schema = StandardSchema<unknown, unknown>

/** Sorts the arguments of `json`. Throws a `TypeError` for one that is neither a schema nor options. */
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
