import type { Data } from "../socket/codec.ts"

/** The messages that wait for a connection, and those that the server has to acknowledge. */
export interface Outbox<Out> {
  /** Adds a message and its frame, which `frame` makes; resolves when the message is sent, or acknowledged. */
  add(message: Out, frame: () => Data): Promise<void>
  /** Sends what waits. `isKept` where the server acknowledges. */
  flush(send: (data: Data) => void, isKept: boolean): void
  /** The server has so many of the oldest messages for good. */
  confirm(count: number): void
  /** Rejects the messages that were sent and not acknowledged, and returns them. */
  takeUnconfirmed(): Out[]
  /** Rejects what waits, and what comes later. */
  fail(reason: Error): void
}

export function makeOutbox<Out>(size: number): Outbox<Out> {
  interface Entry {
    message: Out
    data: Data
    sent(): void
    failed(reason: Error): void
  }
  const waiting: Entry[] = []
  const unconfirmed: Entry[] = []
  let failure: Error | undefined
  const reject = (entries: Entry[], reason: Error) => {
    const rejected = entries.splice(0)
    for (const { failed } of rejected) failed(reason)
    return rejected.map(({ message }) => message)
  }
  return {
    add(message, frame) {
      const promise = new Promise<void>((sent, failed) => {
        const data = frame()
        if (failure) throw failure
        if (waiting.length + unconfirmed.length >= size) throw new RangeError(`${size} messages wait already`)
        waiting.push({ message, data, sent, failed })
      })
      // In Node a rejection that is not awaited would end the process.
      promise.catch(() => {})
      return promise
    },
    flush(send, isKept) {
      for (const entry of waiting.splice(0)) {
        send(entry.data)
        if (isKept) unconfirmed.push(entry)
        else entry.sent()
      }
    },
    confirm(count) {
      for (const { sent } of unconfirmed.splice(0, count)) sent()
    },
    takeUnconfirmed: () => reject(unconfirmed, new Error("The session is lost")),
    fail(reason) {
      failure = reason
      reject(unconfirmed, reason)
      reject(waiting, reason)
    },
  }
}
