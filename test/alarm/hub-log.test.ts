import fc from "fast-check"
import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { HubLog } from "../../src/durable/shared/hub-log.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

afterEach(() => {
  vi.useRealTimers()
})

/** Rows of storage, as far as a log needs them. */
class Rows {
  readonly rows = new Map<string, unknown>()
  reads = 0
  readonly kv = {
    get: (key: string) => {
      this.reads++
      return this.rows.get(key)
    },
    put: (key: string, row: unknown) => void this.rows.set(key, row),
    delete: (key: string) => this.rows.delete(key),
    list: ({ prefix }: { prefix: string }) => [...this.rows].filter(([key]) => key.startsWith(prefix)),
  }

  log(keep: number): HubLog<number> {
    return new HubLog<number>("events", keep, this.kv)
  }
}

const publish = () => {}

describe("the log of a hub", () => {
  it("keeps the last elements under their numbers, after a new start too", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(40), (keep, count) => {
        const rows = new Rows()
        for (let n = 0; n < count; n++) rows.log(keep).add(n, [], publish)
        const log = rows.log(keep)
        expect(log.next).toBe(count)
        for (let n = 0; n < count; n++) {
          expect(log.get(n)?.element).toBe(n < log.first ? undefined : n)
        }
        expect(rows.rows.size).toBe(Math.min(keep, count))
      }),
    )
  })

  it("finds its end in a number of reads that grows with the logarithm", () => {
    const rows = new Rows()
    const log = rows.log(1_000)
    for (let n = 0; n < 2_345; n++) log.add(n, [], publish)
    rows.reads = 0
    expect(rows.log(1_000).next).toBe(2_345)
    expect(rows.reads).toBeLessThanOrEqual(12)
  })

  it("continues with the same numbers when a deploy keeps more, or fewer", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(30),
        (before, after, count) => {
          const rows = new Rows()
          const old = rows.log(before)
          for (let n = 0; n < count; n++) old.add(n, [], publish)
          const log = rows.log(after)
          log.add(count, [], publish)
          expect(log.next).toBe(count + 1)
          const kept = Math.min(before, after - 1, count)
          for (let n = count - kept; n <= count; n++) expect(log.get(n)?.element).toBe(n)
          const restored = rows.log(after)
          expect([restored.next, restored.first]).toEqual([count + 1, log.first])
          for (let n = restored.first; n <= count; n++) expect(restored.get(n)?.element).toBe(n)
        },
      ),
    )
  })

  it("leaves the rows of a hub whose name begins with its own", () => {
    const rows = new Rows()
    const other = new HubLog<string>("events:all", 3, rows.kv)
    other.add("a", [], publish)
    rows.log(2).add(0, [], publish)
    expect(rows.log(4).next).toBe(1)
    expect(new HubLog<string>("events:all", 3, rows.kv).get(0)?.element).toBe("a")
  })
})

class Room extends FlowObject<unknown, { last?: number; slow?: boolean }> {
  readonly said = this.hub<string>("said", { keep: 5 })

  protected accept({ id, data }: ConnectionContext<{ last?: number; slow?: boolean }>) {
    const others = Sink.forEach((message: string) =>
      this.said.publish(message, message === "not me" ? { except: id } : {}),
    )
    const source = this.said.source({ last: data.last })
    return webSocket.endpoint(text, Flow.fromSinkAndSource(others, data.slow ? source.throttle(1, "1 minute") : source))
  }
}

describe("a hub that keeps elements", () => {
  it("gives a late subscriber the last of them, and then new ones", async () => {
    const object = new MemoryObject(Room)
    const ann = await object.connect({})
    for (const message of ["a", "b", "c"]) object.send(ann, message)
    const bob = await object.connect({ last: 2 })
    object.send(ann, "d")
    expect(ann.received).toEqual(["a", "b", "c", "d"])
    expect(bob.received).toEqual(["b", "c", "d"])
  })

  it("sends hibernating subscribers each element once, and wakes none of them", async () => {
    const object = new MemoryObject(Room)
    const [ann, bob] = [await object.connect({}), await object.connect({})]
    object.send(ann, "a")
    await object.evict()
    object.send(ann, "b")
    await object.evict()
    object.send(bob, "c")
    expect([ann.received, bob.received]).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
    ])
  })

  it("is one row for an element, and none for its subscribers", async () => {
    const object = new MemoryObject(Room)
    const ann = await object.connect({})
    for (let n = 0; n < 9; n++) await object.connect({})
    object.writes.length = 0
    object.send(ann, "a")
    expect(object.writes).toEqual(["sluice:hub:said:0"])
  })

  it("reaches at once a slow subscriber that has caught up by elements that are not for it, although it hibernates", async () => {
    const object = new MemoryObject(Room)
    const [ann, slow] = [await object.connect({}), await object.connect({ slow: true })]
    for (const message of ["a", "b"]) object.send(ann, message)
    object.send(slow, "not me")
    await object.evict()
    for (let minute = 0; minute < 10; minute++) object.advance(60_000)
    expect(slow.received).toEqual(["a", "b"])
    await object.evict()
    object.send(ann, "c")
    expect(slow.received).toEqual(["a", "b", "c"])
  })

  it("lets a slow subscriber read missed elements, across evictions", async () => {
    const object = new MemoryObject(Room)
    const [ann, slow] = [await object.connect({}), await object.connect({ slow: true })]
    for (const message of ["a", "b", "c"]) object.send(ann, message)
    expect(slow.received).toEqual(["a"])
    await object.evict()
    object.advance(60_000)
    expect(slow.received).toEqual(["a", "b"])
    for (const message of ["d", "e", "f", "g", "h", "i", "j"]) object.send(ann, message)
    object.advance(120_000)
    // The flow had taken "c" before; "d" and "e" have been written over.
    expect(slow.received).toEqual(["a", "b", "c", "f"])
  })

  it("counts all elements ever published, but for those that deleteAll has deleted", async () => {
    const object = new MemoryObject(Room)
    const ann = await object.connect({})
    expect(object.instance.said.published).toBe(0)
    for (const message of ["a", "b", "c", "d", "e", "f", "g"]) object.send(ann, message)
    expect(object.instance.said.published).toBe(7)
    await object.evict()
    expect(object.instance.said.published).toBe(7)
    object.rows.clear()
    await object.evict()
    expect(object.instance.said.published).toBe(0)
  })

  it.each([
    ["goes on with a session whose log has all that it has missed", 3, { resyncs: 0, heard: [1, 2, 3] }],
    [
      "begins a new session where elements have been written over, so that the client is told",
      4,
      { resyncs: 1, heard: [2, 3, 4] },
    ],
  ])("%s (rows 50 and 51)", async (_, count, { resyncs, heard }) => {
    class Members extends FlowObject {
      readonly said = this.hub<string>("said", { keep: 3 })

      protected accept() {
        const flow = Flow.fromSinkAndSource(Sink.ignore(), this.said.source({ last: 3 }))
        return webSocket.endpoint(text, flow, { resume: { within: 60_000 } })
      }
    }
    const object = new MemoryObject(Members)
    const client = await new MemorySession(object, {}).connect()
    client.drop()
    for (let n = 1; n <= count; n++) object.instance.said.publish(String(n))
    await object.evict()
    await client.connect()
    for (let n = 0; n < count; n++) client.read()
    expect({ resyncs: client.resyncs, heard: client.received.map(Number) }).toEqual({ resyncs, heard })
  })

  it("leaves out the excluded connection of an element, later too", async () => {
    const object = new MemoryObject(Room)
    const [ann, bob] = [await object.connect({}), await object.connect({})]
    object.send(ann, "not me")
    object.send(bob, "b")
    expect([ann.received, bob.received]).toEqual([["b"], ["not me", "b"]])
  })

  it("gives a slow subscriber the elements after one that leaves it out, if it hibernates meanwhile", async () => {
    class Counted extends FlowObject {
      readonly said = this.hub<string>("said", { keep: 5 })

      protected accept({ id }: ConnectionContext) {
        const counted = Flow.of<string>()
          .zipWithIndex()
          .to(Sink.forEach(([line]) => this.said.publish(line, { except: id })))
        return webSocket.endpoint(text, Flow.fromSinkAndSource(counted, this.said.source().throttle(1, "1 minute")))
      }
    }
    const object = new MemoryObject(Counted)
    const slow = await object.connect()
    for (const line of ["a", "b"]) object.instance.said.publish(line)
    await object.evict()
    object.send(slow, "for others")
    await object.evict()
    object.instance.said.publish("c")
    object.advance(120_000)
    expect(slow.received).toEqual(["a", "b", "c"])
  })

  it("starts anew after deleteAll, and its subscribers continue", async () => {
    const object = new MemoryObject(Room)
    const ann = await object.connect({})
    object.send(ann, "a")
    object.rows.clear()
    await object.evict()
    object.send(ann, "b")
    expect(ann.received).toEqual(["a", "b"])
  })

  it("has options of its own", () => {
    expect(() => new MemoryObject(Room).instance.said.source({ bufferSize: 3 })).toThrow(
      /reads from storage, and has no bufferSize/,
    )
    class Plain extends FlowObject {
      readonly plain = this.hub<string>("plain")
      protected accept() {
        return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), Source.never<string>()))
      }
    }
    expect(() => new MemoryObject(Plain).instance.plain.source({ last: 3 })).toThrow(/the hub needs the option keep/)
    expect(() => new MemoryObject(Plain).instance.plain.published).toThrow(/with the option keep only/)
    class Wrong extends Plain {
      readonly none = this.hub("none", { keep: 0 })
    }
    expect(() => new MemoryObject(Wrong)).toThrow(RangeError)
  })
})
