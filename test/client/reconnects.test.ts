import { text } from "sluice"
import { connect } from "sluice/client"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { dial } from "../support/dialed-client.ts"
import { fakeSockets } from "./fake-socket.ts"

describe("a client whose connection ends", () => {
  it.each([1000, 1003, 1005, 1008, 4001])("stops after %i", async (code) => {
    const { room, clock, made, socket } = dial()
    ;(await socket()).open().end(code, "why")
    expect(await room.closed).toEqual({ code, reason: "why" })
    clock.advance(60_000)
    await settled()
    expect([made.length, room.status, clock.pending]).toEqual([1, "closed", 0])
  })

  it.each([1001, 1006, 1011, 1012, 1013, 4002])("connects again after %i", async (code) => {
    const { room, clock, made, socket } = dial()
    const seen: string[] = []
    room.on("status", (status) => seen.push(status))
    room.on("close", (close) => seen.push(String(close.code)))
    ;(await socket()).open().end(code)
    clock.advance(50)
    ;(await socket()).open()
    expect(made.length).toBe(2)
    expect(seen).toEqual(["open", "connecting", String(code), "open"])
  })

  it("waits within 100 ms, then twice as long each time, up to 20 s", async () => {
    const { clock, made, socket } = dial({ random: () => 1 })
    const waits: number[] = []
    for (let attempt = 0; attempt < 11; attempt++) {
      ;(await socket()).end(1006)
      const from = clock.now()
      while (made.length === attempt + 1) {
        clock.advance(100)
        await settled()
      }
      waits.push(clock.now() - from)
    }
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000, 20000])
  })

  it("begins with short waits again after a connection of five seconds, not after a shorter one", async () => {
    const { clock, made, socket } = dial({ random: () => 1 })
    const reconnects = async (after: number) => {
      const count = made.length
      clock.advance(after)
      await settled()
      return made.length > count
    }
    ;(await socket()).end(1006)
    expect(await reconnects(100)).toBe(true)
    ;(await socket()).open()
    clock.advance(4_999)
    ;(await socket()).end(1013)
    expect(await reconnects(100)).toBe(false)
    expect(await reconnects(100)).toBe(true)
    ;(await socket()).open()
    clock.advance(5_000)
    ;(await socket()).end(1013)
    expect(await reconnects(100)).toBe(true)
  })

  it("calls the functions for the URL, the query and the headers before each connection", async () => {
    let token = 0
    const { WebSocket, made } = fakeSockets()
    const clock = new TestClock()
    const guarded = protocol("/guarded", { query: v.object({ token: v.string() }), receives: text, sends: text })
    connect(guarded, async () => ({ token: ++token }), {
      base: () => "https://example.com",
      headers: async () => ({ Authorization: `Bearer ${token}` }),
      WebSocket,
      clock,
    })
    await settled()
    made[0]?.end(1006)
    clock.advance(100)
    await settled()
    expect(made.map(({ url, protocols }) => ({ url, protocols }))).toEqual([
      { url: "wss://example.com/guarded?token=1", protocols: { headers: { Authorization: "Bearer 1" } } },
      { url: "wss://example.com/guarded?token=2", protocols: { headers: { Authorization: "Bearer 2" } } },
    ])
  })

  it("emits an error when one of them fails, and tries again", async () => {
    let isDown = true
    const errors: unknown[] = []
    const base = () => {
      if (isDown) throw new Error("No token")
      return "https://example.com"
    }
    const { room, made, clock, socket } = dial({ base })
    room.on("error", (error) => errors.push(error))
    await settled()
    expect(errors).toEqual([new Error("No token")])
    expect(made).toEqual([])
    isDown = false
    clock.advance(100)
    expect((await socket()).url).toBe("wss://example.com/rooms/lobby")
  })

  it("spreads 5,000 clients over more than two seconds after a restart of two", async () => {
    const back = 2_000
    const times = await Promise.all(
      Array.from({ length: 5_000 }, async () => {
        const { clock, made, socket } = dial({ random: Math.random })
        ;(await socket()).open()
        clock.advance(10_000)
        ;(await socket()).end(1006)
        const dropped = clock.now()
        for (;;) {
          for (const count = made.length; made.length === count; await settled()) clock.advance(10)
          const next = await socket()
          if (clock.now() - dropped >= back) return clock.now() - dropped
          next.end(1006)
        }
      }),
    )
    const sorted = times.toSorted((one, other) => one - other)
    expect((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)).toBeGreaterThan(2_000)
    // No herd: in no 100 ms does a fifth of the clients reconnect.
    const counts = Map.groupBy(sorted, (time) => Math.floor(time / 100))
    expect(Math.max(...[...counts.values()].map(({ length }) => length))).toBeLessThan(1_000)
  })
})
