import { Flow, Sink, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

afterEach(() => {
  vi.useRealTimers()
})

type Data = "plain" | "slow" | "last" | "session" | "durable" | "mapped"

class Room extends FlowObject<unknown, Data> {
  readonly said = this.hub<string>("said", { keep: 20 })

  protected accept({ data }: ConnectionContext<Data>) {
    const { said } = this
    const source = data === "last" ? said.source({ last: 20 }) : said.source()
    const shown = data === "slow" ? source.throttle(1, "1 minute") : source
    const flow = Flow.fromSinkAndSource(Sink.ignore(), data === "mapped" ? shown.map((line) => line) : shown)
    const hasSession = data === "session" || data === "durable"
    const resume = hasSession ? { within: "1 hour" as const, durable: data === "durable" } : undefined
    return webSocket.endpoint(text, flow, { resume })
  }

  say(...lines: string[]): void {
    for (const line of lines) this.said.publish(line)
  }

  empty(): Promise<void> {
    return this.ctx.storage.deleteAll()
  }
}

const letters = (from: string, count: number) =>
  Array.from({ length: count }, (_, n) => String.fromCharCode(from.charCodeAt(0) + n))

/** Gives a slow subscriber time for all elements. */
function catchUp(object: MemoryObject<Room>): void {
  for (let minute = 0; minute < 30; minute++) object.advance(60_000)
}

describe("after deleteAll", () => {
  describe.each([
    ["awake", []],
    ["that hibernates before", ["before"]],
    ["that hibernates after", ["after"]],
    ["that hibernates before and after", ["before", "after"]],
  ])("a subscriber %s that was behind", (_, sleeps) => {
    it.each([1, 3, 4, 5, 7])("gets all of %i new elements", async (count) => {
      const object = new MemoryObject(Room)
      const slow = await object.connect("slow")
      object.instance.say(...letters("a", 5))
      expect(slow.received).toEqual(["a"])
      if (sleeps.includes("before")) await object.evict()
      void object.instance.empty()
      if (sleeps.includes("after")) await object.evict()
      object.instance.say(...letters("A", count))
      catchUp(object)
      // The flow has taken "b" before.
      expect(slow.received).toEqual(["a", "b", ...letters("A", count)])
    })

    it("gets elements that follow when it has caught up with nothing", async () => {
      const object = new MemoryObject(Room)
      const slow = await object.connect("slow")
      object.instance.say(...letters("a", 5))
      if (sleeps.includes("before")) await object.evict()
      void object.instance.empty()
      if (sleeps.includes("after")) await object.evict()
      catchUp(object)
      await object.evict()
      object.instance.say("A", "B")
      catchUp(object)
      expect(slow.received).toEqual(["a", "b", "A", "B"])
    })
  })

  it.each<Data>(["plain", "mapped"])("a subscriber that had caught up gets all new elements: %s", async (data) => {
    const object = new MemoryObject(Room)
    const client = await object.connect(data)
    object.instance.say(...letters("a", 3))
    await object.evict()
    void object.instance.empty()
    object.instance.say("A")
    await object.evict()
    object.instance.say(...letters("B", 5))
    expect(client.received).toEqual([...letters("a", 3), ...letters("A", 6)])
  })

  it("last and published count the elements since", async () => {
    const object = new MemoryObject(Room)
    const client = await object.connect("plain")
    object.instance.say(...letters("a", 3))
    void object.instance.empty()
    expect(object.instance.said.published).toBe(0)
    object.instance.say("A", "B")
    await object.evict()
    expect(object.instance.said.published).toBe(2)
    expect([(await object.connect("last")).received, client.received.length]).toEqual([["A", "B"], 5])
  })

  it("nothing is stored for a room without connections", async () => {
    const object = new MemoryObject(Room)
    object.instance.say(...letters("a", 3))
    void object.instance.empty()
    expect([...object.rows.keys()]).toEqual([])
  })

  describe.each<Data>(["session", "durable"])("a %s", (data) => {
    const states = [[false], [true]]

    it.each(states)(
      "that has missed elements is a new one, so that its client is told (sleeps: %s)",
      async (sleeps) => {
        const object = new MemoryObject(Room)
        const client = await new MemorySession(object, data).connect()
        object.instance.say("a", "b")
        client.read().drop()
        object.instance.say(...letters("c", 3))
        if (sleeps) await object.evict()
        void object.instance.empty()
        if (sleeps) await object.evict()
        object.instance.say(...letters("A", 7))
        await client.connect()
        expect(client.resyncs).toBe(1)
        object.instance.say("Z")
        expect(client.read().received).toEqual(["a", "b", "Z"])
      },
    )

    it.each(states)("that has missed nothing goes on, and misses nothing (sleeps: %s)", async (sleeps) => {
      const object = new MemoryObject(Room)
      const client = await new MemorySession(object, data).connect()
      object.instance.say("a", "b")
      client.read().drop()
      if (sleeps) await object.evict()
      void object.instance.empty()
      if (sleeps) await object.evict()
      object.instance.say(...letters("A", 7))
      if (sleeps) await object.evict()
      await client.connect()
      object.instance.say("Z")
      expect(client.read().received).toEqual(["a", "b", ...letters("A", 7), "Z"])
      expect(client.resyncs).toBe(0)
    })
  })

  it("every subscriber gets the element during which storage is emptied, and the next ones", async () => {
    class Emptied extends Room {
      protected override accept(context: ConnectionContext<Data>) {
        if (context.data !== "mapped") return super.accept(context)
        const emptying = this.said.source().map((line) => {
          if (line === "empty") void this.empty()
          return line
        })
        return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), emptying))
      }
    }
    const object = new MemoryObject(Emptied)
    const clients: MemorySocket[] = []
    for (const data of ["plain", "mapped", "plain"]) clients.push(await object.connect(data))
    object.instance.say("a", "b", "empty", "A")
    await object.evict()
    object.instance.say("B")
    for (const { received } of clients) expect(received).toEqual(["a", "b", "empty", "A", "B"])
  })
})
