import { describe, expect, it } from "vitest"
import { Joined } from "../support/joined.ts"

const error = new Error("broken")

const operators = {
  zip: () => new Joined<[string, string]>((flow, side) => flow.zip(side)),
  zipLatest: () => new Joined<[string, string]>((flow, side) => flow.zipLatest(side)),
}

describe.each(Object.entries(operators))("%s", (_, joined) => {
  it("emits once both have had an element", () => {
    const both = joined().unbounded().send("a")
    expect(both.received).toEqual([])
    expect(both.offer("x").received).toEqual([["a", "x"]])
  })

  it("backpressures as long as the other has had none", () => {
    const both = joined().unbounded().send("a")
    expect(both.probe.demand).toBe(false)
    expect(both.offer("x").probe.demand).toBe(true)
  })

  it("backpressures when downstream backpressures", () => {
    const both = joined().offer("x").send("a")
    expect(both.probe.demand).toBe(false)
    expect(both.request(1).probe.demand).toBe(true)
  })

  it("completes when one of them completes, and cancels the other", () => {
    const one = joined().unbounded()
    one.probe.complete()
    expect(one.ended).toBe("completed")
    expect(one.sideIsClosed).toBe(true)
    const other = joined().unbounded()
    other.side.complete()
    expect(other.ended).toBe("completed")
    expect(other.probe.cancelled).toBe(true)
  })

  it("completes at once when the one that ends has no element left, though the other's waits", () => {
    const both = joined().send("a")
    both.side.complete()
    expect(both.ended).toBe("completed")
  })

  it("cancels both when downstream cancels", () => {
    const both = joined().unbounded().send("a")
    expect(both.probe.cancel().cancelled).toBe(true)
    expect(both.sideIsClosed).toBe(true)
  })

  it("fails as soon as one fails, and loses the element that waits", () => {
    const both = joined().unbounded().send("a")
    both.side.fail(error)
    expect(both.ended).toEqual({ failed: error })
    expect(both.probe.cancelled).toEqual({ cause: error })
  })

  it("keeps the element that waits for the other while it hibernates", () => {
    const both = joined().unbounded().send("a").hibernate()
    expect(both.probe.demand).toBe(false)
    expect(both.offer("x").received).toEqual([["a", "x"]])
  })

  it("keeps a pair that nobody wanted yet while it hibernates", () => {
    const both = joined().offer("x").hibernate().send("a").hibernate()
    expect(both.probe.demand).toBe(false)
    expect(both.unbounded().received).toEqual([["a", "x"]])
  })
})

describe("zip", () => {
  it("pairs first with first and second with second", () => {
    const both = operators.zip().unbounded().offer("x", "y", "z").send("a", "b")
    expect(both.received).toEqual([
      ["a", "x"],
      ["b", "y"],
    ])
  })

  it("pairs the element that waits before it completes", () => {
    const both = operators.zip().unbounded().send("a")
    both.probe.complete().hibernate()
    expect(both.ended).toBe(undefined)
    expect(both.offer("x").received).toEqual([["a", "x"]])
    expect(both.ended).toBe("completed")
  })
})

describe("zipLatest", () => {
  it("emits again whenever there is a new element", () => {
    const both = operators.zipLatest().unbounded().send("a").offer("x", "y").send("b")
    expect(both.received).toEqual([
      ["a", "x"],
      ["a", "y"],
      ["b", "y"],
    ])
  })

  it("keeps the latest of each while it hibernates", () => {
    const both = operators.zipLatest().unbounded().send("a").offer("x").hibernate().offer("y").hibernate().send("b")
    expect(both.received.slice(1)).toEqual([
      ["a", "y"],
      ["b", "y"],
    ])
  })
})
