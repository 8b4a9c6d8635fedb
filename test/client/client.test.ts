import { binary, Message, messages, text } from "sluice"
import { connect } from "sluice/client"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { describe, expect, it, vi } from "vitest"
import { runtimeClock } from "../../src/client/clock.ts"
import { settled } from "../../src/testing/settled.ts"
import { chat, dial } from "../support/dialed-client.ts"
import { fakeSockets } from "./fake-socket.ts"

const echo = protocol("/echo", { receives: text, sends: text })

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
    expect(() => connect(echo)).toThrow("There is no location here: set the option base")
  })

  it("throws where the runtime has no WebSocket, and the options have none either", () => {
    vi.stubGlobal("WebSocket", undefined)
    try {
      expect(() => connect(echo, {}, { base: "https://example.com" })).toThrow("set the option WebSocket")
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it.each([{ bufferSize: 0 }, { bufferSize: Number.NaN }, { handshakeTimeout: 0 }])("refuses %o", (options) => {
    const [name] = Object.keys(options)
    expect(() => dial(options)).toThrow(new RegExp(`^${name} must be at least 1, not (0|NaN)$`))
  })

  it.each([
    ["negative, of which Node warns", -0.3, 0],
    ["over 31 bits, which would be over at once", Infinity, 2e9],
  ])("sets no timer with a delay that is %s", (_name, delay, set) => {
    const timers = vi.spyOn(globalThis, "setTimeout")
    runtimeClock.at(Date.now() + delay, () => {})()
    expect(timers.mock.calls.map(([, delay]) => delay)).toEqual([set])
    timers.mockRestore()
  })

  it("sends waiting messages when it is open, and resolves then", async () => {
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

  it.each([
    [v.date(), new Date(0), "Expected Date but received"],
    [v.map(v.string(), v.number()), new Map([["a", 1]]), "Expected Map but received Object"],
    [v.number(), Infinity, "Expected number but received null"],
    [v.bigint(), 1n, "serialize a BigInt"],
  ])("rejects a message that JSON changes so that the server would refuse it: %o", async (schema, value, why) => {
    const values = protocol("/values", { receives: v.object({ value: schema as v.GenericSchema }), sends: text })
    const { WebSocket, made } = fakeSockets()
    const client = connect(values, {}, { base: "https://example.com", WebSocket })
    await settled()
    for (const socket of made) socket.open()
    await expect(client.send({ value })).rejects.toThrow(why)
    expect(made.map(({ sent }) => sent)).toEqual([[]])
  })

  it("rejects a message that is no frame, and sends the later ones", async () => {
    const values = protocol("/values", { receives: v.any(), sends: v.any() })
    const closing = protocol("/closing", { receives: messages, sends: messages })
    const { WebSocket, made } = fakeSockets()
    const options = { base: "https://example.com", WebSocket }
    const untyped = connect(values, {}, options)
    const closer = connect(closing, {}, options)
    await settled()
    for (const socket of made) socket.open()
    await expect(untyped.send(undefined)).rejects.toThrow("undefined is no message")
    await expect(closer.send(Message.close(4000))).rejects.toThrow("to close, call close")
    await untyped.send(1)
    await closer.send(Message.text("a"))
    expect(made.map(({ sent }) => sent)).toEqual([["1"], ["a"]])
  })

  it("rejects a message above bufferSize, and the waiting messages when it is closed", async () => {
    const { room, socket } = dial({ bufferSize: 1 })
    const waiting = room.send({ say: "one" })
    await expect(room.send({ say: "two" })).rejects.toThrow(RangeError)
    room.close()
    ;(await socket()).end(1006)
    await expect(waiting).rejects.toThrow("Closed: 1000")
    await expect(room.send({ say: "three" })).rejects.toThrow("Closed: 1000")
  })

  it("receives the schema's output for a message", async () => {
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

  it("connects again after a code that its protocol does not have, which has no closes", async () => {
    const bare = protocol("/echo", { receives: text, sends: text, closes: undefined as never })
    const { WebSocket, made } = fakeSockets()
    const client = connect(bare, {}, { base: "https://example.com", WebSocket })
    await settled()
    made[0]?.open().end(4000)
    expect(client.status).toBe("connecting")
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

  it("has a loop over the messages from its beginning, before the first is asked for", async () => {
    const { room, socket } = dial()
    const open = (await socket()).open()
    const messages = room[Symbol.asyncIterator]()
    open.receive('{"at":1}')
    expect(await messages.next()).toEqual({ done: false, value: { at: new Date(1) } })
  })

  it("fails a loop that falls behind", async () => {
    const { room, socket } = dial({ bufferSize: 1 })
    const messages = room[Symbol.asyncIterator]()
    const first = messages.next()
    ;(await socket()).open().receive('{"at":1}').receive('{"at":2}')
    await expect(first).rejects.toThrow(RangeError)
  })

  it("sends and receives JSON for a schema that has decode and encode itself, as those of zod", async () => {
    const schema = {
      decode: () => expect.unreachable(),
      encode: () => expect.unreachable(),
      "~standard": { version: 1, vendor: "zod", validate: (value: unknown) => ({ value: [value] }) },
    } as const
    const { WebSocket, made } = fakeSockets()
    const client = connect(protocol("/", { receives: schema, sends: schema }), {}, { base: "wss://a", WebSocket })
    const received: unknown[] = []
    client.on("message", (message) => received.push(message))
    await settled()
    made[0]?.open().receive('{"a":1}')
    await client.send({ b: 1 })
    expect([received, made[0]?.sent]).toEqual([[[{ a: 1 }]], ['{"b":1}']])
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

  it("sends bytes as they were when it got them, though they wait for a connection", async () => {
    const { WebSocket, made } = fakeSockets()
    const bytes = protocol("/", { receives: binary, sends: binary })
    const client = connect(bytes, {}, { base: "ws://localhost", WebSocket })
    const pool = new Uint8Array([1, 2, 3])
    void client.send(pool.subarray(1, 2))
    pool.fill(9)
    await settled()
    made[0]?.open()
    expect(made[0]?.sent).toEqual([new Uint8Array([2])])
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

  it("goes on after a code that the socket refuses, and can be closed with another", async () => {
    const { room, socket } = dial()
    const open = (await socket()).open()
    const close = open.close.bind(open)
    open.close = (code) => {
      if (code === 4001) throw new RangeError("Not this one")
      close(code)
    }
    expect(() => room.close(4001)).toThrow("Not this one")
    expect(room.status).toBe("open")
    room.close()
    open.end(1000)
    expect(await room.closed).toEqual({ code: 1000, reason: "" })
  })

  it("cuts a reason that a close frame cannot carry, for which a socket would throw", async () => {
    const { room, socket } = dial()
    const open = (await socket()).open()
    room.close(4001, "é".repeat(100))
    expect(open.closedWith).toEqual([4001, "é".repeat(61)])
  })

  it("drops messages that come after it, as a WebSocket does, and after one that it cannot decode", async () => {
    for (const first of ['{"at":1}', '{"at":"now"}']) {
      const { room, socket } = dial()
      const times: number[] = []
      room.on("message", ({ at }) => {
        times.push(at.getTime())
        room.close()
      })
      const open = (await socket()).open().receive(first).receive('{"at":2}')
      expect([times.includes(2), open.closedWith?.[0]]).toEqual([false, 1000])
    }
  })

  it("rejects the waiting messages when a listener closes it as it opens", async () => {
    const { room, socket } = dial()
    const waiting = room.send({ say: "too late" })
    room.on("status", () => room.close())
    const open = (await socket()).open()
    open.end(1000)
    await expect(waiting).rejects.toThrow("Closed: 1000")
    expect(open.sent).toEqual([])
  })

  it("ends at once if there is no connection", async () => {
    const { room, socket, clock, made } = dial()
    ;(await socket()).end(1006)
    room.close()
    expect(await room.closed).toEqual({ code: 1000, reason: "" })
    clock.advance(60_000)
    await settled()
    expect(made.length).toBe(1)
  })

  it("may happen while a connection ends: then no other one is opened", async () => {
    const { room, socket, made, clock } = dial()
    room.on("close", () => room.close())
    ;(await socket()).open().end(1012)
    expect(await room.closed).toEqual({ code: 1000, reason: "" })
    clock.advance(60_000)
    await settled()
    expect(made.length).toBe(1)
  })
})
