import { CloseCode, CloseError } from "./close.ts"
import { Codec, type Data } from "./codec.ts"

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

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

function parse(data: Data): JsonValue {
  try {
    return JSON.parse(
      typeof data === "string" ? data : new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(data),
    )
  } catch {
    throw new CloseError(CloseCode.unsupportedData, "Unable to parse json message")
  }
}

/** What is wrong, for whoever sent the value: path and message of each issue. */
function describe(issues: readonly Issue[]): string {
  const dotted = (path: Issue["path"] = []) =>
    path.map((step) => String(typeof step === "object" ? step.key : step)).join(".")
  return JSON.stringify(issues.map(({ message, path }) => ({ path: dotted(path), message })))
}

function validate<Output>(schema: StandardSchema<unknown, Output>, value: unknown): Validation<Output> {
  const result = schema["~standard"].validate(value)
  if (!(result instanceof Promise)) return result
  throw new TypeError("json: the schema is asynchronous. Validate synchronously here and use mapAsync for the rest.")
}

const values: Codec<JsonValue, JsonValue> = new Codec(parse, (value) => JSON.stringify(value))

/**
 * JSON in text or binary frames; text frames out. What is not JSON closes with 1003.
 *
 * With two schemas (valibot's, or any Standard Schema) messages are models: a message in that the first one refuses closes
 * with 1003 and the issues as the reason; a message out that the second one refuses fails the flow with a `TypeError`.
 *
 * @example
 * ```ts
 * const InEvent = v.object({ foo: v.string() })
 * const OutEvent = v.object({ bar: v.string() })
 * const codec = json(InEvent, OutEvent) // Codec<{ foo: string }, { bar: string }>
 * ```
 */
export function json(): Codec<JsonValue, JsonValue>
export function json<In, Out>(
  incoming: StandardSchema<unknown, In>,
  outgoing: StandardSchema<Out, unknown>,
): Codec<In, Out>
export function json<In, Out>(
  incoming?: StandardSchema<unknown, In>,
  outgoing?: StandardSchema<Out, unknown>,
): Codec<JsonValue, JsonValue> | Codec<In, Out> {
  if (!incoming || !outgoing) return values
  return new Codec(
    (data) => {
      const result = validate(incoming, parse(data))
      if (!result.issues) return result.value
      throw new CloseError(CloseCode.unsupportedData, describe(result.issues))
    },
    (element: Out) => {
      const result = validate(outgoing, element)
      if (!result.issues) return JSON.stringify(result.value)
      throw new TypeError(`json: the message to send is not what its schema says: ${describe(result.issues)}`)
    },
  )
}
