import { CloseCode, CloseError } from "./close.ts"
import { type CloseMessage, Message } from "./message.ts"

/** What comes in and goes out in one frame: text or bytes. */
export type Data = string | Uint8Array

/**
 * Between the frames of a WebSocket and the elements of a flow: Play's `MessageFlowTransformer`.
 *
 * @example
 * ```ts
 * const numbers = text.map(Number).contramap(String) // Codec<number, number>
 * ```
 */
export class Codec<In, Out> {
  /**
   * @param decode makes an element of a frame; a `CloseError` it throws closes the socket so
   * @param encode makes a frame, or a close, of an element
   * @param closed makes an element of the peer's close, for flows that want to see it
   */
  constructor(
    readonly decode: (data: Data) => In,
    readonly encode: (element: Out) => Data | CloseMessage,
    readonly closed?: (close: CloseMessage) => In,
  ) {}

  /** The codec whose incoming elements went through `f`. */
  map<B>(f: (element: In) => B): Codec<B, Out> {
    const { decode, closed } = this
    return new Codec((data) => f(decode(data)), this.encode, closed && ((close) => f(closed(close))))
  }

  /** The codec whose outgoing elements go through `f` first. */
  contramap<B>(f: (element: B) => Out): Codec<In, B> {
    const { encode } = this
    return new Codec(this.decode, (element) => encode(f(element)), this.closed)
  }
}

/** Text frames as strings. A binary frame closes with 1003. */
export const text: Codec<string, string> = new Codec(
  (data) => {
    if (typeof data === "string") return data
    throw new CloseError(CloseCode.unsupportedData, "This WebSocket only supports text frames")
  },
  (element) => element,
)

/** Binary frames as bytes. A text frame closes with 1003. */
export const binary: Codec<Uint8Array, Uint8Array> = new Codec(
  (data) => {
    if (typeof data !== "string") return data
    throw new CloseError(CloseCode.unsupportedData, "This WebSocket only supports binary frames")
  },
  (element) => element,
)

/** Every message as it is: text, binary, and the close. A close message sent closes the socket. */
export const messages: Codec<Message, Message> = new Codec(
  (data): Message => (typeof data === "string" ? Message.text(data) : Message.binary(data)),
  (message) => {
    if (message.type === "close") return message
    return message.type === "text" ? message.text : message.bytes
  },
  (close): Message => close,
)
