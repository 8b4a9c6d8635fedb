import { BufferOverflowError } from "./errors.ts"

/** One event of an event stream (WHATWG HTML, section 9.2). */
export interface ServerSentEvent {
  /** Its type. Default `message`. */
  readonly event: string
  /** Its data. Several lines are joined by `\n`. */
  readonly data: string
  /** The last id of the stream so far, to send as `Last-Event-ID` with the next request; empty for none. */
  readonly id: string
  /** The last reconnection time that the stream has set, in milliseconds; `undefined` for none. */
  readonly retry: number | undefined
}

const lineEnd = /\r\n?|\n/g

/** Parses the text of an event stream, in chunks of any size, into events. */
export class EventStreamParser {
  /** The beginning of a line whose end has not arrived. */
  private line = ""
  /** Whether the last chunk has ended with CR. An LF at the start of the next chunk then belongs to that CR. */
  private hasReturned = false
  private event = ""
  private data: string | undefined
  private id = ""
  private retry: number | undefined
  /** The number of characters of the event so far, without those of `line`. */
  private size = 0

  constructor(private readonly maxEventSize: number) {}

  /** Returns the events that end in this chunk. Throws a `BufferOverflowError` for an event of more than `maxEventSize` characters. */
  push(text: string): ServerSentEvent[] {
    if (text === "") return []
    const chunk = this.hasReturned && text.startsWith("\n") ? text.slice(1) : text
    this.hasReturned = chunk.endsWith("\r")
    const events: ServerSentEvent[] = []
    let start = 0
    for (const { 0: ending, index } of chunk.matchAll(lineEnd)) {
      const line = this.line + chunk.slice(start, index)
      this.line = ""
      start = index + ending.length
      this.grow(line.length)
      const event = line === "" ? this.dispatch() : this.readField(line)
      if (event) events.push(event)
    }
    this.line += chunk.slice(start)
    this.grow(0)
    return events
  }

  private grow(length: number): void {
    this.size += length
    if (this.size + this.line.length <= this.maxEventSize) return
    throw new BufferOverflowError(
      `An event of the stream has more than ${this.maxEventSize} characters: raise the maxEventSize of serverSentEvents`,
    )
  }

  private readField(line: string): undefined {
    const colon = line.indexOf(":")
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1)
    // A comment has an empty name.
    if (name === "data") this.data = this.data === undefined ? value : `${this.data}\n${value}`
    else if (name === "event") this.event = value
    else if (name === "id" && !value.includes("\0")) this.id = value
    else if (name === "retry" && /^[0-9]+$/.test(value)) this.retry = Number(value)
  }

  /** Returns the event, unless it has no data. The id and the reconnection time are kept for the next events. */
  private dispatch(): ServerSentEvent | undefined {
    const { event, data, id, retry } = this
    this.event = ""
    this.data = undefined
    this.size = 0
    return data === undefined ? undefined : { event: event || "message", data, id, retry }
  }
}
