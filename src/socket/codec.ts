import type { TextFormat } from "../session/frame.ts"
import { describeValue, isPromise, wrongValue } from "../stream/author-value.ts"
import { CloseCode, CloseError } from "./close.ts"
import { type CloseMessage, isBinaryMessage, isCloseMessage, isTextMessage, Message } from "./message.ts"

/** The payload of one frame: text or bytes. */
export type Data = string | Uint8Array

/** A codec that can decode no frame, for example one with an asynchronous schema. It fails the flow, because the client is not at fault. */
export class CodecError extends TypeError {}

/**
 * Decodes frames to the elements of a flow, and encodes elements to frames: Play's `MessageFlowTransformer`.
 *
 * If `decode` throws a `CloseError`, the socket closes with its code. Any other error closes with 1003. Neither is logged as an error. The
 * metric `decodeErrors` counts both, and `codecErrors` counts only those that are no `CloseError`. If `encode` throws, or returns anything
 * but a frame or a close, the flow fails. An asynchronous schema fails the flow, too.
 *
 * @example
 * ```ts
 * const numbers = text.map(Number).contramap(String) // Codec<number, number>
 * ```
 */
export class Codec<In, Out> {
  /** The frame, or the close, for an element. Text is well-formed: half a surrogate pair becomes U+FFFD. */
  readonly encode: (element: Out) => Data | CloseMessage

  /**
   * @param decode returns the element of a frame
   * @param encode returns the frame, or the close, for an element
   * @param closed returns an element for the peer's close. Default: the flow does not get the close
   * @param name of the codec in errors; `map` and `contramap` keep it
   */
  constructor(
    readonly decode: (data: Data) => In,
    encode: (element: Out) => Data | CloseMessage,
    readonly closed?: (close: CloseMessage) => In,
    readonly name = "a codec of your own",
    /** How the frames of a session carry its texts: `json` where each is JSON itself. */
    readonly format: TextFormat = "text",
  ) {
    this.encode = (element) => frameOf(encode(element), element, name)
  }

  /** A codec that passes decoded elements through `f`. */
  map<B>(f: (element: In) => B): Codec<B, Out> {
    const { decode, closed } = this
    return codecOfFrames(
      (data) => f(decode(data)),
      this.encode,
      closed && ((close) => f(closed(close))),
      this.name,
      this.format,
    )
  }

  /** A codec that passes elements through `f` before it encodes them. */
  contramap<B>(f: (element: B) => Out): Codec<In, B> {
    const { encode } = this
    return codecOfFrames(this.decode, (element: B) => encode(f(element)), this.closed, this.name, this.format)
  }
}

/** A codec whose `encode` is sure to return frames, so that its results are not checked. */
export function codecOfFrames<In, Out>(
  decode: (data: Data) => In,
  encode: (element: Out) => Data | CloseMessage,
  closed: ((close: CloseMessage) => In) | undefined,
  name: string,
  format?: TextFormat,
): Codec<In, Out> {
  return Object.assign(new Codec(decode, encode, closed, name, format), { encode })
}

/** Returns the result of an author's `encode`. Throws a `TypeError` if it is neither a frame nor a close. */
function frameOf(frame: unknown, element: unknown, codec: string): Data | CloseMessage {
  if (typeof frame === "string") return textFrame(frame)
  if (frame instanceof Uint8Array || isCloseMessage(frame)) return frame
  const made = `${codec} encodes to a string, a Uint8Array or Message.close(code, reason), and made of ${describeValue(element)}`
  throw wrongValue(made, frame, isPromise(frame) ? "use mapAsync before it" : "return one of these")
}

/** Well-formed text: the runtime sends half a surrogate pair as it is, and clients close with 1007 for it (RFC 6455 §8.1). */
function textFrame(text: string): string {
  return text.toWellFormed()
}

/** The error for an element that a codec cannot send, or for the part of it at `place`. */
export function unsendable(codec: string, sends: string, part: unknown, remedy: string, place = ""): TypeError {
  const instead = isPromise(part) ? "wait for it with mapAsync" : remedy
  return new TypeError(`${codec} sends ${sends}, and the flow emitted ${describeValue(part)}${place}: ${instead}`)
}

/** Text frames as strings. A binary frame closes with 1003. An element that is no string fails the flow with a `TypeError`. */
export const text: Codec<string, string> = codecOfFrames(
  (data) => {
    if (typeof data === "string") return data
    throw new CloseError(CloseCode.unsupportedData, "This WebSocket only supports text frames")
  },
  (element: unknown) => {
    if (typeof element === "string") return textFrame(element)
    const remedy = ArrayBuffer.isView(element) ? "use binary" : "map it with String, or use json()"
    throw unsendable("text", "strings", element, remedy)
  },
  undefined,
  "text",
)

/** Binary frames as bytes. A text frame closes with 1003. An element that is no `Uint8Array` fails the flow with a `TypeError`. */
export const binary: Codec<Uint8Array, Uint8Array> = codecOfFrames(
  (data) => {
    if (typeof data !== "string") return data
    throw new CloseError(CloseCode.unsupportedData, "This WebSocket only supports binary frames")
  },
  (element: unknown) => {
    if (element instanceof Uint8Array) return element
    throw unsendable("binary", "Uint8Arrays", element, toBytes(element))
  },
  undefined,
  "binary",
)

function toBytes(element: unknown): string {
  if (typeof element === "string") return "map it with TextEncoder, or use text"
  if (ArrayBuffer.isView(element)) return "map it to new Uint8Array(view.buffer, view.byteOffset, view.byteLength)"
  return element instanceof ArrayBuffer ? "map it to new Uint8Array(buffer)" : "map it to a Uint8Array, or use json()"
}

/**
 * Text, binary and close messages, as they are. Sending a close message closes the socket. An element that is no message fails the flow
 * with a `TypeError`.
 */
export const messages: Codec<Message, Message> = codecOfFrames(
  (data): Message => (typeof data === "string" ? Message.text(data) : Message.binary(data)),
  (message: unknown) => {
    if (isCloseMessage(message)) return message
    if (isTextMessage(message)) return textFrame(message.text)
    if (isBinaryMessage(message)) return message.bytes
    throw unsendable("messages", "messages", message, "make it with Message.text, Message.binary or Message.close")
  },
  (close): Message => close,
  "messages",
)
