import fc from "fast-check"
import { Flow, text, webSocket, webSocketClientFlow } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"
import { ObjectUpstream } from "../support/object-upstream.ts"
import { levels } from "../support/session-script.ts"

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

let upstream: ObjectUpstream

/** Numbers the messages of each connection. */
class Counter extends FlowObject {
  closeAll(): void {
    for (const { id } of this.connections) this.connections.close(id, 1012)
  }

  protected accept() {
    const counting = Flow.of<string>().statefulMap(
      () => 0,
      (count, message) => [count + 1, `${count + 1} ${message}`],
    )
    return webSocket.endpoint(text, counting)
  }
}

/** Sends the messages of its clients to a counter. */
class Bridge extends FlowObject<unknown, boolean> {
  protected accept({ data: durable }: ConnectionContext<boolean>) {
    const toCounter = webSocketClientFlow("ws://counter", text, {
      fetch: upstream.fetch,
      onEviction: "restart",
      backoff: { minBackoff: "1 second", maxBackoff: "5 seconds", randomFactor: 0 },
    })
    return webSocket.endpoint(text, Flow.of<string>().via(toCounter), { resume: { within: "1 hour", durable } })
  }
}

const kinds = ["send", "send", "send", "read", "drop", "connect", "evict counter", "evict counter", "advance"] as const
/** After these a message that was sent may have no answer. */
const losses = ["evict bridge", "crash bridge", "lose", "close"] as const
const scripts = (losses: readonly string[]) =>
  fc.array(fc.constantFrom(...kinds, ...losses), { maxLength: 40, size: "max" })

async function run(script: readonly string[], durable: boolean): Promise<string[]> {
  const clock = new TestClock(Date.UTC(2030, 0, 1))
  const counter = new MemoryObject(Counter, clock)
  const bridge = new MemoryObject(Bridge, clock)
  upstream = new ObjectUpstream(counter)
  const client = await new MemorySession(bridge, durable).connect()
  await settled()
  let sent = 0
  for (const what of script) {
    if (what === "send") client.transmit(`${++sent}`)
    if (what === "read") client.read()
    if (what === "drop") client.drop()
    if (what === "connect" && !client.socket) await client.connect()
    if (what === "evict counter") await counter.evict()
    if (what === "evict bridge") {
      upstream.lose(true)
      await bridge.evict()
    }
    if (what === "crash bridge" && durable) {
      upstream.lose(true)
      await bridge.crash()
      client.socket = undefined
    }
    if (what === "lose") upstream.lose(false)
    if (what === "close") counter.instance.closeAll()
    if (what === "advance") clock.advance(2_000)
    await settled()
  }
  for (let round = 0; round < 40; round++) {
    clock.advance(5_000)
    await settled()
    if (!client.socket) await client.connect()
    client.read().transmit(...(round === 20 ? ["last"] : []))
    await settled()
  }
  expect(client.resyncs).toBe(0)
  return client.received.map(String)
}

it.each(levels)(
  "a bridge to an object that hibernates answers each message once, in a session %s",
  async (_, durable) => {
    const property = fc.asyncProperty(scripts([]), async (script) => {
      const answers = await run(script, durable)
      const sent = script.filter((what) => what === "send").length
      const messages = [...Array.from({ length: sent }, (_, n) => `${n + 1}`), "last"]
      expect(answers).toEqual(messages.map((message, n) => `${n + 1} ${message}`))
    })
    await fc.assert(property, { numRuns: 100 })
  },
)

it.each(levels)(
  "a bridge that is evicted, or loses its upstream, doubles no message, in a session %s",
  async (_, durable) => {
    const property = fc.asyncProperty(scripts(losses), async (script) => {
      const answers = (await run(script, durable)).map((answer) => answer.split(" "))
      const counts = answers.map(([count]) => Number(count))
      const messages = answers.map(([, message]) => message)
      expect(messages.at(-1)).toBe("last")
      const numbers = messages.slice(0, -1).map(Number)
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
      counts.forEach((count, n) => expect([1, (counts[n - 1] ?? 0) + 1]).toContain(count))
    })
    await fc.assert(property, { numRuns: 100 })
  },
)
