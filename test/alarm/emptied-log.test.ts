import { Flow, Sink, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

afterEach(() => vi.useRealTimers())

class Room extends FlowObject<unknown, { slow?: boolean }> {
  readonly said = this.hub<string>("said", { keep: 5 })

  protected accept({ id, data }: ConnectionContext<{ slow?: boolean }>) {
    const others = Sink.forEach((message: string) =>
      this.said.publish(message, message === "not me" ? { except: id } : {}),
    )
    const source = this.said.source()
    return webSocket.endpoint(text, Flow.fromSinkAndSource(others, data.slow ? source.throttle(1, "1 minute") : source))
  }

  deleteAll(): Promise<void> {
    return this.ctx.storage.deleteAll()
  }
}

const news = ["1", "2", "3", "4"]

describe("a subscriber of a log that deleteAll has emptied", () => {
  it.each([
    ["is in memory", [] as const],
    ["hibernates before", ["evict", "delete"] as const],
    ["hibernates after", ["delete", "evict"] as const],
  ])("gets all that is published afterwards, although it was behind: it %s", async (_, steps) => {
    const object = new MemoryObject(Room)
    const [ann, slow] = [await object.connect({}), await object.connect({ slow: true })]
    for (const message of ["a", "b", "c"]) object.send(ann, message)
    expect(slow.received).toEqual(["a"])
    for (const step of steps.length > 0 ? steps : ["delete"]) {
      if (step === "evict") await object.evict()
      else await object.instance.deleteAll()
    }
    for (const message of news) object.send(ann, message)
    object.advance(600_000)
    // Its flow had taken "b" before.
    expect(slow.received).toEqual(["a", "b", ...news])
    expect(ann.received).toEqual(["a", "b", "c", ...news])
  })

  it("is told of what it has missed, as a session (row 51)", async () => {
    class Members extends FlowObject {
      readonly said = this.hub<string>("said", { keep: 9 })

      protected accept() {
        const flow = Flow.fromSinkAndSource(Sink.ignore(), this.said.source().throttle(1, "1 minute"))
        return webSocket.endpoint(text, flow, { resume: { within: 10_000_000 } })
      }

      deleteAll(): Promise<void> {
        return this.ctx.storage.deleteAll()
      }
    }
    const object = new MemoryObject(Members)
    const client = await new MemorySession(object, {}).connect()
    for (const message of ["a", "b", "c", "d"]) object.instance.said.publish(message)
    client.read().drop()
    await object.instance.deleteAll()
    await object.evict()
    await client.connect()
    expect([client.resyncs, client.received]).toEqual([1, ["a"]])
  })
})

describe("a subscriber that has caught up by elements that are not for it", () => {
  it("gets the next element at once, although it hibernates", async () => {
    const object = new MemoryObject(Room)
    const [ann, slow] = [await object.connect({}), await object.connect({ slow: true })]
    for (const message of ["a", "b"]) object.send(ann, message)
    object.send(slow, "not me")
    await object.evict()
    object.advance(600_000)
    expect(slow.received).toEqual(["a", "b"])
    await object.evict()
    object.send(ann, "c")
    expect(slow.received).toEqual(["a", "b", "c"])
  })
})
