import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Joined } from "../support/joined.ts"

const ticks = () => Source.tick("1 second").map((n) => `tick ${n}`)
const late = (...elements: string[]) => Source.from(elements).initialDelay("1 second")
const spaced = (...elements: string[]) => Source.from(elements).throttle(1, "1 second")

describe("side sources with timers", () => {
  const letters = () => Flow.of<string>()

  it("merges ticks on their grid, with any hibernation between them", () => {
    const probe = Probe.flow(() => letters().merge(ticks())).unbounded()
    probe.advance(700).hibernate().send("a").hibernate().advance(299)
    expect(probe.received).toEqual(["tick 0", "a"])
    expect(probe.hibernate().advance(1).hibernate().advance(1_000).received).toEqual([
      "tick 0",
      "a",
      "tick 1",
      "tick 2",
    ])
  })

  it("leaves no timer when downstream cancels", () => {
    const probe = Probe.flow(() => letters().merge(ticks()))
      .unbounded()
      .cancel()
    expect(probe.clock.pending).toBe(0)
  })

  it("leaves no timer when this stream fails", () => {
    const probe = Probe.flow(() => letters().merge(ticks()))
      .unbounded()
      .fail(new Error("broken"))
    expect(probe.clock.pending).toBe(0)
  })

  it("starts a stream with late elements, and hibernates until they arrive", () => {
    const probe = Probe.flow(() => letters().prepend(late("x")))
      .unbounded()
      .advance(600)
      .hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.advance(399).received).toEqual([])
    expect(probe.advance(1).send("a").received).toEqual(["x", "a"])
  })

  it("lets the time of a source run before its turn in a concat", () => {
    const probe = Probe.flow(() => letters().concat(late("x")))
      .unbounded()
      .advance(600)
      .hibernate()
      .advance(600)
    expect(probe.complete().received).toEqual(["x"])
    expect(probe.ended).toBe("completed")
  })

  it("zips with a throttled source, hibernating between the elements", () => {
    const probe = Probe.flow(() => letters().zip(spaced("x", "y")))
      .unbounded()
      .send("a")
      .hibernate()
      .send("b")
      .hibernate()
    expect(probe.received).toEqual([["a", "x"]])
    expect(probe.advance(1_000).received).toEqual([
      ["a", "x"],
      ["b", "y"],
    ])
    expect(probe.ended).toBe("completed")
  })

  it("interleaves with a throttled source, hibernating in the middle of a turn", () => {
    const probe = Probe.flow(() => letters().interleave(spaced("w", "x", "y", "z"), 2)).unbounded()
    probe.send("a", "b").hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.advance(999).demand).toBe(false)
    expect(probe.advance(1).hibernate().send("c").received).toEqual(["a", "b", "w", "x", "c"])
  })

  it("emits overdue elements in the order of their due times when the clock was late", () => {
    const after = (duration: number, element: string) => Source.single(element).delay(duration)
    const probe = Probe.source(() => after(300, "c").merge(after(100, "a")).merge(after(200, "b"))).unbounded()
    probe.clock.stall(1_000)
    probe.advance(0)
    expect(probe.received).toEqual(["a", "b", "c"])
    expect(probe.ended).toBe("completed")
  })
})

describe("junctions in junctions", () => {
  it("keeps elements that wait in an inner junction and in the outer one", () => {
    const both = new Joined<string>((flow, side) => flow.merge(side.merge(Source.single("s"))))
    both.offer("x").send("a").hibernate()
    expect(both.probe.demand).toBe(false)
    expect(both.unbounded().received).toEqual(["s", "a", "x"])
  })

  it("keeps the turn in each of them", () => {
    const inner = () => Source.cycle(["x", "y"]).interleave(Source.cycle(["1", "2", "3"]), 2)
    const make = () => Source.cycle(["a", "b"]).interleave(inner(), 1)
    const awake = Probe.source(make).request(10)
    const asleep = Probe.source(make)
    for (let n = 0; n < 10; n++) asleep.request(1).hibernate()
    expect(awake.received.join("")).toBe("axby" + "a1b2" + "ax")
    expect(asleep.received).toEqual(awake.received)
  })

  it("ends them all when the innermost source fails", () => {
    const error = new Error("broken")
    const probe = Probe.flow(() =>
      Flow.of<string>().merge(Source.never<string>().concat(Source.failed(error)).zip(ticks())),
    )
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("forks and joins in a side source", () => {
    const both = new Joined<string>((flow, side) =>
      flow.merge(
        side.broadcast<string>(
          Flow.of(),
          Flow.of<string>().map((letter) => letter.toUpperCase()),
        ),
      ),
    )
    both.offer("x").hibernate().request(1).hibernate().send("a").request(2)
    expect(both.received).toEqual(["x", "X", "a"])
  })
})
