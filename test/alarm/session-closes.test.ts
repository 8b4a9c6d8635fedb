import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

class Idle extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>(), {
      resume: { within: "1 minute" },
      limits: { idleTimeout: "10 seconds" },
    })
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

it("the answer to the close of an idle session with 1001 ends the session, and the next socket begins a new one", async () => {
  const object = new MemoryObject(Idle)
  const client = await new MemorySession(object, {}).connect()
  client.send("a")
  object.advance(12_000)
  client.read()
  if (client.socket) object.answer(client.socket, 1001)
  expect([[...object.rows.keys()], object.alarm]).toEqual([[], null])
  await client.connect()
  expect(client.resyncs).toBe(1)
  expect(client.send("b").received).toEqual(["a", closed(1001, "Idle for too long"), "b"])
})
