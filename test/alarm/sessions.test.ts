import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

afterEach(() => {
  vi.useRealTimers()
})

const within = 120_000

/** Counts the messages of each client, and publishes the end of each connection. */
class Room extends FlowObject<unknown, { name: string; durable?: boolean }> {
  readonly left = this.hub<string>("left")

  protected accept({ data: { name, durable } }: ConnectionContext<{ name: string; durable?: boolean }>) {
    const counted = Flow.of<string>()
      .statefulMap(
        () => 0,
        (count, message) => [count + 1, `${count + 1}: ${message}`],
      )
      .takeWhile((answer) => !answer.endsWith("end"))
    const noted = Flow.of<string>().onTermination(({ type }) => this.left.publish(`${name} ${type}`))
    const flow = noted.via(counted).merge(this.left.source())
    return webSocket.endpoint(text, flow, { resume: { within, durable } })
  }
}

describe.each([false, true])("a resumable connection (durable: %s)", (durable) => {
  const start = async () => {
    const object = new MemoryObject(Room)
    return { object, client: await new MemorySession(object, { name: "ann", durable }).connect() }
  }

  it("goes on with another socket (row 50)", async () => {
    const { client } = await start()
    client.send("a", "b").drop()
    await client.connect()
    expect(client.send("c").received).toEqual(["1: a", "2: b", "3: c"])
    expect(client.resyncs).toBe(0)
  })

  it("sends the messages that the old socket has lost", async () => {
    const { client } = await start()
    client.transmit("a").drop()
    expect(client.received).toEqual([])
    await client.connect()
    expect(client.received).toEqual(["1: a"])
  })

  it("survives an eviction with and without its socket", async () => {
    const { object, client } = await start()
    client.send("a")
    await object.evict()
    client.send("b").drop()
    await object.evict()
    await client.connect()
    await object.evict()
    expect(client.send("c").received).toEqual(["1: a", "2: b", "3: c"])
  })

  it("takes over from a socket that is not known to be lost (row 54)", async () => {
    const { client } = await start()
    const old = client.send("a").socket
    await client.connect()
    expect(old?.received.at(-1)).toMatchObject({ close: 4409 })
    expect(client.send("b").received).toEqual(["1: a", "2: b"])
  })

  it("does not go on with a handshake that a later one has overtaken (row 54)", async () => {
    const { object, client } = await start()
    client.send("a").drop()
    await client.overtake()
    client.drop()
    await client.overtake(() => object.evict())
    expect(client.send("b").received).toEqual(["1: a", "2: b"])
  })

  it("is a new one for a client with other data (row 51)", async () => {
    const { object, client } = await start()
    client.send("a").drop()
    await client.connect({ name: "eve", durable })
    expect(client.resyncs).toBe(1)
    expect(client.send("b").received.at(-1)).toBe("1: b")
    expect([...object.rows.keys()].filter((key) => key.startsWith("sluice:session")).length).toBe(durable ? 2 : 1)
  })

  it("ends when its time is over, and publishes its end then (row 51)", async () => {
    const { object, client } = await start()
    const other = await new MemorySession(object, { name: "bob", durable }).connect()
    client.send("a").drop()
    object.advance(within - 1)
    expect(other.read().received).toEqual([])
    object.advance(1)
    expect(other.read().received).toEqual(["ann completed"])
    await client.connect()
    expect(client.resyncs).toBe(1)
    expect(client.send("b").received).toEqual(["1: a", "1: b"])
  })

  it("is over for a client that connects in the event in which its time is over (row 51)", async () => {
    const { object, client } = await start()
    const other = await new MemorySession(object, { name: "bob", durable }).connect()
    client.send("a").drop()
    await object.evict()
    object.stall(within)
    await client.connect()
    expect([client.resyncs, client.session.isOpen]).toEqual([1, true])
    expect(other.read().received).toEqual(["ann completed"])
    expect(client.send("b").received).toEqual(["1: a", "1: b"])
  })

  it("ends with 1011 if storage is full, and takes back the messages that it could not store", async () => {
    const { object, client } = await start()
    const other = await new MemorySession(object, { name: "bob", durable: false }).connect()
    client.send("a")
    object.isFull = (key) => key.startsWith("sluice:session:")
    const { socket } = client
    if (durable) client.send("b")
    else client.drop()
    expect(client.received).toEqual(durable ? ["1: a", { close: 1011, reason: "" }] : ["1: a"])
    expect(other.read().received).toEqual(["ann completed"])
    object.isFull = () => false
    if (durable && socket) object.answer(socket, 1011)
    await object.evict()
    await client.connect()
    expect([client.resyncs, client.session.isOpen]).toEqual([1, true])
    expect(client.send("c").received.slice(-1)).toEqual(["1: c"])
  })

  it("ends at once when the client closes (row 55)", async () => {
    const { object, client } = await start()
    const other = await new MemorySession(object, { name: "bob", durable }).connect()
    if (client.socket) object.close(client.send("a").socket ?? client.socket, 1000, "")
    expect(other.read().received).toEqual(["ann completed"])
    expect(client.read().received.at(-1)).toMatchObject({ close: 1000 })
    expect([...object.rows.keys()].filter((key) => key.startsWith("sluice:session")).length).toBe(durable ? 1 : 0)
  })

  it("closes with the code of an end that came while the client had no socket (row 56)", async () => {
    const { object, client } = await start()
    client.transmit("end").drop()
    await object.evict()
    await client.connect()
    expect(client.received.at(-1)).toMatchObject({ close: 1000 })
    if (client.socket) object.answer(client.socket, 1000)
    expect([...object.rows.keys()]).toEqual([])
    expect(object.alarm).toBe(null)
  })

  it("gets elements that are published while its client has no socket", async () => {
    const { object, client } = await start()
    const other = await new MemorySession(object, { name: "bob", durable }).connect()
    client.drop()
    await object.evict()
    object.instance.left.publish("news")
    await object.evict()
    await client.connect()
    expect(client.received).toEqual(["news"])
    expect(other.read().received).toEqual(["news"])
  })

  it("leaves no alarm and no row when its client has reconnected", async () => {
    const { object, client } = await start()
    client.drop()
    expect(object.alarm).not.toBe(null)
    await client.connect()
    object.advance(within)
    expect(object.alarm).toBe(null)
    expect(object.rows.size).toBe(durable ? 1 : 0)
    expect(client.send("a").received).toEqual(["1: a"])
  })
})

it("a durable connection survives the loss of everything but storage (row 52)", async () => {
  const object = new MemoryObject(Room)
  const client = await new MemorySession(object, { name: "ann", durable: true }).connect()
  client.send("a")
  await object.crash()
  client.socket = undefined
  await client.connect()
  expect(client.send("b").received).toEqual(["1: a", "2: b"])
  expect(client.resyncs).toBe(0)
})

it("a connection that is kept with its socket ends in a crash, and the client gets a resync (row 53)", async () => {
  const object = new MemoryObject(Room)
  const client = await new MemorySession(object, { name: "ann" }).connect()
  client.send("a")
  await object.crash()
  client.socket = undefined
  await client.connect()
  expect(client.resyncs).toBe(1)
  expect(client.send("b").received).toEqual(["1: a", "1: b"])
})

it("a durable connection whose object has crashed ends when its time is over", async () => {
  const object = new MemoryObject(Room)
  const client = await new MemorySession(object, { name: "ann", durable: true }).connect()
  client.send("a")
  await object.crash()
  const other = await new MemorySession(object, { name: "bob", durable: true }).connect()
  object.advance(within)
  expect(other.read().received).toEqual(["ann completed"])
})

it("a client without sluice.1 gets plain messages, and is not resumed", async () => {
  const object = new MemoryObject(Room)
  const socket = await object.connect({ name: "ann" })
  object.send(socket, "a")
  expect(socket.received).toEqual(["1: a"])
  object.drop(socket)
  expect(object.rows.size).toBe(0)
})

it("a client that breaks the protocol is closed with 1002", async () => {
  const object = new MemoryObject(Room)
  const client = await new MemorySession(object, { name: "ann" }).connect()
  if (client.socket) object.send(client.socket, "not a frame")
  expect(client.socket?.received.at(-1)).toMatchObject({ close: 1002 })
})

it("a slow client is not polled: its acknowledgements make room", async () => {
  class Counting extends FlowObject {
    protected accept() {
      const flow = Flow.fromSinkAndSource(
        Sink.ignore(),
        Source.range(1, 100).map((n) => `${n}`.padEnd(100)),
      )
      return webSocket.endpoint(text, flow, { resume: { within }, limits: { maxBufferedAmount: 1_000 } })
    }
  }
  const object = new MemoryObject(Counting)
  const client = await new MemorySession(object, { name: "ann" }).connect()
  expect(object.alarm).toBe(null)
  for (let n = 0; n < 100; n++) client.read()
  expect(client.received.slice(0, 100).map((text) => Number(text))).toEqual(
    Array.from({ length: 100 }, (_, n) => n + 1),
  )
})

describe("sessions without a socket", () => {
  class Crowd extends Room {
    protected override readonly maxDetached = 2
  }

  it("end, the longest detached first, if there is one too many", async () => {
    const object = new MemoryObject(Crowd)
    const join = (name: string) => new MemorySession(object, { name }).connect()
    const [ann, bob, cid, dan] = [await join("ann"), await join("bob"), await join("cid"), await join("dan")]
    for (const client of [ann, bob, cid]) client.send("x").drop()
    await settled()
    expect(dan.read().received).toEqual(["ann completed"])
    for (const client of [ann, bob, cid]) await client.connect()
    expect([ann, bob, cid].map((client) => client.resyncs)).toEqual([1, 0, 0])
  })
})

it.each([1, 100])(
  "a session without acknowledgements takes as many short messages as its window has room for: %i at once",
  async (count) => {
    class Many extends FlowObject {
      protected accept() {
        const flow = Flow.of<string>().mapConcat(() => Array.from({ length: count }, () => "x"))
        return webSocket.endpoint(text, flow, { resume: { within }, limits: { maxBufferedAmount: 90 } })
      }
    }
    const client = await new MemorySession(new MemoryObject(Many), {}).connect()
    for (let n = 0; n < 100; n += count) client.transmit("more")
    // Each message counts 9 bytes, and the one that exceeds the window is sent.
    expect(client.socket?.received.join("").split('"x"').length).toBe(12)
  },
)
