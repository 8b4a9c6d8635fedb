import { CloseError, Flow, Source, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

beforeEach(() => {
  logged()
})
afterEach(() => vi.useRealTimers())

/** Takes an element a minute, and fails after ten silent seconds, with a last element that waits. */
class Slow extends FlowObject {
  protected accept() {
    const flow = Flow.of<string>()
      .idleTimeout("10 seconds")
      .mapError(() => new CloseError(4001, "bye"))
      .statefulMap(
        () => 0,
        (count, message) => [count + 1, message],
        (count) => `${count} messages`,
      )
      .zip(Source.tick("1 minute"))
      .map(([message]) => message)
    return webSocket.endpoint(text, flow)
  }
}

it.each([false, true])("a CloseError that waits behind an element keeps its code (hibernates: %s)", async (sleeps) => {
  const object = new MemoryObject(Slow)
  const client = await object.connect()
  for (const message of ["first", "second"]) object.send(client, message)
  object.advance(30_000)
  if (sleeps) await object.evict()
  object.advance(120_000)
  expect(client.received).toEqual(["first", "second", closed(4001, "bye")])
})
