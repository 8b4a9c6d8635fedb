import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Joined } from "../support/joined.ts"

const error = new Error("broken")

type Join = (
  flow: Flow<string, string>,
  side: Source<string>,
  options?: { eagerComplete: boolean },
) => Flow<string, string>

const joins: Record<string, Join> = {
  merge: (flow, side, options) => flow.merge(side, options),
  mergePreferred: (flow, side, options) => flow.mergePreferred(side, options),
  mergePrioritized: (flow, side, options) => flow.mergePrioritized(side, 2, 1, options),
  interleave: (flow, side, options) => flow.interleave(side, 1, options),
}

const joined = (join: Join, options?: { eagerComplete: boolean }) =>
  new Joined((flow, side) => join(flow, side, options))
const eager = { eagerComplete: true }

describe.each(Object.entries(joins))("%s", (_, join) => {
  it("completes when both have completed", () => {
    const { probe, side } = joined(join).unbounded().send("a")
    expect(probe.complete().ended).toBe(undefined)
    side.offer("x")
    side.complete()
    expect(probe.received).toEqual(["a", "x"])
    expect(probe.ended).toBe("completed")
  })

  it("completes when the side source completes first and this stream then", () => {
    const { probe, side } = joined(join).unbounded()
    side.complete()
    expect(probe.send("a", "b").received).toEqual(["a", "b"])
    expect(probe.complete().ended).toBe("completed")
  })

  it("completes when one has completed if it is eager, and cancels the other", () => {
    const one = joined(join, eager).unbounded()
    expect(one.probe.complete().ended).toBe("completed")
    expect(one.sideIsClosed).toBe(true)
    const other = joined(join, eager).unbounded()
    other.side.complete()
    expect(other.ended).toBe("completed")
    expect(other.probe.cancelled).toBe(true)
  })

  it("cancels both when downstream cancels", () => {
    const both = joined(join).unbounded()
    expect(both.probe.cancel(error).cancelled).toEqual({ cause: error })
    expect(both.sideIsClosed).toBe(true)
  })

  it("fails as soon as one fails, and cancels the other with the cause", () => {
    const one = joined(join).unbounded()
    one.side.fail(error)
    expect(one.ended).toEqual({ failed: error })
    expect(one.probe.cancelled).toEqual({ cause: error })
    const other = joined(join).unbounded()
    expect(other.probe.fail(error).ended).toEqual({ failed: error })
    expect(other.sideIsClosed).toBe(true)
  })

  it("continues with the other side alone after it hibernated with one side ended", () => {
    const both = joined(join).unbounded()
    both.probe.complete().hibernate()
    expect(both.offer("x", "y").hibernate().offer("z").received).toEqual(["x", "y", "z"])
    both.side.complete()
    expect(both.ended).toBe("completed")
  })
})

describe.each(["merge", "mergePreferred", "mergePrioritized"])("%s, which takes one element of each ahead", (name) => {
  const join = joins[name] as Join

  it("backpressures when downstream backpressures", () => {
    const { probe } = joined(join).send("a")
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("still emits the waiting elements when it completes eagerly", () => {
    const both = joined(join, eager).send("a")
    both.side.complete()
    expect(both.probe.cancelled).toBe(true)
    expect(both.hibernate().request(1).received).toEqual(["a"])
    expect(both.ended).toBe("completed")
  })

  it("loses the waiting elements when one side fails", () => {
    const both = joined(join).send("a")
    both.side.fail(error)
    expect(both.unbounded().received).toEqual([])
  })

  it("keeps an element that waits while it hibernates", () => {
    const both = joined(join).send("a").offer("x").hibernate()
    expect(both.probe.demand).toBe(false)
    expect(both.unbounded().received).toEqual(["a", "x"])
  })
})

describe("merge", () => {
  const merged = () => joined((flow, side) => flow.merge(side))

  it("emits elements in the order in which they come", () => {
    const both = merged().unbounded().offer("x").send("a", "b").offer("y", "z")
    expect(both.received).toEqual(["x", "a", "b", "y", "z"])
  })

  it("keeps the order while downstream backpressures", () => {
    expect(merged().offer("x").send("a").unbounded().received).toEqual(["x", "a"])
  })

  it("keeps the order while it hibernates", () => {
    expect(merged().offer("x").hibernate().send("a").hibernate().unbounded().received).toEqual(["x", "a"])
  })

  it("is fair to sources that never pause", () => {
    const abc = (...letters: string[]) => Source.cycle(letters)
    const probe = Probe.source(() => abc("a", "b").merge(abc("x", "y")).take(6)).unbounded()
    expect(probe.received).toEqual(["a", "x", "b", "y", "a", "x"])
  })

  it("is as fair to several in a row", () => {
    const repeat = (letter: string) => Source.repeat(letter)
    const probe = Probe.source(() => repeat("a").merge(repeat("b")).merge(repeat("c")).take(6)).unbounded()
    expect(probe.received).toEqual(["a", "b", "c", "a", "b", "c"])
  })

  it("of several in a row is eager only with eagerComplete", () => {
    const both = Source.single("a").merge(Source.never())
    const probe = Probe.source(() => both.merge(Source.single("c"), eager)).unbounded()
    expect(probe.received).toEqual(["a", "c"])
    expect(probe.ended).toBe("completed")
  })

  it("emits an element at once that arrives while another one passes", () => {
    const queue = Source.queue<string>(16)
    const answered = (text: string) => {
      if (text === "a") queue.offer("x")
      return text
    }
    const probe = Probe.flow(() => Flow.of<string>().merge(queue.source).map(answered)).unbounded()
    expect(probe.send("a").received).toEqual(["a", "x"])
  })

  it("ends with a side that ends while an element passes", () => {
    const queue = Source.queue<string>(16)
    const last = (text: string) => {
      queue.complete()
      return text
    }
    const probe = Probe.flow(() => Flow.of<string>().merge(queue.source).map(last))
      .unbounded()
      .complete()
    queue.offer("x")
    expect(probe.received).toEqual(["x"])
    expect(probe.ended).toBe("completed")
  })

  it("has nothing to save of an element that need not wait", () => {
    const { probe } = merged().unbounded().send("a")
    probe.save()
    expect(probe.send("b").changes).toBe(0)
    expect(probe.received).toEqual(["a", "b"])
  })

  it("stays fair when it hibernates between any two elements", () => {
    const probe = Probe.source(() => Source.cycle(["a", "b"]).merge(Source.cycle(["x", "y"])))
    for (let n = 0; n < 6; n++) probe.request(1).hibernate()
    expect(probe.received).toEqual(["a", "x", "b", "y", "a", "x"])
  })
})
