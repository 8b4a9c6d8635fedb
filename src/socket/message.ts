import { CloseCode, sendable } from "./close.ts"

export interface TextMessage {
  readonly type: "text"
  readonly text: string
}

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

/** What a WebSocket carries. Pings and pongs are answered by the runtime and never seen. */
export type Message = TextMessage | BinaryMessage | CloseMessage

/** Makes messages to send. */
export const Message = {
  text: (text: string): TextMessage => ({ type: "text", text }),
  binary: (bytes: Uint8Array): BinaryMessage => ({ type: "binary", bytes }),
  /** A `RangeError` for a code that must not be sent; the reason is cut to 123 bytes of UTF-8 when it is sent. */
  close: (code: number = CloseCode.normal, reason = ""): CloseMessage => ({
    type: "close",
    code: sendable(code),
    reason,
  }),
}
