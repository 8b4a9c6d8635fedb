import { requirePositiveInteger } from "./argument.ts"
import { checkNames, describeValue, wrongValue } from "./author-value.ts"
import { EventStreamParser, type ServerSentEvent } from "./event-stream-parser.ts"

/** The options of `serverSentEvents`. */
export interface ServerSentEventsOptions {
  /** The largest number of characters of one event, comments included; at least 1. Default 1,048,576. */
  maxEventSize?: number
}

/** The part of a `Response` that server-sent events are read from. */
export interface EventStreamResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: ReadableStream<Uint8Array> | null
}

/**
 * Reads the server-sent events of a response, or of a stream of bytes, as the WHATWG specifies: lines end with CR, LF or CRLF, a byte
 * order mark and comments are skipped, and an event without its blank line at the end is discarded. It is an async iterable for
 * `Source.fromAsync`, reads on demand, and can be iterated once. When the stream is cancelled, so is the body.
 *
 * An event of more than `maxEventSize` characters fails the stream with a `BufferOverflowError`.
 *
 * @throws a `TypeError` for a response with another status than 200 or another content type than `text/event-stream`, whose body is left
 * unread, for a value that is neither a response nor a stream, and for an unknown option; a `RangeError` for a
 * `maxEventSize` that is no positive integer
 *
 * @example
 * ```ts
 * const numbers = Source.fromPromise(() => fetch("https://example.com/numbers"))
 *   .flatMapConcat((response) => Source.fromAsync(serverSentEvents(response)))
 *   .map(({ data }) => Number(data))
 * ```
 */
export function serverSentEvents(
  from: EventStreamResponse | ReadableStream<Uint8Array>,
  options: ServerSentEventsOptions = {},
): AsyncIterable<ServerSentEvent> {
  const { maxEventSize = 1_048_576 } = options
  checkNames("serverSentEvents option", options, { maxEventSize })
  const body = bodyOf(from)
  const parser = new EventStreamParser(requirePositiveInteger("serverSentEvents: maxEventSize", maxEventSize))
  return { [Symbol.asyncIterator]: () => new EventIterator(body.getReader(), parser) }
}

/** Not a generator, because the `return` of a generator waits until the body gives the next chunk. */
class EventIterator implements AsyncIterator<ServerSentEvent> {
  private readonly decoder = new TextDecoder()
  private events: ServerSentEvent[] = []

  constructor(
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly parser: EventStreamParser,
  ) {}

  async next(): Promise<IteratorResult<ServerSentEvent, undefined>> {
    while (this.events.length === 0) {
      const { done, value } = await this.reader.read()
      if (done) return { done: true, value: undefined }
      try {
        // Newest first, so that `pop` returns the oldest.
        this.events = this.parser.push(this.decoder.decode(value, { stream: true })).reverse()
      } catch (error) {
        void this.return()
        throw error
      }
    }
    return { done: false, value: this.events.pop() as ServerSentEvent }
  }

  async return(): Promise<IteratorResult<ServerSentEvent, undefined>> {
    this.events = []
    // Ends a pending read. Ignores the rejection of a body that has failed, because the read has rejected with that error.
    await this.reader.cancel().catch(() => {})
    return { done: true, value: undefined }
  }
}

function bodyOf(from: EventStreamResponse | ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  if (isReadable(from)) return from
  if (typeof from !== "object" || from === null || !("body" in from)) {
    throw wrongValue(
      "serverSentEvents takes a response or a stream of bytes, and got",
      from,
      "give it what fetch returns",
    )
  }
  const type = from.headers.get("Content-Type")
  const essence = type?.split(";", 1)[0]?.trim().toLowerCase()
  if (from.status === 200 && essence === "text/event-stream" && from.body) return from.body
  const found = `the status ${from.status} and the content type ${type === null ? "null" : describeValue(type)}`
  throw new TypeError(
    `serverSentEvents takes a response with the status 200 and the content type text/event-stream, and got ${found}: look at response.ok before it`,
  )
}

function isReadable(from: object): from is ReadableStream<Uint8Array> {
  return typeof from === "object" && from !== null && "getReader" in from
}
