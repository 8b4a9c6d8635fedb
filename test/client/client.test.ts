import { binary, text } from "sluice"
import { type ConnectOptions, connect } from "sluice/client"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { fakeSockets } from "./fake-socket.ts"

const chat = protocol("/rooms/:room", {
  receives: v.object({ say: v.pipe(v.string(), v.trim()) }),
  sends: v.object({
    at: v.pipe(
      v.number(),
      v.transform((time) => new Date(time)),
    ),
  }),
  closes: { 4001: "Kicked" },
})
const echo = protocol("/echo", { receives: text, sends: text })

/** A client whose sockets and time are the test's. */
function dial(options: ConnectOptions = {}) {
  const { WebSocket, made } = fakeSockets()
  const clock = new TestClock()
  const base = "https://example.com"
  const room = connect(chat, { room: "lobby" }, { base, WebSocket, clock, random: () => 0.5, ...options })
  /** The socket in use, when it is there. */
  const socket = async () => {
    await settled()
    const last = made.at(-1)
    if (!last) throw new Error("There is no socket")
    return last
  }
  return { room, made, clock, socket }
}

describe("a client", () => {
  it("connects to the URL of its protocol", async () => {
    const { room, socket } = dial({ subprotocols: ["v1"] })
    const { url, protocols, binaryType } = await socket()
    expect({ url, protocols, binaryType }).toEqual({
      url: "wss://example.com/rooms/lobby",
      protocols: ["v1"],
      binaryType: "arraybuffer",
    })
    expect(room.status).toBe("connecting")
  })

  it("throws for a URL that cannot be made", () => {
    expect(() => connect(chat, { room: "" }, { base: "https://example.com" })).toThrow("needs a value")
    expect(() => connect(echo)).toThrow("has no WebSockets")
  })

  it("sends what waits when it is open, and resolves then", async () => {
    const { room, socket } = dial()
    const sent: string[] = []
    void room.send({ say: " hi " }).then(() => sent.push("hi"))
    const open = await socket()
    expect(sent).toEqual([])
    open.open()
    await room.send({ say: "ho" })
    expect(sent).toEqual(["hi"])
    // The input: the server trims.
    expect(open.sent).toEqual(['{"say":" hi "}', '{"say":"ho"}'])
  })

  it("rejects a message that the schema refuses", async () => {
    const { room, socket } = dial()
    const open = (await socket()).open()
    await expect(room.send({ say: 1 } as never)).rejects.toThrow(TypeError)
    expect(open.sent).toEqual([])
  })

  it("rejects what is one too many to wait, and what waits when it is closed", async () => {
    const { room, socket } = dial({ bufferSize: 1 })
    const waiting = room.send({ say: "one" })
    await expect(room.send({ say: "two" })).rejects.toThrow(RangeError)
    room.close()
    ;(await socket()).end(1006)
    await expect(waiting).rejects.toThrow("Closed: 1000")
    await expect(room.send({ say: "three" })).rejects.toThrow("Closed: 1000")
  })

  it("gets what the schema makes of a message", async () => {
    const { room, socket } = dial()
    const times: Date[] = []
    const off = room.on("message", ({ at }) => times.push(at))
    const open = (await socket()).open().receive('{"at":0}')
    off()
    open.receive('{"at":1}')
    expect(times).toEqual([new Date(0)])
  })

  it("ends with 1003 for a message that its schema refuses", async () => {
    const { room, socket } = dial()
    const open = (await socket()).open().receive('{"at":"now"}')
    open.end(1000)
    expect(await room.closed).toEqual({ code: 1003, reason: expect.stringContaining("Expected number") })
  })

  it("is a loop over its messages, which ends with it", async () => {
    const { room, socket } = dial()
    const times: number[] = []
    const loop = (async () => {
      for await (const { at } of room) times.push(at.getTime())
    })()
    const open = (await socket()).open().receive('{"at":1}').receive('{"at":2}')
    await settled()
    open.receive('{"at":3}').end(4001)
    await loop
    expect(times).toEqual([1, 2, 3])
  })

  it("fails a loop that falls behind", async () => {
    const { room, socket } = dial({ bufferSize: 1 })
    const messages = room[Symbol.asyncIterator]()
    const first = messages.next()
    ;(await socket()).open().receive('{"at":1}').receive('{"at":2}')
    await expect(first).rejects.toThrow(RangeError)
  })

  it("gives a codec bytes as bytes", async () => {
    const { WebSocket, made } = fakeSockets()
    const got: unknown[] = []
    const bytes = protocol("/", { receives: binary, sends: binary })
    const client = connect(bytes, {}, { base: "ws://localhost", WebSocket })
    client.on("message", (message) => got.push(message))
    await settled()
    made[0]?.open().receive(new Uint8Array([1, 2]).buffer)
    await client.send(new Uint8Array([3]))
    expect(got).toEqual([new Uint8Array([1, 2])])
    expect(made[0]?.sent).toEqual([new Uint8Array([3])])
  })
})

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

  it("asks for the URL, the query and the headers each time", async () => {
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

  it("tries again when asking for them fails, and says so", async () => {
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
        const { clock, socket } = dial({ random: Math.random })
        ;(await socket()).open()
        clock.advance(10_000)
        ;(await socket()).end(1006)
        const dropped = clock.now()
        for (;;) {
          while (clock.pending > 0) clock.advance(1)
          const next = await socket()
          if (clock.now() - dropped >= back) return clock.now() - dropped
          next.end(1006)
        }
      }),
    )
    const sorted = times.toSorted((one, other) => one - other)
    expect((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)).toBeGreaterThan(2_000)
    // No herd: of those that come after the first, no 100 ms have a fifth.
    const counts = Map.groupBy(sorted, (time) => Math.floor(time / 100))
    expect(Math.max(...[...counts.values()].map(({ length }) => length))).toBeLessThan(1_000)
  })
})

describe("closing a client", () => {
  it("closes its connection, and ends with that code", async () => {
    const { room, socket, made, clock } = dial()
    const open = (await socket()).open()
    room.close(4001, "bye")
    room.close()
    expect(open.closedWith).toEqual([4001, "bye"])
    expect(room.status).toBe("open")
    open.end(1006)
    expect(await room.closed).toEqual({ code: 4001, reason: "bye" })
    expect([room.status, clock.pending, made.length]).toEqual(["closed", 0, 1])
  })

  it("ends at once where there is no connection", async () => {
    const { room, socket, clock, made } = dial()
    ;(await socket()).end(1006)
    room.close()
    expect(await room.closed).toEqual({ code: 1000, reason: "" })
    clock.advance(60_000)
    await settled()
    expect(made.length).toBe(1)
  })

  it("leaves no socket that was on its way", async () => {
    const { room, made } = dial()
    room.close()
    await settled()
    expect(made.map(({ closedWith }) => closedWith)).toEqual([[]])
  })

  it("may happen while a connection ends: then there is no other one", async () => {
    const { room, socket, made, clock } = dial()
    room.on("close", () => room.close())
    ;(await socket()).open().end(1012)
    expect(await room.closed).toEqual({ code: 1000, reason: "" })
    clock.advance(60_000)
    await settled()
    expect(made.length).toBe(1)
  })
})
