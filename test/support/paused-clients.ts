import { vi } from "vitest"
import { metrics } from "../../src/socket/metrics.ts"
import type { Line } from "./dial.ts"
import { newWorld } from "./durable-worker/world.ts"
import { holdTime, TestObject } from "./test-object.ts"

/** The sockets of objects with clients that do not read. Their buffered amount is above every limit. */
export const paused = new Set<WebSocket>()
let areAllPaused = false

export let place: TestObject
export let world = newWorld()

/** Before each test: an object whose clients read until they are paused. */
export function newPlace(): void {
  vi.restoreAllMocks()
  vi.spyOn(WebSocket.prototype, "bufferedAmount", "get").mockImplementation(function (this: WebSocket) {
    return areAllPaused || paused.has(this) ? 1e9 : 0
  })
  paused.clear()
  areAllPaused = false
  holdTime()
  world = newWorld()
  place = new TestObject("BENCH")
}

/** A client whose object sees a full buffer, as if the client did not read. */
export async function dialPaused(flow: string, query = ""): Promise<Line> {
  const client = await place.dial(`/bench/:id/${flow}?maxBufferedAmount=10${query}`)
  await place.inside((_, state) => {
    const [newest] = state.getWebSockets()
    if (newest) paused.add(newest)
  })
  return client
}

export const texts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `text ${String(from + index).padStart(5, "0")}`)

/** Sends messages, and waits until the last of them has come to the object. */
export async function arrived(client: Line, messages: readonly string[]): Promise<void> {
  const received = () => metrics().get("/bench/:id/:flow/:name?")?.messagesIn ?? 0
  const before = received()
  client.send(...messages)
  while (received() < before + messages.length) await place.arrived()
}

/** Fires the alarm, which polls for clients that read again. */
export async function look(): Promise<void> {
  vi.setSystemTime(Date.now() + 20_000)
  await place.ring(Date.now())
}

/** The mark is low enough for the first message to exceed it. */
export const [first = ""] = texts(1, 1)

/** Pauses every client, or only those in `paused`. */
export function pauseAll(areAll: boolean): void {
  areAllPaused = areAll
}
