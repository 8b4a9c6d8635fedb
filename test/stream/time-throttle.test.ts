import { describe, expect, it } from "vitest"
import { RateExceededError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

describe("throttle", () => {
  const twice = (options?: Parameters<Flow<number, number>["throttle"]>[2]) =>
    Probe.flow(() => Flow.of<number>().throttle(2, "1 second", options))

  it("emits the first element at once and the next when the rate allows it", () => {
    const probe = twice().unbounded().send(1, 2)
    expect(probe.received).toEqual([1])
    expect(probe.advance(499).received).toEqual([1])
    expect(probe.advance(1).received).toEqual([1, 2])
    expect(probe.clock.pending).toBe(0)
  })

  it("backpressures while the rate does not allow the element", () => {
    const probe = twice().unbounded().send(1, 2)
    expect(probe.demand).toBe(false)
    expect(probe.advance(500).demand).toBe(true)
  })

  it("backpressures when downstream backpressures", () => {
    const probe = twice()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).send(1).demand).toBe(false)
    expect(probe.advance(5_000).demand).toBe(false)
  })

  it("lets a burst pass, then spaces the elements evenly", () => {
    const probe = twice({ burst: 3 }).unbounded().send(1, 2, 3, 4)
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.advance(500).received).toEqual([1, 2, 3, 4])
    expect(probe.send(5).received).toEqual([1, 2, 3, 4])
  })

  it("saves up no more than one burst without elements", () => {
    const probe = twice({ burst: 2 }).unbounded().advance(60_000).send(1, 2, 3)
    expect(probe.received).toEqual([1, 2])
  })

  it("completes when upstream completes and the waiting element was emitted", () => {
    const probe = twice().unbounded().send(1, 2).complete()
    expect(probe.ended).toBe(undefined)
    probe.advance(500)
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("loses the waiting element when upstream fails", () => {
    expect(twice().unbounded().send(1, 2).fail(new Error("broken")).advance(500).received).toEqual([1])
  })

  it("fails a stream that is too fast when it enforces the rate", () => {
    const probe = twice({ enforce: true, burst: 2 }).unbounded().send(1, 2).advance(500).send(3)
    expect(probe.received).toEqual([1, 2, 3])
    probe.send(4)
    expect(probe.ended).toEqual({ failed: expect.any(RateExceededError) })
    expect(probe.cancelled).toEqual({ cause: expect.any(RateExceededError) })
    expect(probe.received).toEqual([1, 2, 3])
  })

  it("holds the element until a late clock fires", () => {
    const probe = twice().unbounded().send(1, 2)
    probe.clock.stall(5_000)
    expect(probe.received).toEqual([1])
    expect(probe.advance(0).received).toEqual([1, 2])
  })

  it("keeps the state of the rate while it hibernates", () => {
    const probe = twice({ burst: 2 }).unbounded().send(1).hibernate().send(2).hibernate().send(3)
    expect(probe.received).toEqual([1, 2])
    expect(probe.advance(500).received).toEqual([1, 2, 3])
  })

  it("keeps the waiting element while it hibernates", () => {
    const probe = twice().unbounded().send(1, 2).advance(200).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.advance(299).received).toEqual([1])
    expect(probe.advance(1).received).toEqual([1, 2])
  })
})
