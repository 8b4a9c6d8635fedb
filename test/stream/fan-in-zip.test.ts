import { describe, expect, it } from "vitest"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
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

  it("backpressures while the other has had none", () => {
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

  it("completes at once when the one that ends has no element left, although that of the other waits", () => {
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

  it("keeps a pair without demand while it hibernates", () => {
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

  it("pairs the last element of an ended side before it completes, for any demand (fault 14)", () => {
    for (const demand of [Infinity, 0]) {
      const both = operators.zipLatest().request(demand).send("a")
      both.probe.complete()
      expect(both.ended).toBe(undefined)
      both.hibernate().offer("x", "y")
      expect(both.unbounded().received).toEqual([["a", "x"]])
      expect(both.ended).toBe("completed")
      expect(both.sideIsClosed).toBe(true)
    }
  })

  it("pairs the settings with the first tick (fault 14)", async () => {
    const clock = new TestClock()
    const ticks = Source.tick("1 second", { initialDelay: "1 second" })
    const pairs = Source.single("settings").zipLatest(ticks).runWith(Sink.toArray(), { clock })
    clock.advance(1_000)
    expect(await pairs).toEqual([["settings", 0]])
  })

  it("emits no outdated pair (fault 14)", () => {
    const both = operators.zipLatest().request(1).offer("1").send("a1")
    expect(both.received).toEqual([["a1", "1"]])
    both.send("a2").offer("2")
    expect(both.hibernate().unbounded().received).toEqual([
      ["a1", "1"],
      ["a2", "2"],
    ])
  })

  it("holds one new element of each until there is demand", () => {
    const both = operators.zipLatest().request(1).offer("x").send("a", "b")
    expect(both.probe.demand).toBe(false)
    expect(both.offer("y", "z").request(1).probe.demand).toBe(true)
    expect(both.received).toEqual([
      ["a", "x"],
      ["b", "y"],
    ])
    expect(both.request(1).received.at(-1)).toEqual(["b", "z"])
  })

  it("emits a new pair before it completes", () => {
    const both = operators.zipLatest().request(1).offer("x").send("a", "b")
    both.probe.complete()
    expect(both.hibernate().ended).toBe(undefined)
    expect(both.request(1).received.at(-1)).toEqual(["b", "x"])
    expect(both.ended).toBe("completed")
  })

  it("completes at once without a new pair, without demand, too", () => {
    const both = operators.zipLatest().request(1).offer("x").send("a")
    both.probe.complete()
    expect(both.ended).toBe("completed")
  })

  it("completes at once with the one that never had an element", () => {
    for (const demand of [Infinity, 0]) {
      const both = operators.zipLatest().request(demand).offer("x")
      both.probe.complete()
      expect(both.ended).toBe("completed")
      expect(both.received).toEqual([])
    }
  })

  it("emits an equal pair again, and makes a new array of it", () => {
    const both = operators.zipLatest().unbounded().offer("x").send("a", "a")
    expect(both.received).toEqual([
      ["a", "x"],
      ["a", "x"],
    ])
    expect(both.received[0]).not.toBe(both.received[1])
  })

  it("is not affected by changes of its pairs", () => {
    const both = new Joined<string>((flow, side) => flow.zipLatest(side).map((pair) => pair.splice(0).join("")))
    expect(both.unbounded().offer("x").send("a", "b").hibernate().offer("y").received).toEqual(["ax", "bx", "by"])
  })

  it("keeps the latest of each while it hibernates", () => {
    const both = operators.zipLatest().unbounded().send("a").offer("x").hibernate().offer("y").hibernate().send("b")
    expect(both.received.slice(1)).toEqual([
      ["a", "y"],
      ["b", "y"],
    ])
  })
})
