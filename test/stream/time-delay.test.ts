import { describe, expect, it } from "vitest"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

describe("delay", () => {
  const second = (options?: Parameters<Flow<number, number>["delay"]>[1]) =>
    Probe.flow(() => Flow.of<number>().delay("1 second", options))

  it("emits each element when it has waited", () => {
    const probe = second().unbounded().send(1).advance(400).send(2).advance(599)
    expect(probe.received).toEqual([])
    expect(probe.advance(1).received).toEqual([1])
    expect(probe.advance(399).received).toEqual([1])
    expect(probe.advance(1).received).toEqual([1, 2])
    expect(probe.clock.pending).toBe(0)
  })

  it("holds elements after their delay until there is demand", () => {
    const probe = second().send(1, 2).advance(5_000)
    expect(probe.request(1).received).toEqual([1])
    expect(probe.request(1).received).toEqual([1, 2])
  })

  it("backpressures when the buffer is full", () => {
    const probe = second({ bufferSize: 2 }).unbounded().send(1).advance(500).send(2)
    expect(probe.demand).toBe(false)
    expect(probe.advance(500).demand).toBe(true)
  })

  it.each([
    ["dropHead", [2, 3]],
    ["dropTail", [1, 3]],
    ["dropNew", [1, 2]],
    ["dropBuffer", [3]],
  ] as const)("never backpressures with %s", (overflow, received) => {
    const probe = second({ bufferSize: 2, overflow }).unbounded().send(1, 2, 3)
    expect(probe.demand).toBe(true)
    expect(probe.advance(1_000).received).toEqual(received)
  })

  it("gives an element its own time if it replaces a dropped one", () => {
    const probe = second({ bufferSize: 1, overflow: "dropHead" }).unbounded().send(1).advance(500).send(2).advance(500)
    expect(probe.received).toEqual([])
    expect(probe.advance(500).received).toEqual([2])
  })

  it("fails on overflow with fail: downstream at once, upstream with the cause", () => {
    const probe = second({ bufferSize: 1, overflow: "fail" }).unbounded().send(1, 2)
    expect(probe.ended).toEqual({ failed: expect.any(BufferOverflowError) })
    expect(probe.cancelled).toEqual({ cause: expect.any(BufferOverflowError) })
    expect(probe.clock.pending).toBe(0)
  })

  it("completes when upstream completes and every element was emitted", () => {
    const probe = second().unbounded().send(1).complete()
    expect(probe.ended).toBe(undefined)
    probe.advance(1_000)
    expect(probe.received).toEqual([1])
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("loses the waiting elements when upstream fails", () => {
    expect(second().unbounded().send(1).fail(new Error("broken")).advance(1_000).received).toEqual([])
  })

  it("emits overdue elements in order when the clock was late", () => {
    const probe = second().unbounded().send(1).advance(500).send(2)
    probe.clock.stall(5_000)
    expect(probe.received).toEqual([])
    expect(probe.advance(0).received).toEqual([1, 2])
  })

  it("keeps the waiting elements and when each is due while it hibernates", () => {
    const probe = second().unbounded().send(1).advance(400).hibernate().send(2).hibernate().advance(600)
    expect(probe.received).toEqual([1])
    expect(probe.hibernate().advance(399).received).toEqual([1])
    expect(probe.advance(1).received).toEqual([1, 2])
  })

  it("keeps that elements are ready while it hibernates", () => {
    const probe = second({ bufferSize: 2 }).send(1, 2).advance(1_000).hibernate()
    expect(probe.clock.pending).toBe(0)
    expect(probe.demand).toBe(false)
    expect(probe.unbounded().received).toEqual([1, 2])
  })

  it("completes after hibernation if it was complete before", () => {
    const probe = second().unbounded().send(1).complete().hibernate().advance(1_000)
    expect(probe.received).toEqual([1])
    expect(probe.ended).toBe("completed")
  })
})
