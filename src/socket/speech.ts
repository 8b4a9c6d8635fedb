import type { TextFormat } from "../session/frame.ts"
import type { Data } from "./codec.ts"
import type { StandardSchema } from "./json.ts"
import type { CloseMessage } from "./message.ts"

/** The part of a codec that a protocol uses: every `Codec` has it. */
export interface FrameCodec<In, Out> {
  /** The name of the codec in errors and documents. */
  readonly name: string
  /** How a session carries its texts: see `Codec`. */
  readonly format?: TextFormat
  readonly decode: (data: Data) => In
  readonly encode: (element: Out) => Data | CloseMessage
}

/** The messages of one direction: JSON that a schema describes, or the elements of a codec. */
export type Speech = StandardSchema<unknown, unknown> | FrameCodec<unknown, never>

/** Whether a direction has a codec. A schema may have `decode` and `encode` too, as those of zod, which take no frames. */
export const isCodec = (speech: Speech): speech is FrameCodec<unknown, never> => !("~standard" in speech)
