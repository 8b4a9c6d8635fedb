import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

describe("debounce", () => {
  const second = () => Probe.flow(() => Flow.of<number>().debounce("1 second"))

  it("emits the last element when no other has come for the duration", () => {
    const probe = second().unbounded().send(1).advance(999).send(2).advance(999)
    expect(probe.received).toEqual([])
    expect(probe.advance(1).received).toEqual([2])
    expect(probe.clock.pending).toBe(0)
  })

  it("never backpressures, and replaces the element that waits for demand", () => {
    const probe = second().send(1).advance(1_000).send(2)
    expect(probe.demand).toBe(true)
    expect(probe.unbounded().received).toEqual([])
    expect(probe.advance(1_000).received).toEqual([2])
  })

  it("completes when upstream completes and the waiting element was emitted", () => {
    const probe = second().send(1).complete()
    expect(probe.ended).toBe(undefined)
    expect(probe.clock.pending).toBe(0)
    probe.request(1)
    expect(probe.received).toEqual([1])
    expect(probe.ended).toBe("completed")
  })

  it("loses the waiting element when upstream fails", () => {
    expect(second().unbounded().send(1).fail(new Error("broken")).advance(1_000).received).toEqual([])
  })

  it("waits for a late clock, and takes the newest element meanwhile", () => {
    const probe = second().unbounded().send(1)
    probe.clock.stall(5_000)
    expect(probe.send(2).advance(999).received).toEqual([])
    expect(probe.advance(1).received).toEqual([2])
  })

  it("keeps the element and when it is due while it hibernates", () => {
    const probe = second().unbounded().send(1).advance(600).hibernate().advance(399)
    expect(probe.received).toEqual([])
    expect(probe.advance(1).received).toEqual([1])
  })

  it("keeps that the element is ready while it hibernates", () => {
    expect(second().send(1).advance(1_000).hibernate().request(1).received).toEqual([1])
  })
})

describe("groupedWithin", () => {
  const grouped = (count = 3) => Probe.flow(() => Flow.of<number>().groupedWithin(count, "1 second"))

  it("emits a group when it is complete", () => {
    const probe = grouped().unbounded().send(1, 2, 3, 4)
    expect(probe.received).toEqual([[1, 2, 3]])
  })

  it("emits a group when the time since its first element is over", () => {
    const probe = grouped().unbounded().advance(700).send(1).advance(500).send(2).advance(499)
    expect(probe.received).toEqual([])
    expect(probe.advance(1).received).toEqual([[1, 2]])
  })

  it("needs no timer while a group is empty", () => {
    const probe = grouped().unbounded().send(1, 2, 3)
    expect(probe.clock.pending).toBe(0)
    expect(probe.advance(5_000).received).toEqual([[1, 2, 3]])
  })

  it("backpressures when a group is complete and downstream backpressures", () => {
    const probe = grouped().send(1, 2, 3)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("loses no group while downstream backpressures", () => {
    const probe = grouped().send(1).advance(1_000).send(2).advance(1_000)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).received).toEqual([[1]])
    expect(probe.request(1).received).toEqual([[1], [2]])
  })

  it("requests the first element of the next group while a closed group waits, hibernating or not", () => {
    const probe = grouped().send(1).advance(1_000)
    expect(probe.demand).toBe(true)
    expect(probe.hibernate().demand).toBe(true)
  })

  it("leaves the next group its time when the one before it was late", () => {
    const probe = grouped().send(1).advance(1_000).send(2).advance(999).unbounded()
    expect(probe.received).toEqual([[1]])
    expect(probe.send(3).advance(1).received).toEqual([[1], [2, 3]])
  })

  it("completes when upstream completes and the last group was emitted", () => {
    const probe = grouped().send(1).advance(1_000).send(2).complete()
    expect(probe.clock.pending).toBe(0)
    expect(probe.request(1).ended).toBe(undefined)
    probe.request(1)
    expect(probe.received).toEqual([[1], [2]])
    expect(probe.ended).toBe("completed")
  })

  it("loses the group when upstream fails", () => {
    expect(grouped().unbounded().send(1).fail(new Error("broken")).advance(1_000).received).toEqual([])
  })

  it("adds elements to the group while the clock is late", () => {
    const probe = grouped().unbounded().send(1)
    probe.clock.stall(5_000)
    expect(probe.send(2).received).toEqual([])
    expect(probe.advance(0).received).toEqual([[1, 2]])
  })

  it("keeps the group and when it is due while it hibernates", () => {
    const probe = grouped().unbounded().send(1).advance(600).hibernate().send(2).hibernate().advance(399)
    expect(probe.received).toEqual([])
    expect(probe.advance(1).received).toEqual([[1, 2]])
  })

  it("keeps a group without demand while it hibernates", () => {
    const probe = grouped().send(1, 2, 3).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.unbounded().received).toEqual([[1, 2, 3]])
  })

  it("keeps two groups without demand while it hibernates", () => {
    const probe = grouped().send(1).advance(1_000).send(2).advance(1_000).hibernate()
    expect(probe.unbounded().received).toEqual([[1], [2]])
  })
})
