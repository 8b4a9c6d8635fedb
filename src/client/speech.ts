import type { Data } from "../socket/codec.ts"
import type { Issue } from "../socket/issues.ts"
import type { StandardSchema } from "../socket/json.ts"
import { isCodec, type Speech } from "../socket/speech.ts"

interface Validation {
  readonly value?: unknown
  readonly issues?: readonly Issue[]
}

/**
 * The frame of a message. The schema checks the message as the server reads it, since JSON changes a Date, a Map or Infinity. It is sent
 * unchanged, because the server transforms it.
 */
export function frameOf(speech: Speech, message: unknown): Data {
  const isJson = !isCodec(speech)
  const frame: unknown = isJson ? JSON.stringify(message) : speech.encode(message as never)
  if (typeof frame === "string") {
    if (isJson) messageOf(speech, frame)
    return frame
  }
  // A copy, because the message may wait, and a WebSocket allows its caller to use the buffer again at once.
  if (frame instanceof Uint8Array) return new Uint8Array(frame)
  throw new TypeError(`${message} is no message: to close, call close`)
}

/** The message in a frame, as the schema transforms it. */
export function messageOf(speech: Speech, data: Data): unknown {
  return isCodec(speech) ? speech.decode(data) : validated(speech, JSON.parse(data as string))
}

/** The output of the schema for a value. The server refuses an asynchronous schema. */
export function validated(schema: StandardSchema<unknown, unknown>, value: unknown): unknown {
  const result = schema["~standard"].validate(value) as Validation
  if (!result.issues) return result.value
  throw new TypeError(result.issues.map(({ message }) => message).join("; "), { cause: result.issues })
}
