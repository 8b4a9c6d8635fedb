import { beforeEach, describe, expect, it, vi } from "vitest"
import { type Metrics, metrics } from "../../src/socket/metrics.ts"
import { jsonLogger, type LogEntry, setLogger } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

const route = "/bench/:id/:flow/:name?"

let place: TestObject

beforeEach(() => {
  vi.restoreAllMocks()
  setLogger(jsonLogger)
  holdTime()
  newWorld()
  place = new TestObject("BENCH")
})

/** The counts of an action. */
async function counting(happens: () => Promise<unknown>): Promise<Partial<Metrics>> {
  const now = (): Partial<Metrics> => ({ ...metrics().get(route) })
  const before = now()
  await happens()
  await place.arrived()
  const counted = Object.entries(now()).flatMap(([name, value]) => {
    const was = before[name as keyof Metrics] ?? 0
    if (typeof value !== "number" || typeof was !== "number") return []
    return value === was ? [] : [[name, value - was] as const]
  })
  return Object.fromEntries(counted)
}

describe("the metrics of an endpoint in an object", () => {
  it("count its connections, and those that are open", async () => {
    const counted = await counting(async () => {
      const [one] = [await place.dial("/bench/:id/echo"), await place.dial("/bench/:id/echo")]
      one.close(4000)
      await one.next()
    })
    expect(counted).toEqual({ opened: 2, open: 1 })
  })

  it("count messages and bytes, in memory or not", async () => {
    const client = await place.dial("/bench/:id/echo")
    const counted = await counting(async () => {
      await client.send("four").next()
      await place.sleep()
      await client.send("five5").next()
    })
    expect(counted).toEqual({ messagesIn: 2, bytesIn: 9, messagesOut: 2, bytesOut: 9, wakes: 1 })
  })

  it("count the messages that are sent to hibernating connections", async () => {
    const listeners = [await place.dial("/bench/:id/news"), await place.dial("/bench/:id/news")]
    const speaker = await place.dial("/bench/:id/publish")
    await place.sleep()
    const counted = await counting(async () => {
      speaker.send("hello")
      for (const listener of listeners) await listener.next()
    })
    expect(counted).toEqual({ messagesIn: 1, bytesIn: 5, messagesOut: 2, bytesOut: 10, wakes: 1 })
  })

  it("count timers that fire", async () => {
    const client = await place.dial("/bench/:id/tick")
    const counted = await counting(async () => {
      await place.pass(1_000)
      await place.pass(1_000)
      await client.next(3)
    })
    expect(counted).toMatchObject({ alarms: 2 })
  })

  it("count a client that exceeds its idle timeout", async () => {
    const client = await place.dial("/bench/:id/guarded?idleTimeout=60000")
    const before = metrics().get(route)?.closes.get(1001) ?? 0
    const counted = await counting(async () => {
      await place.pass(75_000)
      await client.next()
    })
    expect(counted).toEqual({ open: -1, wakes: 1 })
    expect(metrics().get(route)?.closes.get(1001)).toBe(before + 1)
  })

  it("do not count keep-alive texts, which the runtime answers", async () => {
    const client = await place.dial("/bench/:id/guarded?ping=hey")
    expect(await counting(() => client.send("hey").next())).toEqual({})
  })
})

describe("the log of an object", () => {
  it("goes to the logger of setLogger, with the route and the connection", async () => {
    const entries: LogEntry[] = []
    setLogger((entry) => entries.push(entry))
    const client = await place.dial("/bench/:id/fails-in-time")
    client.send("a secret")
    await place.pass(1_000)
    expect(await client.next()).toEqual([closed(1011)])
    const about = { route, connection: expect.stringMatching(/^[\da-f-]{36}$/), code: 1011 }
    expect(entries).toEqual([
      { level: "info", event: "closed", ...about },
      { level: "error", event: "flow failed", ...about, cause: new Error("It broke") },
    ])
    expect(entries[0]?.connection).toBe(entries[1]?.connection)
  })

  it("has the same name for a connection before and after hibernation", async () => {
    const entries: LogEntry[] = []
    setLogger((entry) => entries.push(entry))
    const [one, other] = [await place.dial("/bench/:id/echo"), await place.dial("/bench/:id/echo")]
    await place.sleep()
    for (const client of [one, other]) {
      client.close(1000)
      await client.next()
    }
    expect(new Set(entries.map(({ connection }) => connection)).size).toBe(2)
    expect(entries.map(({ event, route, code }) => [event, route, code])).toEqual([
      ["closed", route, 1000],
      ["closed", route, 1000],
    ])
  })

  it("has an entry for a flow that cannot be restored", async () => {
    const entries: LogEntry[] = []
    setLogger((entry) => entries.push(entry))
    const client = await place.dial("/bench/:id/echo/lost")
    await place.sleep()
    newWorld().failsFor = "lost"
    expect(await client.send("a secret").next()).toEqual([closed(1012, "The service has changed")])
    expect(entries).toEqual([
      {
        level: "error",
        event: "flow cannot go on",
        route,
        connection: expect.any(String),
        cause: new Error("Nothing for lost"),
      },
    ])
  })
})
