import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Joined } from "../support/joined.ts"

const error = new Error("broken")

describe("concat", () => {
  const both = () => new Joined((flow, side) => flow.concat(side))

  it("emits this stream, and the source after it", () => {
    const { probe } = both().unbounded().offer("x", "y").send("a", "b")
    expect(probe.received).toEqual(["a", "b"])
    expect(probe.complete().received).toEqual(["a", "b", "x", "y"])
  })

  it("backpressures when downstream backpressures", () => {
    const { probe } = both()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).send("a").demand).toBe(false)
  })

  it("completes when both have completed", () => {
    const { probe, side } = both().unbounded()
    side.complete()
    expect(probe.ended).toBe(undefined)
    expect(probe.complete().ended).toBe("completed")
  })

  it("cancels both when downstream cancels", () => {
    const joined = both().unbounded()
    expect(joined.probe.cancel().cancelled).toBe(true)
    expect(joined.sideIsClosed).toBe(true)
  })

  it("fails when the source fails, even before its turn", () => {
    const { probe, side } = both().unbounded()
    side.fail(error)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("keeps that this stream has ended while it hibernates", () => {
    const joined = both().unbounded().send("a")
    joined.probe.complete()
    joined.hibernate().offer("x").hibernate().offer("y")
    expect(joined.received).toEqual(["a", "x", "y"])
  })
})

describe("prepend", () => {
  const both = () => new Joined((flow, side) => flow.prepend(side))

  it("emits the source, and this stream after it", () => {
    const joined = both().unbounded().offer("x")
    expect(joined.probe.demand).toBe(false)
    joined.side.complete()
    expect(joined.send("a").received).toEqual(["x", "a"])
  })

  it("backpressures when downstream backpressures", () => {
    const probe = Probe.flow(() => Flow.of<string>().prepend(Source.single("x"))).request(1)
    expect(probe.received).toEqual(["x"])
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("completes when both have completed", () => {
    const { probe, side } = both().unbounded()
    expect(probe.complete().ended).toBe(undefined)
    side.complete()
    expect(probe.ended).toBe("completed")
  })

  it("cancels both when downstream cancels", () => {
    const joined = both().unbounded()
    expect(joined.probe.cancel().cancelled).toBe(true)
    expect(joined.sideIsClosed).toBe(true)
  })

  it("keeps its position in the source while it hibernates", () => {
    const probe = Probe.flow(() => Flow.of<string>().prepend(Source.from(["x", "y"])))
    probe.request(1).hibernate().request(1).hibernate().request(1).send("a")
    expect(probe.received).toEqual(["x", "y", "a"])
  })

  it("keeps that the source has ended while it hibernates", () => {
    const probe = Probe.flow(() => Flow.of<string>().prepend(Source.single("x"))).unbounded()
    expect(probe.hibernate().send("a").received).toEqual(["x", "a"])
  })
})

describe("orElse", () => {
  const both = () => new Joined((flow, side) => flow.orElse(side))

  it("emits this stream where it has elements, and cancels the source", () => {
    const joined = both().unbounded().offer("x").send("a")
    expect(joined.sideIsClosed).toBe(true)
    joined.probe.complete()
    expect(joined.received).toEqual(["a"])
    expect(joined.ended).toBe("completed")
  })

  it("emits the source where this stream was empty", () => {
    const { probe, side } = both().unbounded().offer("x")
    expect(probe.received).toEqual([])
    expect(probe.complete().received).toEqual(["x"])
    side.complete()
    expect(probe.ended).toBe("completed")
  })

  it("completes when both are empty", () => {
    const { probe, side } = both().unbounded()
    side.complete()
    expect(probe.ended).toBe(undefined)
    expect(probe.complete().ended).toBe("completed")
  })

  it("backpressures when downstream backpressures", () => {
    const { probe } = both()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).send("a").demand).toBe(false)
  })

  it("cancels both when downstream cancels", () => {
    const joined = both().unbounded()
    expect(joined.probe.cancel().cancelled).toBe(true)
    expect(joined.sideIsClosed).toBe(true)
  })

  it("keeps that this stream has emitted while it hibernates", () => {
    const probe = Probe.flow(() => Flow.of<string>().orElse(Source.never()))
      .unbounded()
      .send("a")
      .hibernate()
    expect(probe.complete().ended).toBe("completed")
  })

  it("keeps that this stream was empty while it hibernates", () => {
    const joined = both().unbounded()
    joined.probe.complete()
    expect(joined.hibernate().offer("x").hibernate().offer("y").received).toEqual(["x", "y"])
  })
})
