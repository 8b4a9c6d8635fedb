import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
const broken = () =>
  Sink.forEach<number>(() => {
    throw error
  })
const first = () => Sink.head<number>()
const isOdd = (n: number) => n % 2 === 1

const operators = {
  alsoTo: (flow: Flow<number, number>, sink: Sink<number, unknown>) => flow.alsoTo(sink),
  divertTo: (flow: Flow<number, number>, sink: Sink<number, unknown>) => flow.divertTo(sink, isOdd),
  wireTap: (flow: Flow<number, number>, sink: Sink<number, unknown>) => flow.wireTap(sink),
}
type Name = keyof typeof operators

/** A flow with a side output through `way` into a list. */
function aside(name: Name, way: (flow: Flow<number, number>) => Flow<number, number> = (flow) => flow) {
  const seen: number[] = []
  const sink = () => way(Flow.of<number>()).to(Sink.forEach((n) => seen.push(n)))
  return { seen, probe: Probe.flow(() => operators[name](Flow.of<number>(), sink())) }
}
const slowly = (flow: Flow<number, number>) => flow.throttle(1, "1 second")
const into = (name: Name, sink: () => Sink<number, unknown>) =>
  Probe.flow(() => operators[name](Flow.of<number>(), sink()))

describe.each(["alsoTo", "divertTo", "wireTap"] as const)("%s", (name) => {
  it("completes when upstream completes", () => {
    expect(aside(name).probe.complete().ended).toBe("completed")
  })

  it("cancels when downstream cancels", () => {
    expect(aside(name).probe.unbounded().cancel().cancelled).toBe(true)
    expect(aside(name).probe.unbounded().cancel(error).cancelled).toEqual({ cause: error })
  })

  it("ends the sink as the stream ends", () => {
    const ends: unknown[] = []
    const sink = () => Sink.onComplete((cause) => ends.push(cause))
    into(name, sink).complete()
    into(name, sink).fail(error)
    into(name, sink).cancel()
    expect(ends).toEqual([undefined, error, undefined])
  })

  it("fails as upstream does", () => {
    expect(aside(name).probe.fail(error).ended).toEqual({ failed: error })
  })
})

describe.each(["alsoTo", "divertTo"] as const)("%s", (name) => {
  it("fails the whole stream when the sink fails", () => {
    const probe = into(name, broken).unbounded().send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("completes and cancels when the sink cancels", () => {
    const probe = into(name, first).unbounded().send(1)
    expect(probe.ended).toBe("completed")
    expect(probe.cancelled).toBe(true)
  })
})

describe("alsoTo", () => {
  it("sends every element both ways", () => {
    const { seen, probe } = aside("alsoTo")
    expect(probe.unbounded().send(1, 2).received).toEqual([1, 2])
    expect(seen).toEqual([1, 2])
  })

  it("backpressures when downstream or the sink does", () => {
    const { probe } = aside("alsoTo", slowly)
    expect(probe.demand).toBe(false)
    probe.request(2).send(1, 2)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(false)
    expect(probe.advance(1_000).demand).toBe(true)
  })

  it("gives the sink the last element that downstream takes", () => {
    const seen: number[] = []
    const sink = () => Sink.forEach<number>((n) => void seen.push(n))
    Probe.flow(() => Flow.of<number>().alsoTo(sink()).take(2))
      .unbounded()
      .send(1, 2)
    expect(seen).toEqual([1, 2])
  })

  it("gives downstream the last element that the sink takes", () => {
    expect(into("alsoTo", first).unbounded().send(1).received).toEqual([1])
  })

  it("keeps the state of the sink while it hibernates", () => {
    const { seen, probe } = aside("alsoTo", slowly)
    probe.unbounded().send(1, 2).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.advance(1_000).demand).toBe(true)
    expect(seen).toEqual([1, 2])
  })

  it("keeps that it is over while it hibernates", () => {
    const probe = into("alsoTo", first).unbounded().send(1).hibernate()
    expect(probe.demand).toBe(false)
  })
})

describe("divertTo", () => {
  it("sends an element to the sink where the predicate holds, else downstream", () => {
    const { seen, probe } = aside("divertTo")
    expect(probe.unbounded().send(1, 2, 3, 4).received).toEqual([2, 4])
    expect(seen).toEqual([1, 3])
  })

  it("backpressures when the side that the element is for does", () => {
    const { seen, probe } = aside("divertTo")
    probe.send(1, 3, 2)
    expect(seen).toEqual([1, 3])
    expect(probe.demand).toBe(false)
    expect(probe.request(1).received).toEqual([2])
    expect(probe.demand).toBe(true)
  })

  it("fails both ways when the predicate throws", () => {
    const probe = Probe.flow(() =>
      Flow.of<number>().divertTo(Sink.ignore(), () => {
        throw error
      }),
    )
    probe.unbounded().send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("completes when the element that waited for its side was emitted", () => {
    const { probe } = aside("divertTo")
    expect(probe.send(2).complete().hibernate().ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([2])
    expect(probe.ended).toBe("completed")
  })

  it("loses the element that waits for its side when upstream fails", () => {
    expect(aside("divertTo").probe.send(2).fail(error).unbounded().received).toEqual([])
  })

  it("keeps an element that waits for its side while it hibernates", () => {
    const { seen, probe } = aside("divertTo", slowly)
    probe.unbounded().send(1, 3, 5).hibernate()
    expect(probe.demand).toBe(false)
    probe.advance(2_000).hibernate().send(2)
    expect(seen).toEqual([1, 3, 5])
    expect(probe.received).toEqual([2])
  })
})

describe("wireTap", () => {
  it("sends each element to the sink", () => {
    const { seen, probe } = aside("wireTap")
    expect(probe.unbounded().send(1, 2).received).toEqual([1, 2])
    expect(seen).toEqual([1, 2])
  })

  it("backpressures when downstream does", () => {
    const { probe } = aside("wireTap")
    expect(probe.demand).toBe(false)
    expect(probe.request(1).send(1).demand).toBe(false)
  })

  it("never waits for the sink, which misses elements while it is not ready", () => {
    const { seen, probe } = aside("wireTap", slowly)
    expect(probe.unbounded().send(1, 2, 3).received).toEqual([1, 2, 3])
    probe.hibernate().advance(1_000).hibernate().send(4).advance(1_000)
    expect(seen).toEqual([1, 2, 4])
  })

  it("sends the sink the last element that downstream takes", () => {
    const seen: number[] = []
    const sink = () => Sink.forEach<number>((n) => void seen.push(n))
    Probe.flow(() => Flow.of<number>().wireTap(sink()).take(2))
      .unbounded()
      .send(1, 2)
    expect(seen).toEqual([1, 2])
  })

  it.each([
    ["fails", broken],
    ["ends", first],
  ])("continues when the sink %s", (_, sink) => {
    const probe = into("wireTap", sink).unbounded().send(1, 2, 3)
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.ended).toBe(undefined)
    expect(probe.cancelled).toBe(undefined)
  })

  it("keeps that the sink has ended while it hibernates", () => {
    const seen: number[] = []
    const see = (n: number) => seen.push(n)
    const sink = () => Flow.of<number>().map(see).to(Sink.head())
    into("wireTap", sink).unbounded().send(1).hibernate().send(2)
    expect(seen).toEqual([1])
  })
})
