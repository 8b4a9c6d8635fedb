import { binary, type Endpoint, Flow, Sink, type SlowReaderStrategy, Source, text, webSocket } from "sluice"
import { Notes } from "./notes.ts"
import type { Query } from "./query.ts"

/** Blocks of random bytes, which cannot be compressed. Each begins with its number. */
const blocks = (count: number, size: number, noted: (number: number) => void) => {
  const random = crypto.getRandomValues(new Uint8Array(size))
  return Source.range(1, count).map((number) => {
    const block = random.slice()
    new DataView(block.buffer).setUint32(0, number)
    noted(number)
    return block
  })
}

const noted = ({ id }: Query) => Notes.of(id ?? "").add
const slow = ({ maxBufferedAmount, slowReader }: Query) => ({
  maxBufferedAmount: Number(maxBufferedAmount),
  slowReader: slowReader as SlowReaderStrategy | undefined,
})
const ping = { request: "ping", response: "pong" }

/** How many blocks were requested, by the test's id. */
const asked = new Map<string, number>()
export const askedFor = (id: string) => asked.get(id) ?? 0

/** The endpoints with guards: against slow readers, silence and other origins. */
export const guarded: Record<string, (query: Query) => Endpoint> = {
  /** The number of blocks in the query, as fast as there is demand. */
  blocks(query) {
    const { count, size, id = "" } = query
    const source = blocks(Number(count), Number(size), (number) => asked.set(id, number))
    return webSocket.endpoint(binary, Flow.fromSinkAndSource(Sink.ignore(), source), { limits: slow(query) })
  },
  "slow-echo": (query) =>
    webSocket.endpoint(binary, Flow.of<Uint8Array>(), { limits: { ...slow(query), maxQueuedMessages: 10_000 } }),

  alive: (query) => webSocket.endpoint(text, Flow.of<string>().log("flow", noted(query)), { autoResponse: ping }),
  idle: (query) =>
    webSocket.endpoint(text, Flow.of<string>().log("flow", noted(query)), {
      autoResponse: ping,
      limits: { idleTimeout: Number(query.timeout) },
    }),

  "same-origin": (query) => webSocket.endpoint(text, Flow.of<string>().log("flow", noted(query))),
  listed: (query) => webSocket.endpoint(text, Flow.of<string>().log("flow", noted(query))),
  "of-the-query": (query) =>
    webSocket.endpoint(
      text,
      Flow.of<string>().map(() => JSON.stringify(query)),
    ),
}
