import { describe, expect, it } from "vitest"
import { TooManySubstreamsOpenError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

type Make = (substream: Flow<number, number>, key: number) => Flow<number, unknown>

const error = new Error("broken")
const byTens = (n: number) => Math.floor(n / 10)
const start = (f: Make, options?: { allowClosedSubstreamRecreation?: boolean }) =>
  Probe.flow(() => Flow.of<number>().groupBy(3, byTens, f, options))
const counted: Make = (substream, key) => substream.scan(0, (count) => count + 1).map((count) => `${key}:${count}`)

describe("groupBy", () => {
  it("sends the elements of each key through a flow of their own", () => {
    const probe = start((substream) => substream.grouped(2))
      .unbounded()
      .send(1, 11, 2, 12, 3)
    expect(probe.received).toEqual([
      [1, 2],
      [11, 12],
    ])
    expect(probe.complete().received.at(-1)).toEqual([3])
    expect(probe.ended).toBe("completed")
  })

  it("merges the outputs as they arrive", () => {
    const delayed: Make = (substream, key) => substream.delay(30 - key * 10)
    const probe = start(delayed).unbounded().send(1, 11, 21).advance(30)
    expect(probe.received).toEqual([21, 11, 1])
  })

  it("passes the key to the function, once for each", () => {
    const keys: number[] = []
    const probe = start((substream, key) => {
      keys.push(key)
      return substream
    })
    probe.unbounded().send(1, 11, 2, 12)
    expect(keys).toEqual([0, 1])
  })

  it("keeps each flow's state and timers while it hibernates", () => {
    const probe = start(counted).unbounded().send(1, 11, 2).hibernate().send(3, 12, 21)
    expect(probe.received).toEqual(["0:0", "0:1", "1:0", "1:1", "0:2", "0:3", "1:2", "2:0", "2:1"])
    const delayed = start((substream) => substream.delay("1 second"))
      .unbounded()
      .send(1)
      .advance(600)
      .send(11)
    expect(delayed.hibernate().advance(400).received).toEqual([1])
    expect(delayed.hibernate().advance(600).received).toEqual([1, 11])
    expect(delayed.clock.pending).toBe(0)
  })

  it("backpressures while an element waits for its flow, hibernating or not", () => {
    const slow: Make = (substream, key) => (key === 0 ? substream.delay(10, { bufferSize: 1 }) : substream)
    const probe = start(slow).unbounded().send(1)
    expect(probe.demand).toBe(true)
    expect(probe.send(11, 2).demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
    expect(probe.advance(10).received).toEqual([11, 1])
    expect(probe.demand).toBe(true)
    expect(probe.advance(10).received).toEqual([11, 1, 2])
  })

  it("emits on demand only", () => {
    const probe = start((substream) => substream).send(1, 11, 21)
    expect(probe.hibernate().request(2).received).toEqual([1, 11])
    expect(probe.request(1).received).toEqual([1, 11, 21])
  })

  it("sends on the element that waits when upstream completes, hibernating or not", () => {
    const slow: Make = (substream) => substream.delay(10, { bufferSize: 1 })
    const probe = start(slow).unbounded().send(1, 2).complete().hibernate().advance(10)
    expect(probe.ended).toBe(undefined)
    expect(probe.hibernate().advance(10).received).toEqual([1, 2])
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("completes without an element", () => {
    expect(start(counted).complete().ended).toBe("completed")
  })

  it("cancels upstream and its flows when downstream cancels", () => {
    const ends: unknown[] = []
    const probe = start((substream, key) => substream.onTermination(({ type }) => ends.push([key, type])))
    expect(probe.unbounded().send(1, 11).cancel().cancelled).toBe(true)
    expect(ends).toEqual([
      [0, "cancelled"],
      [1, "cancelled"],
    ])
  })

  it("fails with upstream, at once", () => {
    expect(
      start((substream) => substream.delay(10))
        .unbounded()
        .send(1)
        .fail(error).ended,
    ).toEqual({ failed: error })
  })

  it("fails both ways when a flow, the key or the function fails", () => {
    const broken = () => {
      throw error
    }
    for (const probe of [
      start((substream) => substream.map(broken)),
      start(broken),
      Probe.flow(() => Flow.of<number>().groupBy(3, broken as () => number, (substream) => substream)),
    ]) {
      probe.unbounded().send(1)
      expect(probe.ended).toEqual({ failed: error })
      expect(probe.cancelled).toEqual({ cause: error })
    }
  })

  it("fails when there are too many keys, hibernating or not, and names the remedies", () => {
    const probe = start(counted).unbounded().send(1, 11, 21).hibernate().send(31)
    expect(probe.ended).toEqual({ failed: expect.any(TooManySubstreamsOpenError) })
    expect(String(probe.ended && probe.ended !== "completed" && probe.ended.failed)).toContain(
      '"groupBy", step 1 of the flow: an element has a new key, and 3 substreams are open or closed: raise maxSubstreams',
    )
  })

  it("drops the elements of a key whose flow has closed, hibernating or not", () => {
    const probe = start((substream) => substream.take(1))
      .unbounded()
      .send(1, 2, 11)
      .hibernate()
      .send(3, 12, 21)
    expect(probe.received).toEqual([1, 11, 21])
    expect(probe.hibernate().send(31).ended).toEqual({ failed: expect.any(TooManySubstreamsOpenError) })
  })

  it("makes a new flow for a key whose flow has closed, if allowed", () => {
    const probe = start((substream) => substream.take(1), { allowClosedSubstreamRecreation: true })
    probe.unbounded().send(1, 2, 11).hibernate().send(3, 21, 31, 41)
    expect(probe.received).toEqual([1, 2, 11, 3, 21, 31, 41])
  })

  it("continues with the output of a flow that takes no more elements", () => {
    const probe = start((substream) => substream.take(1).delay(10))
      .unbounded()
      .send(1, 2)
      .hibernate()
      .complete()
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(10).received).toEqual([1])
    expect(probe.ended).toBe("completed")
  })

  it("keeps an element when upstream completes while the element is on its way", () => {
    const queue = Source.queue<number>(1)
    const completing: Make = (substream) =>
      substream
        .map((n) => {
          if (n === 2) queue.complete()
          return n
        })
        .delay(10, { bufferSize: 1 })
    const probe = Probe.source(() => queue.source.groupBy(3, byTens, completing)).unbounded()
    for (const n of [1, 2]) queue.offer(n)
    expect(probe.advance(20).received).toEqual([1, 2])
    expect(probe.ended).toBe("completed")
  })

  it("drops an element that waits for a flow that closes", () => {
    const closing: Make = (substream) => substream.delay(10, { bufferSize: 1 }).takeWithin(5)
    const probe = start(closing).unbounded().send(1, 2)
    expect(probe.demand).toBe(false)
    expect(probe.advance(5).demand).toBe(true)
    expect(probe.complete().ended).toBe("completed")
  })

  it("refuses a key that would not be the same after hibernation", () => {
    const probe = Probe.flow(() =>
      Flow.of<number>().groupBy(
        3,
        (n) => ({ n }) as never,
        (substream) => substream,
      ),
    )
    expect(probe.unbounded().send(1).ended).toEqual({
      failed: new TypeError(
        '"groupBy", step 1 of the flow: key returned an object (n): return a primitive value, such as an id',
      ),
    })
  })

  it("needs a stack as deep as its stages, for any number of elements", () => {
    const many = Source.range(0, 99_999).groupBy(
      3,
      (n) => n % 3,
      (substream) => substream.alsoTo(Sink.ignore()),
    )
    expect(Probe.source(() => many).unbounded().received.length).toBe(100_000)
  })
})
