import type { Random } from "../../src/testing/random.ts"

/** One connection to an observed object. */
export interface Observer {
  readonly path: string
  /** The subprotocols that it offers. */
  readonly protocols?: string[]
  /** Its socket is open. */
  open?(send: (frame: string) => void): void
  receive(frame: string): void
  /** Sends its next message, if it has messages of its own. */
  message?(): void
}

/** An object of the kill soak, observed by its clients. */
export interface Observed {
  /** The longest pause between two messages of a client, in milliseconds. */
  readonly pause: number
  /** The process was started anew. */
  restart(): void
  observe(): Observer
  /** The next message of a client; `undefined` if it has nothing to send. */
  message(random: Random): string | undefined
  /** A request by HTTP instead of a message, if there is such an address. Its answer is a frame. */
  ask?(): Observer
  /**
   * For objects with timers: to be called with the last frames received, after a silence of so many milliseconds in which the alarm
   * alone has fired them.
   *
   * @param end when the silence ended
   */
  checkTimers?(end: number, silence: number): void
}
