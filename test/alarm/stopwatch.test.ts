import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { Stopwatch } from "../../durable-objects/stopwatch.ts"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => vi.useRealTimers())

const day = 86_400_000

async function watching() {
  const object = new MemoryObject(Stopwatch)
  const client = await object.connect()
  return { object, client, send: (command: string) => object.send(client, command) }
}

describe("the stopwatch", () => {
  it("sends each whole second when it is reached", async () => {
    const { object, client, send } = await watching()
    object.advance(500)
    send("start")
    expect(client.received).toEqual(["0"])
    object.advance(2_999)
    expect(client.received).toEqual(["0", "1", "2"])
    object.advance(1)
    expect(client.received).toEqual(["0", "1", "2", "3"])
  })

  it("continues from the time at which it was stopped, days later", async () => {
    const { object, client, send } = await watching()
    send("start")
    object.advance(2_300)
    send("stop")
    object.advance(3 * day)
    await object.evict()
    send("start")
    object.advance(699)
    expect(client.received).toEqual(["0", "1", "2"])
    object.advance(1)
    expect(client.received).toEqual(["0", "1", "2", "3"])
  })

  it("counts days without an event", async () => {
    const { object, client, send } = await watching()
    send("start")
    object.close(client, 1000, "")
    object.advance(2 * day + 100)
    const other = await object.connect()
    object.advance(900)
    expect(other.received).toEqual([`${(2 * day) / 1_000 + 1}`])
  })

  it("writes one alarm for each second and nothing else", async () => {
    const { object, send } = await watching()
    send("start")
    object.writes.length = 0
    object.advance(10_000)
    expect(object.writes).toEqual(Array.from({ length: 10 }, () => "alarm"))
  })

  it("writes nothing while it runs without connections", async () => {
    const { object, client, send } = await watching()
    send("start")
    object.close(client, 1000, "")
    object.writes.length = 0
    object.advance(day)
    expect(object.writes).toEqual([])
  })

  it("sends 0 at once for a reset after a late second, and a millisecond later for a reset on a second", async () => {
    const { object, client, send } = await watching()
    send("start")
    object.stall(1_200)
    send("reset")
    expect(client.received).toEqual(["0", "1", "0"])
    object.advance(1_000)
    send("reset")
    object.advance(1)
    expect(client.received).toEqual(["0", "1", "0", "1", "0"])
  })

  const step = fc.record({
    command: fc.constantFrom("start", "stop", "reset", "start", "stop"),
    wait: fc.oneof(fc.integer({ min: 1, max: 3_500 }), fc.constantFrom(1_000, 2_000, 20_000)),
    stall: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_500 })),
    sleeps: fc.boolean(),
  })

  it("sends the whole seconds that were reached, each once, in order, never an old one", async () => {
    const script = fc.array(step, { minLength: 1, maxLength: 15, size: "max" })
    const property = fc.asyncProperty(script, async (steps) => {
      const { object, client, send } = await watching()
      const expected: string[] = []
      /** The state of the stopwatch: its start, the time on it then, and the last number sent. */
      let startedAt: number | undefined
      let elapsed = 0
      let sent = -1
      let now = 0
      const reach = () => {
        const number = startedAt === undefined ? -1 : Math.floor((elapsed + now - startedAt) / 1_000)
        if (number > sent) expected.push(String(number))
        sent = Math.max(number, sent)
      }
      for (const { command, wait, stall, sleeps } of steps) {
        // The command comes before a late alarm.
        reach()
        if (command === "reset") {
          const isOnSecond = startedAt !== undefined && (elapsed + now - startedAt) % 1_000 === 0
          if (startedAt !== undefined) startedAt = now + (isOnSecond ? 1 : 0)
          elapsed = 0
          sent = -1
        } else if (command === "start") startedAt ??= now
        else if (startedAt !== undefined) {
          elapsed += now - startedAt
          startedAt = undefined
        }
        send(command)
        reach()
        for (const end = now + wait; now < end; now++) reach()
        reach()
        object.advance(wait)
        expect(client.received).toEqual(expected)
        object.stall(stall)
        if (sleeps) await object.evict()
        now += stall + (sleeps ? 1 : 0)
      }
    })
    await fc.assert(property, { numRuns: 500 })
  })
})
