import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

describe("takeWithin", () => {
  const second = () => Probe.flow(() => Flow.of<number>().takeWithin("1 second"))

  it("lets elements pass until the time is over, then completes and cancels", () => {
    const probe = second().unbounded().send(1).advance(999).send(2)
    expect(probe.ended).toBe(undefined)
    probe.advance(1)
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toBe("completed")
    expect(probe.cancelled).toBe(true)
    expect(probe.clock.pending).toBe(0)
  })

  it("backpressures when downstream backpressures", () => {
    const probe = second().request(1).send(1)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("lets elements pass while the clock is late", () => {
    const probe = second().unbounded()
    probe.clock.stall(5_000)
    expect(probe.send(1).received).toEqual([1])
    expect(probe.advance(0).ended).toBe("completed")
  })

  it("keeps when the time is over while it hibernates", () => {
    const probe = second().unbounded().advance(600).hibernate().advance(399)
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(1).ended).toBe("completed")
  })
})

describe("dropWithin", () => {
  const second = () => Probe.flow(() => Flow.of<number>().dropWithin("1 second"))

  it("emits once the time is over, and needs no timer for it", () => {
    const probe = second().unbounded().send(1).advance(999).send(2)
    expect(probe.clock.pending).toBe(0)
    expect(probe.advance(1).send(3).received).toEqual([3])
  })

  it("continues to drop without using up the demand", () => {
    const probe = second().request(1).send(1, 2, 3)
    expect(probe.demand).toBe(true)
  })

  it("backpressures when the time is over and downstream backpressures", () => {
    const probe = second().request(1).advance(1_000).send(1)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("keeps when the time is over while it hibernates", () => {
    const probe = second().unbounded().advance(600).hibernate().advance(399).send(1).advance(1).send(2)
    expect(probe.received).toEqual([2])
  })
})

describe("initialDelay", () => {
  const second = () => Probe.flow(() => Flow.of<number>().initialDelay("1 second"))

  it("backpressures until the time is over", () => {
    const probe = second().unbounded().advance(999)
    expect(probe.demand).toBe(false)
    expect(probe.advance(1).demand).toBe(true)
    expect(probe.send(1, 2).received).toEqual([1, 2])
  })

  it("backpressures when downstream backpressures, even after the time is over", () => {
    const probe = second().advance(1_000)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
    expect(probe.send(1).demand).toBe(false)
  })

  it("waits for a late clock", () => {
    const probe = second().unbounded()
    probe.clock.stall(5_000)
    expect(probe.demand).toBe(false)
    expect(probe.advance(0).demand).toBe(true)
  })

  it("keeps when the time is over while it hibernates", () => {
    const probe = second().unbounded().advance(600).hibernate().advance(399)
    expect(probe.demand).toBe(false)
    expect(probe.advance(1).demand).toBe(true)
  })

  it("does not wait again after it hibernates", () => {
    expect(second().unbounded().advance(1_000).hibernate().demand).toBe(true)
  })
})
