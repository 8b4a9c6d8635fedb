import type { TextFormat } from "../session/frame.ts"
import type { Data } from "../socket/codec.ts"
import type { Issue } from "../socket/issues.ts"
import type { StandardSchema } from "../socket/json.ts"
import type { Speech } from "../socket/speech.ts"

interface Validation {
  readonly value?: unknown
  readonly issues?: readonly Issue[]
}

/** The frame of a message: the schema checks it, and it goes out as it is; the server transforms it. */
export function frameOf(speech: Speech, message: unknown): Data {
  if ("encode" in speech) return speech.encode(message as never) as Data
  validated(speech, message)
  return JSON.stringify(message)
}

/** The message in a frame, as the schema transforms it. */
export function messageOf(speech: Speech, data: Data): unknown {
  return "decode" in speech ? speech.decode(data) : validated(speech, JSON.parse(data as string))
}

/** The message that a frame of a session carries: a JSON value where texts are JSON. */
export function messageIn(speech: Speech, format: TextFormat, carried: unknown): unknown {
  if (format === "text" || carried instanceof Uint8Array) return messageOf(speech, carried as Data)
  return "decode" in speech ? speech.decode(JSON.stringify(carried)) : validated(speech, carried)
}

/** How a session carries the texts of a protocol. */
export function formatOf(receives: Speech, sends: Speech): TextFormat {
  const isJson = (speech: Speech) => !("decode" in speech) || speech.format === "json"
  return isJson(receives) && isJson(sends) ? "json" : "text"
}

/** The server refuses a schema that is asynchronous. */
function validated(schema: StandardSchema<unknown, unknown>, value: unknown): unknown {
  const result = schema["~standard"].validate(value) as Validation
  if (!result.issues) return result.value
  throw new TypeError(result.issues.map(({ message }) => message).join("; "), { cause: result.issues })
}
