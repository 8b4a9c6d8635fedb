import { describe, expect, it } from "vitest"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")

function broken(): never {
  throw error
}

describe("buffer", () => {
  const two = (overflow: Parameters<Flow<number, number>["buffer"]>[1] = "backpressure") =>
    Probe.flow(() => Flow.of<number>().buffer(2, overflow))

  it("has nothing to save after an event without an element (fault 4)", () => {
    const probe = Probe.flow(() => Flow.of<number>().buffer(2, "backpressure"))
    probe.save()
    expect(probe.request(1).changes).toBe(0)
    expect(probe.send(1).changes).toBe(1)
  })

  it("emits the buffered elements on demand", () => {
    const probe = two().send(1, 2).request(1)
    expect(probe.received).toEqual([1])
    expect(probe.unbounded().send(3).received).toEqual([1, 2, 3])
  })

  it("backpressures when it is full", () => {
    const probe = two().send(1, 2)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it.each([
    ["dropHead", [2, 3]],
    ["dropTail", [1, 3]],
    ["dropNew", [1, 2]],
    ["dropBuffer", [3]],
  ] as const)("never backpressures with %s", (overflow, received) => {
    const probe = two(overflow).send(1, 2, 3)
    expect(probe.demand).toBe(true)
    expect(probe.unbounded().received).toEqual(received)
  })

  it("fails on overflow with fail: the buffer is lost, and upstream gets the cause", () => {
    const probe = two("fail").send(1, 2, 3).unbounded()
    expect(probe.received).toEqual([])
    expect(probe.ended).toEqual({ failed: expect.any(BufferOverflowError) })
    expect(probe.cancelled).toEqual({ cause: expect.any(BufferOverflowError) })
  })

  it("completes when upstream completes and the buffer is empty", () => {
    const probe = two().send(1, 2).complete().request(1)
    expect(probe.ended).toBe(undefined)
    probe.request(1)
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toBe("completed")
  })

  it("loses its content when upstream fails", () => {
    const probe = two().send(1, 2).fail(error).unbounded()
    expect(probe.received).toEqual([])
    expect(probe.ended).toEqual({ failed: error })
  })

  it("cancels when downstream cancels", () => {
    expect(two().send(1).cancel().cancelled).toBe(true)
  })

  it("keeps its content while it hibernates", () => {
    const probe = two().send(1).hibernate().send(2).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).hibernate().send(3).unbounded().received).toEqual([1, 2, 3])
  })

  it("keeps that upstream has completed while it hibernates", () => {
    const probe = two().send(1).complete().hibernate()
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).ended).toBe("completed")
  })
})

describe("conflate", () => {
  const sum = (aggregate = (held: number, n: number) => held + n) =>
    Probe.flow(() => Flow.of<number>().conflate(aggregate))

  it("emits each element when downstream is fast", () => {
    expect(sum().unbounded().send(1, 2).received).toEqual([1, 2])
  })

  it("never backpressures, and combines elements without demand", () => {
    const probe = sum().send(1, 2, 3)
    expect(probe.demand).toBe(true)
    expect(probe.unbounded().send(4).received).toEqual([6, 4])
  })

  it("completes when upstream completes and the held element was emitted", () => {
    const probe = sum().send(1, 2).complete()
    expect(probe.ended).toBe(undefined)
    probe.request(1)
    expect(probe.received).toEqual([3])
    expect(probe.ended).toBe("completed")
  })

  it("loses the held element when upstream fails", () => {
    expect(sum().send(1).fail(error).unbounded().received).toEqual([])
  })

  it("cancels when downstream cancels", () => {
    expect(sum().send(1).cancel().cancelled).toBe(true)
  })

  it("fails both ways when aggregate throws", () => {
    const probe = sum(broken).send(1, 2)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("keeps the held element while it hibernates", () => {
    expect(sum().send(1, 2).hibernate().send(3).hibernate().request(1).received).toEqual([6])
  })
})

describe("expand", () => {
  const count = (n: number) => [n, n + 1, n + 2]
  const three = (f: (n: number) => Iterable<number> = count) => Probe.flow(() => Flow.of<number>().expand(f))

  it("emits values of the last element while there is demand", () => {
    const probe = three().send(10).request(2)
    expect(probe.received).toEqual([10, 11])
    expect(probe.unbounded().received).toEqual([10, 11, 12])
  })

  it("continues with the next element as soon as it arrives", () => {
    expect(three().send(10).request(1).send(20).request(2).received).toEqual([10, 20, 21])
  })

  it("backpressures until a value of the last element was emitted", () => {
    const probe = three().send(10)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("skips an element without values", () => {
    const probe = three(() => [])
      .unbounded()
      .send(1, 2)
    expect(probe.received).toEqual([])
    expect(probe.demand).toBe(true)
  })

  it("completes when upstream completes and a value of the last element was emitted", () => {
    expect(three().send(10).request(1).complete().ended).toBe("completed")
    const probe = three().send(10).complete()
    expect(probe.ended).toBe(undefined)
    probe.request(2)
    expect(probe.received).toEqual([10])
    expect(probe.ended).toBe("completed")
  })

  it("cancels when downstream cancels", () => {
    expect(three().send(10).cancel().cancelled).toBe(true)
  })

  it("fails both ways when f throws", () => {
    const probe = three(broken).unbounded().send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("keeps the element and the count of its values while it hibernates", () => {
    const probe = three().send(10).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).hibernate().request(1).hibernate().unbounded().received).toEqual([10, 11, 12])
    expect(probe.hibernate().send(20).received).toEqual([10, 11, 12, 20, 21, 22])
  })
})
