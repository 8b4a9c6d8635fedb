import { type ClientFlowOptions, Flow, Sink, Source, text, webSocket, webSocketClientFlow } from "sluice"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { FakeUpstream } from "../socket/fake-upstream.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

let object: MemoryObject<Scripted>
let upstream: FakeUpstream
let options: ClientFlowOptions<string>

beforeEach(() => {
  logged()
  upstream = new FakeUpstream()
  options = { fetch: upstream.fetch, onEviction: "restart" }
  script(({ share, hub }) => {
    const dialed = webSocketClientFlow("ws://upstream.example", text, options)
    const orders = hub<string>("orders")
    const counted = orders.source().scan("", (all, order) => all + order)
    const shared = share("shared", counted.drop(1).via(dialed))
    const flows: Record<string, Flow<string, string>> = {
      bridge: Flow.of<string>().via(dialed),
      shared: Flow.fromSinkAndSource(orders.sink(), shared),
      feed: Flow.fromSinkAndSource(Sink.ignore(), Source.never<string>().via(dialed)),
    }
    return { accept: ({ data }) => webSocket.endpoint(text, flows[String(data)] ?? Flow.of<string>()) }
  })
  object = new MemoryObject(Scripted)
})

afterEach(() => vi.useRealTimers())

const taken = ({ received }: MemorySocket) => received.splice(0)

describe("a webSocketClientFlow in a Durable Object", () => {
  it("carries messages both ways, and closes", async () => {
    const client = await object.connect("bridge")
    const socket = await upstream.accept()
    object.send(client, "a")
    socket.receive("b")
    expect([socket.sent, taken(client)]).toEqual([["a"], ["b"]])
    socket.end(4001, "kicked")
    expect(taken(client)).toEqual([closed(4001, "kicked")])
  })

  it("closes its socket when the client closes", async () => {
    const client = await object.connect("bridge")
    const socket = await upstream.accept()
    object.close(client, 1001, "")
    expect(socket.closedWith).toEqual([1000, ""])
  })

  it("connects anew after an eviction, with the next message of the client", async () => {
    const client = await object.connect("bridge")
    await upstream.accept()
    await object.evict()
    object.send(client, "a")
    expect((await upstream.accept()).sent).toEqual(["a"])
    upstream.socket.receive("b")
    expect(taken(client)).toEqual(["b"])
  })

  it("connects anew within a minute of an eviction, for a client that sends nothing", async () => {
    const client = await object.connect("feed")
    await upstream.accept()
    await object.evict()
    object.advance(60_000)
    await upstream.accept()
    upstream.socket.receive("a")
    expect([upstream.attempts, taken(client)]).toEqual([2, ["a"]])
  })

  it("closes the client with 1012 after an eviction, with onEviction fail", async () => {
    options = { ...options, onEviction: "fail" }
    const client = await object.connect("bridge")
    await upstream.accept()
    await object.evict()
    object.send(client, "a")
    expect(taken(client)).toEqual([closed(1012, "The upstream was lost")])
  })

  it("sends after the state of the event is saved", async () => {
    const client = await object.connect("shared")
    const socket = await upstream.accept()
    const rows: number[] = []
    vi.spyOn(socket, "send").mockImplementation(() => void rows.push(object.writes.length))
    const before = object.writes.length
    object.send(client, "a")
    expect(rows).toEqual([before + 1])
    expect(object.writes.length).toBe(before + 1)
  })
})

describe("a webSocketClientFlow in a shared source", () => {
  it("is one socket for all subscribers, and closed without one", async () => {
    const [first, second] = [await object.connect("shared"), await object.connect("shared")]
    const socket = await upstream.accept()
    socket.receive("a")
    expect([taken(first), taken(second), upstream.attempts]).toEqual([["a"], ["a"], 1])
    object.close(first, 1000, "")
    expect(socket.closedWith).toBe(undefined)
    object.close(second, 1000, "")
    expect(socket.closedWith).toEqual([1001, ""])
    await object.connect("shared")
    await settled()
    expect(upstream.attempts).toBe(2)
  })

  it("does not fail for a subscriber after that, with onEviction fail", async () => {
    options = { ...options, onEviction: "fail" }
    object = new MemoryObject(Scripted)
    object.close(await object.connect("shared"), 1000, "")
    const client = await object.connect("shared")
    const socket = await upstream.accept()
    socket.receive("a")
    expect(taken(client)).toEqual(["a"])
  })

  it("closes its socket when the object is destroyed", async () => {
    await object.connect("shared")
    const socket = await upstream.accept()
    await object.instance.tools.destroy()
    expect(socket.closedWith).toEqual([1001, ""])
  })

  it("ends the subscribers with the peer's code", async () => {
    const client = await object.connect("shared")
    const socket = await upstream.accept()
    socket.end(4001, "kicked")
    expect(taken(client)).toEqual([closed(4001, "kicked")])
  })
})
