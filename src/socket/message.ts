import { wrongValue } from "../stream/author-value.ts"
import { CloseCode, checkedReason, sendable } from "./close.ts"

/** A text frame. */
export interface TextMessage {
  readonly type: "text"
  readonly text: string
}

/** A binary frame. */
export interface BinaryMessage {
  readonly type: "binary"
  readonly bytes: Uint8Array
}

/** A close, sent or received. Received ones may carry 1005 (closed without a code) or 1006 (the connection dropped). */
export interface CloseMessage {
  readonly type: "close"
  readonly code: number
  readonly reason: string
}

/** A message of a WebSocket. The runtime answers pings, and a flow gets neither pings nor pongs. */
export type Message = TextMessage | BinaryMessage | CloseMessage

/** Makes messages to send. Throws a `TypeError` for a text, bytes or a reason of a wrong type. */
export const Message = {
  text(text: string): TextMessage {
    if (typeof text === "string") return { type: "text", text }
    throw wrongValue("Message.text takes a string, and got", text, "map it with String or JSON.stringify")
  },
  binary(bytes: Uint8Array): BinaryMessage {
    if (bytes instanceof Uint8Array) return { type: "binary", bytes }
    throw wrongValue("Message.binary takes a Uint8Array, and got", bytes, "make it new Uint8Array(buffer)")
  },
  /** Throws a `RangeError` for a code that must not be sent. The reason is cut to 123 bytes of UTF-8 when it is sent. */
  close: (code: number = CloseCode.normal, reason = ""): CloseMessage => ({
    type: "close",
    code: sendable(code),
    reason: checkedReason(reason),
  }),
}

const fields = (
  value: unknown,
): { type?: unknown; text?: unknown; bytes?: unknown; code?: unknown; reason?: unknown } =>
  typeof value === "object" && value !== null ? value : {}

export function isTextMessage(value: unknown): value is TextMessage {
  const { type, text } = fields(value)
  return type === "text" && typeof text === "string"
}

export function isBinaryMessage(value: unknown): value is BinaryMessage {
  const { type, bytes } = fields(value)
  return type === "binary" && bytes instanceof Uint8Array
}

export function isCloseMessage(value: unknown): value is CloseMessage {
  const { type, code, reason } = fields(value)
  return type === "close" && typeof code === "number" && typeof reason === "string"
}
