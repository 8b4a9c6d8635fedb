import { Flow, type Resume, Sink, Source, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** The ticks that the flow has handled. */
let seen: number[]
let resume: Resume | undefined

class Ticking extends FlowObject {
  protected accept() {
    const ticks = Source.tick("1 second")
      .zipWithIndex()
      .map(([, index]) => {
        seen.push(index)
        return `tick ${index}`
      })
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), ticks), resume ? { resume } : {})
  }
}

beforeEach(() => {
  logged()
  seen = []
  resume = undefined
})
afterEach(() => vi.useRealTimers())

it("a hibernating connection handles the timers that are overdue when the runtime reports the loss of its socket", async () => {
  const object = new MemoryObject(Ticking)
  const client = await object.connect()
  object.advance(1_000)
  await object.evict()
  object.stall(1_500)
  object.drop(client)
  expect(seen).toEqual([0, 1, 2])
  expect([[...object.rows.keys()], object.alarm]).toEqual([[], null])
})

it.each([false, true])(
  "a hibernating session does, too, and its client gets every tick: durable %s",
  async (durable) => {
    resume = { within: "1 minute", durable }
    const object = new MemoryObject(Ticking)
    const client = await new MemorySession(object, {}).connect()
    object.advance(1_000)
    client.read()
    await object.evict()
    object.stall(1_500)
    if (client.socket) object.drop(client.socket)
    expect(seen).toEqual([0, 1, 2])
    await client.connect()
    object.advance(1_000)
    expect(client.read().received).toEqual(["tick 0", "tick 1", "tick 2", "tick 3"])
  },
)
