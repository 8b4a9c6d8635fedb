import type { TextFormat } from "../session/frame.ts"
import type { Data } from "./codec.ts"
import type { StandardSchema } from "./json.ts"
import type { CloseMessage } from "./message.ts"

/** What a codec is to a protocol: every `Codec` is one. */
export interface FrameCodec<In, Out> {
  /** What the codec is called in errors and documents. */
  readonly name: string
  /** How a session carries its texts: see `Codec`. */
  readonly format?: TextFormat
  readonly decode: (data: Data) => In
  readonly encode: (element: Out) => Data | CloseMessage
}

/** What goes one way over a WebSocket: JSON that a schema describes, or the elements of a codec. */
export type Speech = StandardSchema<unknown, unknown> | FrameCodec<unknown, never>
