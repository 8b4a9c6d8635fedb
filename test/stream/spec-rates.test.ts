import { describe, expect, it } from "vitest"
import { RateExceededError, StreamTimeoutError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

/** Cases of Pekko's specs of the throttle, the timeouts and batches that the other tests do not have. */

const error = new Error("broken")
const numbers = () => Flow.of<number>()
const itself = (n: number) => n
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const rateExceeded = { failed: expect.any(RateExceededError) }

describe("throttle", () => {
  it.each([
    [19, 1_000, 1],
    [110, 1_000, 11],
    [300, 1_000, 30],
    [1_830, 1_000, 183],
    [22, 100, 22],
    [1, 500, 1],
  ])("of %i elements in %i ms has a burst of those in 100 ms by default: %i", (elements, per, burst) => {
    const probe = Probe.flow(() => numbers().throttle(elements, per)).unbounded()
    while (probe.demand) probe.send(probe.received.length)
    expect(probe.received.length).toBe(burst)
  })

  it("holds the first element back too with a burst of 0, and each one after a pause", () => {
    const probe = Probe.flow(() => numbers().throttle(1, 300, { burst: 0 })).unbounded()
    for (const n of [1, 2, 3]) {
      expect(probe.send(n).hibernate().advance(299).received).toEqual(range(1, n - 1))
      expect(probe.advance(1).received).toEqual(range(1, n))
      if (n === 2) probe.advance(10_000)
    }
    expect(() => numbers().throttle(1, 300, { burst: -1 })).toThrow("throttle: burst is a number (-1)")
  })

  it("passes bytes at their rate, hibernating or not", () => {
    const chunks = [2, 4, 6, 8].map((length) => new Uint8Array(length))
    const bytes = Flow.of<Uint8Array>().throttle(2, 200, { burst: 0, cost: (chunk) => chunk.byteLength })
    const probe = Probe.flow(() => bytes).unbounded()
    for (const chunk of chunks) {
      const before = probe.received.length
      probe.send(chunk).hibernate()
      expect(probe.advance(chunk.length * 100 - 1).received.length).toBe(before)
      expect(probe.advance(1).received.length).toBe(before + 1)
    }
    expect(probe.received).toEqual(chunks)
  })

  it("spaces elements evenly that cost more than the burst", () => {
    const probe = Probe.source(() => Source.range(1, 3).throttle(2, 500, { cost: () => 2 })).unbounded()
    expect(probe.advance(249).received).toEqual([])
    expect(probe.advance(1).received).toEqual([1])
    expect(probe.advance(499).received).toEqual([1])
    expect(probe.advance(1).received).toEqual([1, 2])
    expect(probe.advance(500).received).toEqual([1, 2, 3])
  })

  it("counts from the last element, not from a grid", () => {
    const probe = Probe.flow(() => numbers().throttle(1, 100, { burst: 1 })).unbounded()
    probe.send(1).advance(250).send(2).advance(10).send(3)
    expect(probe.advance(89).received).toEqual([1, 2])
    expect(probe.advance(1).received).toEqual([1, 2, 3])
  })

  it("is counted for each use of a flow alone", async () => {
    const shared = numbers().throttle(1, "1 day", { burst: 1, enforce: true })
    for (const n of [1, 2]) {
      expect(await Source.single(n).via(shared).via(shared).runWith(Sink.toArray())).toEqual([n])
    }
  })

  it("enforces a rate by the cost of all elements", () => {
    const enforced = (last: number, burst: number) =>
      Probe.source(() => Source.range(1, last).throttle(2, 200, { burst, cost: itself, enforce: true })).unbounded()
    expect(enforced(4, 10).received).toEqual([1, 2, 3, 4])
    expect(enforced(4, 10).ended).toBe("completed")
    expect(enforced(5, 10).ended).toEqual(rateExceeded)
    expect(enforced(1, 0).ended).toEqual(rateExceeded)
  })

  it("shapes a stream by cost for one below that enforces its rate", () => {
    const shaped = Source.range(1, 5).throttle(2, 200, { burst: 0, cost: itself })
    const probe = Probe.source(() => shaped.throttle(1, 100, { burst: 5, enforce: true })).unbounded()
    expect(probe.advance(1_500).received).toEqual([1, 2, 3, 4, 5])
    expect(probe.ended).toBe("completed")
  })

  it.each(["on time", "late"])("keeps its rate while that of its stream changes, with timers that are %s", (timers) => {
    const queue = Source.queue<number>(10_000)
    const probe = Probe.source(() => queue.source.throttle(300, "1 second")).unbounded()
    let offered = 0
    /** Offers elements every 5 ms, and returns how many elements are emitted in this time. */
    const during = (seconds: number, elements: number): number => {
      const before = probe.received.length
      for (let time = 0; time < seconds * 1_000; time += 5) {
        for (let n = 0; n < elements; n++) queue.offer(offered++)
        if (timers === "late") probe.clock.stall(5)
        probe.advance(timers === "late" ? 0 : 5)
      }
      return probe.received.length - before
    }
    expect(during(3, 1)).toBe(600)
    const burst = during(2, 3) - 600
    expect(burst).toBeGreaterThanOrEqual(28)
    expect(burst).toBeLessThanOrEqual(31)
    expect(Math.abs(during(2, 1) - 600)).toBeLessThanOrEqual(2)
    during(4, 1)
    expect(during(1, 1)).toBe(200)
    queue.complete()
    expect(probe.received).toEqual(range(0, offered - 1))
    expect(probe.ended).toBe("completed")
  })
})

describe.each<[string, (flow: Flow<number, number>) => Flow<number, number>]>([
  ["initialTimeout", (flow) => flow.initialTimeout("1 second")],
  ["completionTimeout", (flow) => flow.completionTimeout("1 second")],
  ["idleTimeout", (flow) => flow.idleTimeout("1 second")],
  ["backpressureTimeout", (flow) => flow.backpressureTimeout("1 second")],
])("%s", (_, timed) => {
  /** Runs a flow that was made five seconds before. */
  const start = () => {
    const clock = new TestClock()
    const flow = timed(numbers())
    clock.advance("5 seconds")
    return Probe.flow(() => flow, clock)
  }

  it("counts from the start of the stream, not from the making of the flow", () => {
    const probe = start().advance(999)
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(1).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })

  it("lets a stream without demand complete in its time", () => {
    const probe = start().advance(800).complete()
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })
})

describe("idleTimeout", () => {
  it("fails each of many streams on one clock in its time", async () => {
    const clock = new TestClock()
    const idle = () =>
      Source.never<number>()
        .idleTimeout(300)
        .recover((thrown) => (thrown instanceof StreamTimeoutError ? -1 : undefined))
        .takeWithin(1_200)
        .runWith(Sink.headOption(), { clock })
    const streams = range(1, 30).map(idle)
    let ended = 0
    for (const stream of streams) void stream.then(() => ended++)
    clock.advance(299)
    await settled()
    expect(ended).toBe(0)
    clock.advance(1)
    expect(await Promise.all(streams)).toEqual(streams.map(() => -1))
  })
})

describe("batch and batchWeighted", () => {
  const sum = (total: number, n: number) => total + n

  it("combine any number of elements up to the largest max", () => {
    const batched = () =>
      numbers().batch(
        Number.MAX_SAFE_INTEGER,
        (n) => [n],
        (batch, n) => [n, ...batch],
      )
    expect(
      Probe.flow(batched)
        .send(...range(1, 10))
        .request(1).received,
    ).toEqual([range(1, 10).toReversed()])
  })

  it("emit nothing without an element, and the next one at once where demand waits for it", () => {
    const probe = Probe.flow(() => numbers().batch(2, itself, sum))
    probe.request(1).send(1).request(1).send(2, 3, 4)
    expect(probe.received).toEqual([1, 2])
    expect(probe.request(1).received).toEqual([1, 2, 7])
    expect(probe.request(1).advance(500).received).toEqual([1, 2, 7])
  })

  it("fail at once with the error of a cost, and lose the batch", () => {
    const cost = (n: number) => {
      if (n === 3) throw error
      return 1
    }
    const probe = Probe.flow(() => numbers().batchWeighted(9, cost, itself, sum)).send(1, 2, 3)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(probe.unbounded().received).toEqual([])
  })
})
