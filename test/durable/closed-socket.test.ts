import { Flow, Sink, Source, text, webSocket } from "sluice"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { script } from "../support/durable-worker/scripted.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

let handled: string[]

beforeEach(() => {
  holdTime()
  handled = []
  script(() => ({
    accept({ data }) {
      const late = Flow.of<string>()
        .delay("5 seconds")
        .to(Sink.forEach((message) => handled.push(message)))
      const ticks = Source.tick("1 minute", { initialDelay: "1 second" }).take(1).map(String)
      return webSocket.endpoint(text, Flow.fromSinkAndSource(late, data === "ends" ? ticks : Source.never<string>()))
    },
  }))
})
afterEach(() => vi.useRealTimers())

it("the flow of a socket that its client has closed handles earlier messages after an eviction", async () => {
  const object = new TestObject("SCRIPTED")
  const client = await object.dial("/scripted/:id")
  client.send("a")
  await object.arrived()
  expect(await client.close(1000, "bye").next()).toEqual([closed(1000, "bye")])
  await object.pass(1_000)
  expect(await object.rows()).toEqual([expect.stringMatching(/^sluice:closed:/)])
  await object.pass(4_000)
  expect([handled, await object.rows(), await object.alarm()]).toEqual([["a"], [], null])
})

it("the flow of a socket that it has closed itself handles earlier messages after an eviction", async () => {
  const object = new TestObject("SCRIPTED")
  const client = await object.dial(`/scripted/:id?data=${JSON.stringify("ends")}`)
  client.send("a")
  await object.pass(1_000)
  expect(await client.next(2)).toEqual(["0", closed(1000)])
  await object.pass(4_000)
  expect([handled, await object.rows(), await object.alarm()]).toEqual([["a"], [], null])
})
