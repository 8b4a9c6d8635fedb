import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** Counts the calls of `accept`. */
class Room extends FlowObject {
  accepted = 0

  protected accept() {
    this.accepted++
    const flow = Flow.of<string>().takeWhile((message) => message !== "end")
    return webSocket.endpoint(text, flow, { resume: { within: "1 minute", durable: true } })
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

it("the late report of a lost socket restores no second flow of a session that has closed another socket since", async () => {
  const object = new MemoryObject(Room)
  const client = await new MemorySession(object, {}).connect()
  client.vanish()
  await object.deploy()
  await client.connect()
  client.send("end")
  object.noticeVanished()
  if (client.socket) object.answer(client.socket, 1000)
  expect([object.instance.accepted, object.rows.size]).toEqual([1, 0])
})
