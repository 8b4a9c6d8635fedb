import { describe, expect, it } from "vitest"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import type { DropStrategy } from "../../src/stream/overflow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import type { SourceQueue } from "../../src/stream/source-handles.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

describe("queue", () => {
  /** The handle is the one of the newest instance, as in a function that makes the flow for each connection. */
  const connect = (bound = 2, overflow?: DropStrategy) => {
    let queue: SourceQueue<number> = Source.queue(bound)
    const probe = Probe.source(() => {
      queue = Source.queue(bound, overflow)
      return queue.source
    })
    return {
      probe,
      offer: (...elements: number[]) => elements.map((element) => queue.offer(element)),
      complete: () => queue.complete(),
      fail: (error: unknown) => queue.fail(error),
    }
  }

  it("emits offered elements while there is demand", () => {
    const { probe, offer } = connect()
    probe.unbounded()
    expect(offer(1, 2, 3)).toEqual(["enqueued", "enqueued", "enqueued"])
    expect(probe.received).toEqual([1, 2, 3])
  })

  it("holds offered elements until there is demand", () => {
    const { probe, offer } = connect()
    offer(1, 2)
    expect(probe.received).toEqual([])
    expect(probe.request(1).received).toEqual([1])
    expect(probe.request(1).received).toEqual([1, 2])
  })

  it("takes elements before it runs", async () => {
    const queue = Source.queue<number>(2)
    queue.offer(1)
    queue.complete()
    expect(await queue.source.runWith(Sink.toArray())).toEqual([1])
  })

  it("emits in order elements that are offered while another one is on its way", async () => {
    const queue = Source.queue<number>(2)
    const seen: number[] = []
    const countDown = (n: number) => {
      if (n > 0) queue.offer(n - 1)
      else queue.complete()
      seen.push(n)
    }
    queue.offer(3)
    await queue.source.runWith(Sink.forEach(countDown))
    expect(seen).toEqual([3, 2, 1, 0])
  })

  it.each<[DropStrategy, string, number[]]>([
    ["dropHead", "enqueued", [2, 3]],
    ["dropTail", "enqueued", [1, 3]],
    ["dropNew", "dropped", [1, 2]],
    ["dropBuffer", "enqueued", [3]],
  ])("when it is full with the strategy %s, returns %j and continues with %j", (overflow, result, left) => {
    const { probe, offer } = connect(2, overflow)
    expect(offer(1, 2, 3)).toEqual(["enqueued", "enqueued", result])
    expect(probe.unbounded().received).toEqual(left)
    expect(probe.ended).toBe(undefined)
  })

  it("fails at once when it is full by default, and is closed from then on", () => {
    const { probe, offer } = connect(1)
    expect(offer(1, 2, 3)).toEqual(["enqueued", "failed", "closed"])
    expect(probe.ended).toEqual({ failed: expect.any(BufferOverflowError) })
    expect(probe.unbounded().received).toEqual([])
  })

  it("completes when complete was called and the queue is empty", () => {
    const { probe, offer, complete } = connect()
    offer(1, 2)
    complete()
    expect(offer(3)).toEqual(["closed"])
    expect(probe.request(1).ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([1, 2])
    expect(probe.ended).toBe("completed")
  })

  it("completes at once when it is empty", () => {
    const { probe, complete } = connect()
    complete()
    expect(probe.ended).toBe("completed")
  })

  it("fails at once, and loses the queued elements", () => {
    const { probe, offer, fail } = connect()
    offer(1)
    fail("broken")
    expect(probe.unbounded().received).toEqual([])
    expect(probe.ended).toEqual({ failed: "broken" })
    expect(offer(2)).toEqual(["closed"])
  })

  it("is closed when downstream has cancelled", () => {
    const { probe, offer } = connect()
    probe.cancel()
    expect(offer(1)).toEqual(["closed"])
  })

  it("keeps the queued elements while it hibernates", () => {
    const { probe, offer } = connect()
    offer(1, 2)
    probe.hibernate().request(1)
    offer(3)
    expect(probe.hibernate().unbounded().received).toEqual([1, 2, 3])
  })

  it("keeps that it was completed while elements are left", () => {
    const { probe, offer, complete } = connect()
    offer(1)
    complete()
    probe.hibernate()
    expect(offer(2)).toEqual(["closed"])
    expect(probe.request(1).received).toEqual([1])
    expect(probe.ended).toBe("completed")
  })

  it.each<[string, (connection: ReturnType<typeof connect>) => void]>([
    ["was cancelled", ({ probe }) => probe.cancel()],
    ["was completed", ({ complete }) => complete()],
    ["has failed", ({ fail }) => fail("broken")],
  ])("stays closed when it %s before it hibernated", (_, end) => {
    const connection = connect()
    end(connection)
    connection.probe.hibernate()
    expect(connection.offer(1)).toEqual(["closed"])
  })

  it("runs once", async () => {
    const queue = Source.queue<number>(1)
    queue.complete()
    await queue.source.runWith(Sink.ignore())
    await expect(queue.source.runWith(Sink.ignore())).rejects.toThrow("runs once")
  })

  it.each([0, -1, 1.5, Number.NaN])("takes no %d for a bound", (bound) => {
    expect(() => Source.queue(bound)).toThrow(RangeError)
  })
})
