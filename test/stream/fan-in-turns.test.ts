import { describe, expect, it } from "vitest"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Joined } from "../support/joined.ts"

describe("mergePrioritized", () => {
  const letters = () => Source.repeat("a").mergePrioritized(Source.repeat("x"), 3, 1)
  const others = (text: string) => text.split("").filter((letter) => letter === "x").length

  it("has nothing to save of an element that need not wait", () => {
    const { probe } = new Joined((flow, side) => flow.mergePrioritized(side, 3, 1)).unbounded().send("a").offer("x")
    probe.save()
    expect(probe.send("b").changes).toBe(0)
    expect(probe.received).toEqual(["a", "x", "b"])
  })

  it("shares out the turns by priority where both always have an element", () => {
    const fast = Probe.source(() => letters().take(40))
      .unbounded()
      .received.join("")
    expect(others(fast)).toBe(10)
    expect(fast).toContain("x")
    expect(fast.slice(0, 4)).toBe("aaxa")
  })

  it("shares them out in the same way to a slow downstream", () => {
    const probe = Probe.source(letters)
    for (let n = 0; n < 8; n++) probe.request(1)
    expect(probe.received.join("")).toBe("aaxaaaxa")
  })

  it("gives every turn to the only side with an element", () => {
    const both = new Joined((flow, side) => flow.mergePrioritized(side, 5, 1)).unbounded()
    expect(both.offer("x", "y", "z").received).toEqual(["x", "y", "z"])
  })

  it("keeps the turn while it hibernates in the middle", () => {
    const probe = Probe.source(letters)
    for (let n = 0; n < 8; n++) probe.request(1).hibernate()
    expect(probe.received.join("")).toBe("aaxaaaxa")
  })
})

describe("interleave", () => {
  const pairs = () => new Joined((flow, side) => flow.interleave(side, 2))

  it("takes a segment of this stream, then one of the source", () => {
    const both = pairs().unbounded().offer("x", "y", "z").send("a", "b", "c", "d")
    expect(both.received).toEqual(["a", "b", "x", "y", "c", "d", "z"])
  })

  it("backpressures when it is the other's turn", () => {
    const both = pairs().unbounded().send("a", "b")
    expect(both.probe.demand).toBe(false)
    expect(both.offer("x").probe.demand).toBe(false)
    expect(both.offer("y").probe.demand).toBe(true)
  })

  it("backpressures when downstream backpressures", () => {
    const { probe } = pairs()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).send("a").demand).toBe(false)
  })

  it("passes the turn on when the side with the turn ends", () => {
    const both = pairs().unbounded().offer("x", "y", "z").send("a")
    both.probe.complete()
    expect(both.received).toEqual(["a", "x", "y", "z"])
  })

  it("keeps the turn, and the rest of it, while it hibernates", () => {
    const both = pairs().unbounded().offer("x", "y").send("a").hibernate().send("b").hibernate().send("c")
    expect(both.received).toEqual(["a", "b", "x", "y", "c"])
  })

  it("keeps that it is the source's turn while it hibernates", () => {
    const both = pairs().unbounded().send("a", "b").hibernate()
    expect(both.probe.demand).toBe(false)
    expect(both.offer("x").hibernate().probe.demand).toBe(false)
    expect(both.offer("y").probe.demand).toBe(true)
  })
})
