import type { CloseCode, Closes, FinalCode } from "../protocol/elements.ts"

/** `connecting` until there is a connection, and again when it is lost; `closed` for good. */
export type Status = "connecting" | "open" | "closed"

/** How a connection, or the client, has ended. */
export interface Closed<Code extends number = number> {
  readonly code: Code
  readonly reason: string
}

/** The events of a client. */
export interface ClientEvents<In, Out = unknown> {
  message: In
  status: Status
  /** A connection has ended. Unless that is final, the client connects again. */
  close: Closed & { readonly wasClean: boolean }
  /**
   * The server no longer has the session: its messages since the socket was lost are missing, and it may or may not have handled these of
   * the client. Their `send` rejects.
   */
  resync: { readonly unconfirmed: readonly Out[] }
  /**
   * The URL, the headers or the socket could not be made, the server has not answered the handshake, or it has sent a frame that contradicts
   * the session. The client tries again.
   */
  error: unknown
}

/**
 * The client of a protocol, made by `connect`: one connection after the other, until one side closes for good. It connects again
 * at random within 100 ms, then within twice as much each time up to 20 s, and at once when the page is back, shown or online.
 */
export interface Client<In, Out, Codes extends Closes = Closes> extends AsyncIterable<In, void> {
  readonly status: Status
  /** The subprotocol that the server has selected. */
  readonly subprotocol: string
  /** The end of the client, by either side. */
  readonly closed: Promise<Closed<FinalCode<Codes>>>
  /**
   * Calls `listener` for each event of a type. The returned function removes the listener. An error that the listener throws is reported as
   * uncaught, and affects neither the client nor other listeners.
   */
  on<Type extends keyof ClientEvents<In, Out>>(
    type: Type,
    listener: (value: ClientEvents<In, Out>[Type]) => void,
  ): () => void
  /**
   * Sends a message, as soon as there is a connection. Resolves when it has gone to the socket, or with a session when the server has
   * it for good. Rejects for a message that the schema refuses, when `bufferSize` messages wait, and when the client is closed before.
   */
  send(message: Out): Promise<void>
  /** Closes for good; with 1005, without a code. A reason over 123 bytes of UTF-8 is cut. Messages that come later are dropped. */
  close(code?: CloseCode<Codes>, reason?: string): void
  /** The messages from now on, until the client is closed; an error for a loop that falls behind by more than `bufferSize` messages. */
  [Symbol.asyncIterator](): AsyncGenerator<In, void>
}
