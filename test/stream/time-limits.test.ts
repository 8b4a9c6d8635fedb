import { describe, expect, it } from "vitest"
import { StreamTimeoutError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

describe("initialTimeout", () => {
  const second = () => Probe.flow(() => Flow.of<number>().initialTimeout("1 second"))

  it("fails both ways without a first element, hibernating or not", () => {
    const error = new StreamTimeoutError("initialTimeout: no first element within 1000 ms")
    const probe = second().unbounded().advance(600).hibernate().advance(399)
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(1).ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("has no timer after the first element, hibernating or not", () => {
    const probe = second().unbounded().send(1)
    expect(probe.clock.pending).toBe(0)
    expect(probe.hibernate().advance(5_000).send(2).received).toEqual([1, 2])
    expect(probe.ended).toBe(undefined)
  })

  it("keeps nothing after the first element", () => {
    expect(second().unbounded().send(1).save()).toEqual([])
  })

  it("fails without demand, too, because no element can arrive", () => {
    expect(second().advance(1_000).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })
})

describe("backpressureTimeout", () => {
  const second = () => Probe.flow(() => Flow.of<number>().backpressureTimeout("1 second"))

  it("fails both ways when an element is not followed by demand, hibernating or not", () => {
    const error = new StreamTimeoutError("backpressureTimeout: no demand for 1000 ms")
    const probe = second().request(1).advance(5_000).send(1).advance(600).hibernate().advance(399)
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(1).ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("fails without a first demand", () => {
    expect(second().advance(1_000).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })

  it("has no timer while there is demand, for any pace of upstream", () => {
    const probe = second().request(2).send(1)
    expect(probe.clock.pending).toBe(0)
    expect(probe.hibernate().advance(5_000).send(2).received).toEqual([1, 2])
    expect(probe.clock.pending).toBe(1)
    expect(probe.request(1).clock.pending).toBe(0)
    expect(probe.ended).toBe(undefined)
  })

  it("counts from the last element", () => {
    const probe = second().request(1).send(1).advance(900).request(1).advance(900).send(2).advance(900)
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(100).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })

  it("leaves no timer when downstream cancels with the element", () => {
    const probe = Probe.flow(() => Flow.of<number>().backpressureTimeout("1 second").take(1))
    expect(probe.unbounded().send(1).ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })
})
