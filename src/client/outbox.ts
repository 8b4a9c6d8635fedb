import type { Data } from "../socket/codec.ts"

/** The messages of a client, by age: first those that the server has to acknowledge, then those that wait for a connection. */
export interface Outbox<Out> {
  /** Adds a message and its frame, which `frame` makes; resolves when the message is confirmed. */
  add(message: Out, frame: () => Data): Promise<void>
  /** Sends the messages that wait. */
  flush(send: (data: Data) => void): void
  /** Resolves `count` of the oldest messages, and drops them. Default: all that were sent. */
  confirm(count?: number): void
  /** Rejects `count` of the oldest messages, and returns them. Default: all that were sent. */
  reject(reason: Error, count?: number): Out[]
  /** Rejects all messages, and those that come later. */
  close(reason: Error): void
}

export function makeOutbox<Out>(size: number): Outbox<Out> {
  interface Entry {
    message: Out
    data: Data
    resolve(): void
    reject(reason: Error): void
  }
  /** The oldest first. */
  const entries: Entry[] = []
  /** How many of them have been sent. */
  let sent = 0
  let failure: Error | undefined
  const take = (count: number) => {
    sent = Math.max(0, sent - count)
    return entries.splice(0, count)
  }
  const reject = (reason: Error, count = sent) =>
    take(count).map(({ message, reject }) => {
      reject(reason)
      return message
    })
  return {
    add(message, frame) {
      const promise = new Promise<void>((resolve, reject) => {
        const data = frame()
        if (failure) throw failure
        if (entries.length >= size) throw new RangeError(`${size} messages wait already`)
        entries.push({ message, data, resolve, reject })
      })
      // In Node a rejection that is not awaited would end the process.
      promise.catch(() => {})
      return promise
    },
    flush(send) {
      for (const { data } of entries.slice(sent)) send(data)
      sent = entries.length
    },
    confirm(count = sent) {
      for (const { resolve } of take(count)) resolve()
    },
    reject,
    close(reason) {
      failure = reason
      reject(reason, size)
    },
  }
}
