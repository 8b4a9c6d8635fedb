import { describe, expect, it } from "vitest"
import { StreamTimeoutError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

describe("keepAlive", () => {
  const alive = (inject = () => "alive") => Probe.flow(() => Flow.of<string>().keepAlive("1 second", inject))

  it("emits the result of inject whenever no element has come for the duration", () => {
    const probe = alive().unbounded().advance(1_000)
    expect(probe.received).toEqual(["alive"])
    expect(probe.advance(2_000).received).toEqual(["alive", "alive", "alive"])
  })

  it("injects nothing while elements come", () => {
    const probe = alive().unbounded().advance(999).send("a").advance(999).send("b")
    expect(probe.received).toEqual(["a", "b"])
  })

  it("backpressures when an element waits for demand", () => {
    const probe = alive().send("a")
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
    expect(probe.received).toEqual(["a"])
  })

  it("injects once there is demand, and once only", () => {
    const probe = alive().advance(5_000)
    expect(probe.request(1).received).toEqual(["alive"])
    expect(probe.request(1).received).toEqual(["alive"])
    expect(probe.advance(1_000).received).toEqual(["alive", "alive"])
  })

  it("emits an element that waits before it injects anything", () => {
    const probe = alive().request(1).advance(1_000)
    expect(probe.send("a").advance(1_000).request(1).received).toEqual(["alive", "a"])
  })

  it("injects nothing after upstream has completed", () => {
    const probe = alive().request(1).advance(1_000).send("a").complete().advance(5_000).unbounded()
    expect(probe.received).toEqual(["alive", "a"])
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("fails both ways when inject throws", () => {
    const error = new Error("broken")
    const probe = alive(() => {
      throw error
    }).unbounded()
    probe.advance(1_000)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("injects once when the clock was late", () => {
    const probe = alive().unbounded()
    probe.clock.stall(5_000)
    expect(probe.advance(0).received).toEqual(["alive"])
    expect(probe.advance(1_000).received).toEqual(["alive", "alive"])
  })

  it("keeps when the next injection is due while it hibernates", () => {
    const probe = alive().unbounded().advance(600).hibernate().advance(399)
    expect(probe.received).toEqual([])
    expect(probe.advance(1).received).toEqual(["alive"])
  })

  it("keeps that an injection is due while it hibernates", () => {
    expect(alive().advance(1_000).hibernate().request(1).received).toEqual(["alive"])
  })

  it("keeps an element that waits while it hibernates", () => {
    const probe = alive().request(1).advance(1_000).send("a").hibernate().request(1)
    expect(probe.received).toEqual(["alive", "a"])
  })
})

describe("idleTimeout", () => {
  const second = () => Probe.flow(() => Flow.of<number>().idleTimeout("1 second"))

  it("fails both ways when no element has come for the duration", () => {
    const probe = second().unbounded().advance(999)
    expect(probe.ended).toBe(undefined)
    probe.advance(1)
    expect(probe.ended).toEqual({ failed: expect.any(StreamTimeoutError) })
    expect(probe.cancelled).toEqual({ cause: expect.any(StreamTimeoutError) })
    expect(probe.clock.pending).toBe(0)
  })

  it("counts anew from each element", () => {
    const probe = second().unbounded().advance(999).send(1).advance(999).send(2).advance(999)
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(1).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })

  it("backpressures when downstream backpressures, and fails all the same", () => {
    const probe = second()
    expect(probe.demand).toBe(false)
    expect(probe.advance(1_000).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })

  it("does not fail if an element comes before a late clock fires", () => {
    const probe = second().unbounded()
    probe.clock.stall(5_000)
    expect(probe.send(1).advance(999).ended).toBe(undefined)
  })

  it("keeps when the time is over while it hibernates", () => {
    const probe = second().unbounded().advance(500).send(1).advance(600).hibernate().advance(399)
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(1).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })
})

describe("completionTimeout", () => {
  const second = () => Probe.flow(() => Flow.of<number>().completionTimeout("1 second"))

  it("fails both ways when the time since the start is over, for any elements", () => {
    const probe = second().unbounded().send(1).advance(999).send(2)
    expect(probe.ended).toBe(undefined)
    probe.advance(1)
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toEqual({ failed: expect.any(StreamTimeoutError) })
    expect(probe.cancelled).toEqual({ cause: expect.any(StreamTimeoutError) })
  })

  it("backpressures when downstream backpressures", () => {
    const probe = second().request(1).send(1)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("keeps when the time is over while it hibernates", () => {
    const probe = second().unbounded().advance(600).hibernate().send(1).advance(399)
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(1).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })
})
