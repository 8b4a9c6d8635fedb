import fc from "fast-check"
import { afterEach, expect, it, vi } from "vitest"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Client } from "../support/client.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { scripts, type TestEvent } from "../support/object-script.ts"
import { steps } from "../support/operators.ts"
import { disconnected, sinks, sources } from "../support/plans.ts"
import { flows, ScriptedObject } from "../support/scripted-object.ts"
import { TestEnvironment } from "../support/test-environment.ts"

afterEach(() => vi.useRealTimers())

const numbers = text.map(Number).contramap(String)
const anyStep = fc.oneof(...Object.values(steps(1)))
const ends = disconnected(sources(anyStep), sinks(anyStep))
const anyFlow = fc
  .tuple(fc.option(ends, { freq: 3 }), fc.array(anyStep, { maxLength: 4 }))
  .map(([start, below]) => ({
    make: (environment: TestEnvironment) =>
      below.reduce((flow, step) => flow.via(step.make(environment)), start?.make(environment) ?? Flow.of<number>()),
    text: [start?.text ?? "Flow.of()", ...below.map(({ text }) => text)].join("."),
  }))
  // An alarm is at a whole millisecond, and a third of 10 or 20 milliseconds is none.
  .filter(({ text }) => !/throttle\(3, [12]0/.test(text))
  .map((flow) => ({ ...flow, [fc.toStringMethod]: () => flow.text }))

function inWorker({ kind, value }: TestEvent, client: Client<number, number>, environment: TestEnvironment): void {
  if (kind === "send") client.send(String(value))
  if (kind === "nonsense") client.send(new Uint8Array(1))
  if (kind === "close") client.close(4000 + value)
  if (kind === "vanish") client.vanish()
  if (kind === "toggle") {
    environment.running = !environment.running
    client.reevaluate()
  }
  client.advance(kind === "advance" ? value * 5 : 0)
}

function inObject({ kind, value }: TestEvent, object: MemoryObject<ScriptedObject>, socket: MemorySocket): void {
  if (kind === "send") object.send(socket, String(value))
  if (kind === "nonsense") object.send(socket, new ArrayBuffer(1))
  if (kind === "close") object.close(socket, 4000 + value, "")
  if (kind === "vanish") object.close(socket, 1006, "")
  if (kind === "toggle") object.instance.toggle()
  object.advance(kind === "advance" ? value * 5 : 0)
}

let count = 0

it("a client gets the same frames from a plain Worker and from an object", { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(anyFlow, scripts, async ({ make }, script) => {
    const environment = new TestEnvironment()
    const client = new Client(numbers, make(environment), { maxQueuedMessages: 4 }).open()
    const flow = `both ${++count}`
    flows.set(flow, make)
    const object = new MemoryObject(ScriptedObject)
    const socket = await object.connect({ flow, client: 0 })
    for (const event of script) {
      inWorker(event, client, environment)
      inObject(event, object, socket)
      expect(socket.received).toEqual(client.received)
    }
  })
  await fc.assert(property, { numRuns: 3_000 })
})
