import { Flow, type Metrics, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** The messages that flows have handled. */
let handled: string[]

const note = (message: string) => void handled.push(message)

/** Handles each message five seconds after it has come, as `data` says. */
class Late extends FlowObject<unknown, string> {
  readonly news = this.hub<string>("news")
  readonly sizes: number[] = []
  override readonly metrics = new Map<string, Metrics>()

  get size(): number {
    return this.connections.size
  }

  get ids(): string[] {
    return Array.from(this.connections, ({ id }) => id)
  }

  end(): Promise<void> {
    return this.destroy()
  }

  clear(): Promise<void> {
    return this.ctx.storage.deleteAll()
  }

  protected accept({ data }: ConnectionInfo<string>) {
    this.sizes.push(this.connections.size)
    const late = Flow.of<string>().delay("5 seconds")
    if (data === "echo") return webSocket.endpoint(text, late.wireTap(Sink.forEach(note)))
    if (data === "slow") return webSocket.endpoint(text, late.delay("1 minute"))
    const source =
      data === "closing"
        ? Source.tick("1 minute", { initialDelay: "1 second" }).take(1).map(String)
        : this.news.source().map(tapped)
    const resume =
      data === "session" || data === "durable"
        ? ({ within: "1 minute", durable: data === "durable" } as const)
        : undefined
    return webSocket.endpoint(text, Flow.fromSinkAndSource(late.to(Sink.forEach(note)), source), { resume })
  }
}

/** Late in a later release. */
class Other extends Late {
  protected override accept() {
    return webSocket.endpoint(text, Flow.of<string>().drop(1))
  }
}

function tapped(news: string): string {
  note(`news ${news}`)
  return news
}

let object: MemoryObject<Late>

beforeEach(() => {
  logged()
  handled = []
  object = new MemoryObject(Late)
})
afterEach(() => vi.useRealTimers())

const ends: [title: string, end: (socket: MemorySocket) => void][] = [
  ["its client has closed", (socket) => object.close(socket, 1000, "")],
  ["its connection is lost", (socket) => object.drop(socket)],
]

describe.each(ends)("the flow of a socket goes on with earlier messages through an eviction after %s:", (_, end) => {
  it.each(["echo", "hub"])("%s", async (name) => {
    const socket = await object.connect(name)
    object.send(socket, "a")
    object.advance(1_000)
    object.send(socket, "b")
    end(socket)
    await object.evict()
    object.advance(4_000)
    expect(handled).toEqual(["a"])
    await object.evict()
    object.advance(1_000)
    expect([handled, object.alarm, object.rows.size]).toEqual([["a", "b"], null, 0])
  })
})

/** The pending calls of an asynchronous function, by the instance of the object that made them. */
let calls: { message: string; resolve: (result: string) => void }[]

const work = (message: string) =>
  new Promise<string>((resolve) => {
    calls.push({ message, resolve })
  })

const flows: [title: string, flow: () => Flow<string, unknown>][] = [
  ["mapAsync", () => Flow.of<string>().mapAsync(1, work).wireTap(Sink.forEach(note))],
  ["mapAsyncUnordered", () => Flow.of<string>().mapAsyncUnordered(2, work).wireTap(Sink.forEach(note))],
  [
    "foldAsync",
    () =>
      Flow.of<string>()
        .foldAsync("", (_, message) => work(message))
        .wireTap(Sink.forEach(note)),
  ],
  [
    "nested",
    () =>
      Flow.of<string>()
        .flatMapConcat((m) => Source.single(m).mapAsync(1, work))
        .wireTap(Sink.forEach(note)),
  ],
]

describe.each(flows)("the flow of a closed socket that waits for a promise through an eviction (%s)", (_, flow) => {
  class Working extends FlowObject {
    protected accept() {
      return webSocket.endpoint(text, flow().map(String))
    }
  }
  let working: MemoryObject<Working>

  beforeEach(async () => {
    calls = []
    working = new MemoryObject(Working)
    const socket = await working.connect()
    working.send(socket, "a")
    working.close(socket, 1000, "")
    await working.evict()
    working.advance(30_000)
  })

  it("gets the result of the function, which the drain timeout calls again", async () => {
    expect(calls.map(({ message }) => message)).toEqual(["a", "a"])
    working.advance(10_000)
    calls[1]?.resolve("done")
    await settled()
    expect([handled, working.rows.size, working.alarm]).toEqual([["done"], 0, null])
  })

  it("ends after 30 seconds more", async () => {
    working.advance(30_000)
    expect([working.rows.size, working.alarm]).toEqual([0, null])
  })

  it("ends after a second eviction", async () => {
    await working.evict()
    working.advance(30_000)
    expect([working.rows.size, working.alarm]).toEqual([0, null])
  })
})

const closedRows = () => [...object.rows.keys()].filter((key) => key.startsWith("sluice:closed:"))

/** A connection has sent a message, and has closed while its flow works on it. */
async function closedInFlight(): Promise<void> {
  const socket = await object.connect("hub")
  object.send(socket, "a")
  object.close(socket, 1000, "")
}

describe("the flow of a closed socket", () => {
  it("goes on through an eviction after the object's own close", async () => {
    const socket = await object.connect("closing")
    object.advance(900)
    object.send(socket, "a")
    object.advance(100)
    expect(socket.isClosed).toBe(true)
    await object.evict()
    object.answer(socket, 1000)
    object.advance(5_000)
    expect([handled, object.alarm, object.rows.size]).toEqual([["a"], null, 0])
  })

  it("ends after 30 seconds all the same", async () => {
    const socket = await object.connect("slow")
    object.send(socket, "a")
    object.close(socket, 1000, "")
    await object.evict()
    object.advance(29_998)
    expect(closedRows().length).toBe(1)
    object.advance(1)
    expect([handled, object.alarm, object.rows.size]).toEqual([[], null, 0])
  })

  it("gets elements of a hub, as before the eviction", async () => {
    await closedInFlight()
    object.instance.news.publish("1")
    await object.evict()
    object.instance.news.publish("2")
    object.advance(5_000)
    object.instance.news.publish("3")
    expect(handled).toEqual(["news 1", "news 2", "a"])
  })

  it("goes on after a crash", async () => {
    await closedInFlight()
    await object.crash()
    object.advance(5_000)
    expect([handled, object.rows.size]).toEqual([["a"], 0])
  })

  it("writes no row if it ends with the close", async () => {
    const socket = await object.connect("hub")
    object.send(socket, "a")
    object.advance(5_000)
    object.close(socket, 1000, "")
    expect([handled, object.writes.filter((key) => key !== "alarm")]).toEqual([["a"], []])
  })

  it("is no connection", async () => {
    const [first, second] = [await object.connect("hub"), await object.connect("hub")]
    object.send(first, "a")
    object.close(first, 1000, "")
    expect([object.instance.size, [...object.instance.ids].length]).toEqual([1, 1])
    await object.evict()
    expect([object.instance.size, [...object.instance.ids].length]).toEqual([1, 1])
    object.send(second, "b")
    object.advance(5_000)
    expect(object.instance.sizes).toEqual([0, 1])
  })

  it("ends with the object", async () => {
    await closedInFlight()
    await object.evict()
    await object.instance.end()
    object.advance(60_000)
    expect([handled, object.rows.size, object.alarm]).toEqual([[], 0, null])
  })

  it("goes on after its author has emptied storage", async () => {
    await closedInFlight()
    await object.evict()
    await object.instance.clear()
    await object.evict()
    object.advance(5_000)
    expect([handled, object.rows.size]).toEqual([["a"], 0])
  })

  it("ends with a deploy that changes it", async () => {
    await closedInFlight()
    await object.deploy(Other)
    object.advance(5_000)
    expect([handled, object.rows.size, object.alarm]).toEqual([[], 0, null])
  })

  it("ends if its row cannot be read", async () => {
    await closedInFlight()
    object.rows.set(closedRows()[0] ?? "", "a row of the author")
    await object.evict()
    object.advance(5_000)
    expect([handled, object.rows.size, object.alarm]).toEqual([[], 0, null])
  })

  it("counts as closed in the metrics", async () => {
    await closedInFlight()
    await object.evict()
    object.advance(5_000)
    expect(object.instance.metrics.get("/")?.open).toBe(0)
  })
})

describe.each(["session", "durable"])("the flow of a session that is over goes on through an eviction: %s", (name) => {
  it("after its client has closed", async () => {
    const client = await new MemorySession(object, name).connect()
    client.send("a")
    if (client.socket) object.close(client.socket, 1000, "")
    await object.evict()
    expect([object.instance.size, [...object.instance.ids].length]).toEqual([0, 0])
    object.advance(5_000)
    expect([handled, object.rows.size, object.alarm]).toEqual([["a"], 0, null])
  })

  it("after its client has been away for too long", async () => {
    const client = await new MemorySession(object, name).connect()
    client.drop()
    object.advance(58_000)
    await client.connect()
    client.send("a")
    client.drop()
    object.advance(1_000)
    await object.evict()
    object.advance(4_000)
    expect([handled, object.rows.size]).toEqual([["a"], 1])
  })
})
