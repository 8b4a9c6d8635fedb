import type { Data } from "../socket/codec.ts"
import type { ClientSocket } from "./options.ts"

/** The messages that wait for a connection. Those that the server has to acknowledge will wait here, too. */
export interface Outbox {
  /** Adds the message that `frame` makes; resolves when a socket has it. */
  add(frame: () => Data): Promise<void>
  /** Sends what waits, if the socket is open. */
  flush(socket: ClientSocket | undefined): void
  /** Rejects what waits, and what comes later. */
  fail(reason: Error): void
}

const isOpen = 1

export function makeOutbox(size: number): Outbox {
  const waiting: { data: Data; sent: () => void; failed: (reason: Error) => void }[] = []
  let failure: Error | undefined
  return {
    add(frame) {
      const promise = new Promise<void>((sent, failed) => {
        const data = frame()
        if (failure) throw failure
        if (waiting.length >= size) throw new RangeError(`${size} messages wait already`)
        waiting.push({ data, sent, failed })
      })
      // In Node a rejection that is not awaited would end the process.
      promise.catch(() => {})
      return promise
    },
    flush(socket) {
      if (socket?.readyState !== isOpen) return
      for (const { data, sent } of waiting.splice(0)) {
        socket.send(data as string)
        sent()
      }
    },
    fail(reason) {
      failure = reason
      for (const { failed } of waiting.splice(0)) failed(reason)
    },
  }
}
