import { Flow, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import { FlowObject, remoteActor } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Calls the object itself, without a network in between. */
const namespace = {
  getByName: () => ({
    sluiceTell: async (name: string, message: unknown) => object.instance.sluiceTell(name, message),
  }),
}
let handled = 0

/** Sends itself a message from outside for every message. */
class Loop extends Actor<string> {
  receive(message: string) {
    handled++
    remoteActor<string>(namespace, "this object", "loop").tell(message)
  }
}

class Looping extends FlowObject {
  readonly loop = this.actor("loop", Props.of(Loop))

  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>())
  }
}
const object = new MemoryObject(Looping)

afterEach(() => {
  vi.useRealTimers()
})

it("an event whose effects cause one another without end is ended after a bound, and logged", () => {
  const entries = logged()
  object.instance.loop.tell("again")
  expect(entries.map(({ event }) => event)).toContain("an event has effects without end")
  expect(handled).toBeGreaterThan(1_000)
  expect(handled).toBeLessThan(100_000)
})
