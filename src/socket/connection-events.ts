import type { Data } from "./codec.ts"
import type { CloseMessage } from "./message.ts"

/** An encoded element. */
export type Frame = Data | CloseMessage

/** The part of a connection that the two ends of its flow, the inbox and the outbox, call. */
export interface ConnectionEvents<Out> {
  /** The frame, or the close, of an element; `undefined` if the connection is closed. */
  encode(element: Out): Frame | undefined
  /** Sends a frame, or closes. */
  send(frame: Frame): void
  /** Whether more bytes are buffered for the client than its limit. */
  isSlow(): boolean
  /** Whether a slow client has to be polled. */
  readonly isPolled: boolean
  /** A slow client has caught up, so a state that was too large to be stored may be stored now. */
  onCaughtUp?(): void
  onMessagesDropped(count: number): void
  /** The flow has cancelled its input. */
  onInputCancelled(): void
  /** The flow has completed its output. */
  onOutputComplete(): void
  /** The flow has not ended in time after its socket was closed. */
  onDrainTimeout(): void
  /** Closes the socket because of an error. */
  fail(error: unknown): void
}
