import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

/** The buffered amount of each socket of an object; 0 for all others. */
const waiting = new Map<WebSocket, number>()
const mark = 10

let object: TestObject
let speaker: Line
let world = newWorld()

beforeEach(async () => {
  vi.restoreAllMocks()
  vi.spyOn(WebSocket.prototype, "bufferedAmount", "get").mockImplementation(function (this: WebSocket) {
    return waiting.get(this) ?? 0
  })
  waiting.clear()
  holdTime()
  object = new TestObject("BENCH")
  speaker = await object.dial("/bench/:id/publish")
})

/** Two hibernating clients of a hub. The first has this buffered amount. */
async function hibernating(bytes: number): Promise<{ socket: WebSocket; client: Line; other: Line }> {
  const client = await object.dial(`/bench/:id/guarded-news?maxBufferedAmount=${mark}`)
  const other = await object.dial(`/bench/:id/guarded-news?maxBufferedAmount=${mark}`)
  await object.sleep()
  const socket = await object.inside((_, state) => state.getWebSockets()[1])
  if (!socket) throw new Error("There is no socket")
  waiting.set(socket, bytes)
  world = newWorld()
  return { socket, client, other }
}

describe("a hibernating client", () => {
  it("is sent nothing while its buffer is above the mark (fault 4)", async () => {
    const { socket, client, other } = await hibernating(mark + 1)
    const send = vi.spyOn(WebSocket.prototype, "send")
    speaker.send("a", "b")
    expect(await other.next(2)).toEqual(["a", "b"])
    expect(send.mock.contexts.filter((context) => context === socket)).toEqual([])
    waiting.clear()
    speaker.send("c")
    expect(await client.next(3)).toEqual(["a", "b", "c"])
  })

  it("is sent everything without its flow while its buffer is not above the mark", async () => {
    const { client } = await hibernating(mark)
    speaker.send("a", "b")
    expect(await client.next(2)).toEqual(["a", "b"])
    // The flow of the sender.
    expect(world.built).toBe(1)
  })
})

describe("a slow client with dropHead", () => {
  // The timers that poll a slow client keep its object in memory, so they never fire here.
  beforeEach(() => vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() }))

  it("gets its waiting messages when its object was evicted after each message", async () => {
    const client = await object.dial(`/bench/:id/guarded?maxBufferedAmount=${mark}&slowReader=dropHead`)
    const [newest] = await object.inside((_, state) => state.getWebSockets())
    if (newest) waiting.set(newest, mark + 1)
    for (const text of ["a long text", "b", "c", "d"]) {
      client.send(text)
      await object.arrived()
      vi.clearAllTimers()
      await object.sleep()
    }
    waiting.clear()
    expect(await client.send("e").next(5)).toEqual(["a long text", "b", "c", "d", "e"])
  })

  it("gets its waiting messages when its object was evicted after many messages", async () => {
    const client = await object.dial(`/bench/:id/guarded?maxBufferedAmount=${mark}&slowReader=dropHead`)
    const [newest] = await object.inside((_, state) => state.getWebSockets())
    if (newest) waiting.set(newest, mark + 1)
    for (const text of ["a long text", "b", "c", "d"]) {
      client.send(text)
      await object.arrived()
    }
    vi.clearAllTimers()
    await object.sleep()
    waiting.clear()
    expect(await client.send("e").next(5)).toEqual(["a long text", "b", "c", "d", "e"])
  })
})
