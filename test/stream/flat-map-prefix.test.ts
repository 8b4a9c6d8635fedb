import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

type Make = (prefix: number[], tail: Flow<number, number>) => Flow<number, unknown>

const error = new Error("broken")
const start = (count: number, f: Make) => Probe.flow(() => Flow.of<number>().flatMapPrefix(count, f))
/** Emits the prefix first, then the rest. */
const shown: Make = (prefix, tail) => tail.map((n) => `${n}`).prepend(Source.single(prefix))

describe("flatMapPrefix", () => {
  it("sends the rest through the flow that f makes of the first elements", () => {
    expect(start(2, shown).unbounded().send(1, 2, 3, 4).received).toEqual([[1, 2], "3", "4"])
  })

  it("calls f with the shorter prefix when upstream completes early", () => {
    const probe = start(3, shown).unbounded().send(1).complete()
    expect(probe.received).toEqual([[1]])
    expect(probe.ended).toBe("completed")
    expect(start(3, shown).unbounded().complete().received).toEqual([[]])
  })

  it("completes with a prefix that is the whole stream", () => {
    const probe = start(2, shown).unbounded().send(1, 2).complete()
    expect(probe.received).toEqual([[1, 2]])
    expect(probe.ended).toBe("completed")
  })

  it("makes the flow at the start for an empty prefix", () => {
    const probe = start(0, shown).unbounded()
    expect(probe.received).toEqual([[]])
    expect(probe.hibernate().send(1).received).toEqual([[], "1"])
  })

  it("requests no element without demand of the flow of an empty prefix", async () => {
    const clock = new TestClock()
    const asked: number[] = []
    const source = Source.range(1, 2).map((n) => asked.push(n))
    const done = source.flatMapPrefix(0, (_, tail) => tail.initialDelay(10)).runWith(Sink.ignore(), { clock })
    expect(asked).toEqual([])
    clock.advance(10)
    await done
    expect(asked).toEqual([1, 2])
  })

  it("requests the prefix on demand only, hibernating or not", () => {
    const probe = start(1, shown)
    expect(probe.demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
    expect(probe.request(1).hibernate().send(7).received).toEqual([[7]])
  })

  it("backpressures as the flow does, hibernating or not", () => {
    const probe = start(1, (_, tail) => tail.delay("1 second", { bufferSize: 1 }))
    probe.unbounded().send(0, 1)
    expect(probe.demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
    expect(probe.advance(1_000).received).toEqual([1])
    expect(probe.demand).toBe(true)
  })

  it("fails both ways when f throws", () => {
    const probe = start(1, () => {
      throw error
    })
      .unbounded()
      .send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("fails both ways when the flow fails", () => {
    const probe = start(1, (_, tail) =>
      tail.map((n) => {
        if (n === 3) throw error
        return n
      }),
    )
    probe.unbounded().send(1, 2, 3)
    expect(probe.received).toEqual([2])
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("passes a failure of upstream on, before and after the prefix", () => {
    let made = 0
    const counted: Make = (_, tail) => {
      made++
      return tail
    }
    expect(start(2, counted).unbounded().send(1).fail(error).ended).toEqual({ failed: error })
    expect(made).toBe(0)
    expect(start(1, counted).unbounded().send(1).fail(error).ended).toEqual({ failed: error })
  })

  it("cancels upstream when downstream cancels, before and after the prefix", () => {
    expect(start(2, shown).unbounded().send(1).cancel().cancelled).toBe(true)
    expect(start(1, shown).unbounded().send(1).cancel().cancelled).toBe(true)
  })

  it("ends with a flow that completes", () => {
    const probe = start(1, (_, tail) => tail.take(1)).unbounded()
    expect(probe.send(1, 2).ended).toBe("completed")
    expect(probe.cancelled).toBe(true)
    const never = start(1, (_, tail) => tail.take(0)).unbounded()
    expect(never.send(1).ended).toBe("completed")
    expect(never.cancelled).toBe(true)
  })

  it("cancels upstream when the flow does, and emits the rest of the flow", () => {
    const probe = start(1, (_, tail) => tail.take(0).concat(Source.tick("1 second").take(2))).unbounded()
    probe.send(1)
    expect(probe.cancelled).toBe(true)
    expect(probe.hibernate().advance(1_000).received).toEqual([0, 1])
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("emits an element that waits for demand before it completes", () => {
    const probe = start(1, (prefix) => Flow.fromSinkAndSource(Sink.cancelled(), Source.from(prefix)))
    probe.request(1).send(7).hibernate()
    expect(probe.received).toEqual([7])
    expect(probe.ended).toBe("completed")
  })

  it("calls f again with the prefix after it hibernated, and keeps the state of the flow", () => {
    const prefixes: number[][] = []
    const counting: Make = (prefix, tail) => {
      prefixes.push(prefix.splice(0))
      return tail.scan(0, (sum, n) => sum + n)
    }
    const probe = start(2, counting).unbounded().send(1).hibernate()
    expect(prefixes).toEqual([])
    probe.send(2).hibernate().send(3).hibernate().send(4)
    expect(probe.received).toEqual([0, 3, 7])
    expect(prefixes).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ])
  })

  it("refuses a flow with other steps than the saved ones", () => {
    let changed = false
    const probe = start(1, (_, tail) => (changed ? tail.take(2) : tail.drop(2))).unbounded()
    probe.send(1)
    changed = true
    expect(() => probe.hibernate()).toThrow("another source than it did when the flow was saved")
  })

  it("stays over after it failed while it hibernates", () => {
    let made = 0
    const probe = start(0, (_, tail) => {
      made++
      return tail
    })
    expect(probe.unbounded().fail(error).hibernate().ended).toEqual({ failed: error })
    expect(made).toBe(1)
  })

  it("runs within itself", () => {
    const probe = start(1, (outer, tail) =>
      tail.flatMapPrefix(1, (inner, rest) => rest.map((n) => [...outer, ...inner, n])),
    ).unbounded()
    expect(probe.send(1, 2).hibernate().send(3).received).toEqual([[1, 2, 3]])
  })
})
