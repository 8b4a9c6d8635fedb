import { Flow, Sink, Source, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

beforeEach(() => {
  logged()
})
afterEach(() => vi.useRealTimers())

const handled: string[] = []

/** Closes after ten seconds, and handles each message a second after it has come. */
class Late extends FlowObject {
  protected accept() {
    const sink = Flow.of<string>()
      .delay("1 second")
      .to(Sink.forEach((message) => void handled.push(message)))
    const source = Source.tick("1 minute", { initialDelay: "10 seconds" }).take(1).map(String)
    return webSocket.endpoint(text, Flow.fromSinkAndSource(sink, source))
  }
}

it("an object handles messages that came before its own close, as a plain Worker does, and leaves no alarm", async () => {
  const object = new MemoryObject(Late)
  const client = await object.connect()
  object.advance(9_500)
  object.send(client, "just in time")
  object.advance(500)
  expect([client.received, handled]).toEqual([["0", closed(1000)], []])
  object.advance(500)
  expect([handled, object.alarm]).toEqual([["just in time"], null])
})
