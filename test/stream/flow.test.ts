import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
const sum = Flow.of<number>().scan(0, (total, n) => total + n)

describe("Flow", () => {
  it("is a blueprint: an operator returns a new one and leaves it unchanged", () => {
    const plain = Flow.of<number>()
    const doubled = plain.map((n) => n * 2)
    expect(
      Probe.flow(() => plain)
        .unbounded()
        .send(1).received,
    ).toEqual([1])
    expect(
      Probe.flow(() => doubled)
        .unbounded()
        .send(1).received,
    ).toEqual([2])
  })

  it("shares nothing between its runs", () => {
    const start = () => Probe.flow(() => sum).unbounded()
    expect([start().send(1), start().send(2)].map(({ received }) => received)).toEqual([
      [0, 1],
      [0, 2],
    ])
  })
})

describe("Flow.of", () => {
  const nothing = () => Probe.flow(() => Flow.of<number>())

  it("emits its input, hibernating or not", () => {
    expect(nothing().unbounded().send(1).hibernate().send(2).received).toEqual([1, 2])
  })

  it("backpressures when downstream backpressures", () => {
    const probe = nothing()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).send(1).demand).toBe(false)
  })

  it("ends with its neighbours", () => {
    expect(nothing().complete().ended).toBe("completed")
    expect(nothing().fail(error).ended).toEqual({ failed: error })
    expect(nothing().cancel(error).cancelled).toEqual({ cause: error })
  })
})

describe("via", () => {
  it("puts one flow below the other, each with its own state", () => {
    const probe = Probe.flow(() => sum.via(sum))
      .unbounded()
      .send(1)
      .hibernate()
      .send(2)
      .hibernate()
      .send(3)
    expect(probe.received).toEqual([0, 0, 1, 4, 10])
  })
})

describe("to", () => {
  const last = () => Probe.sink(() => sum.to(Sink.last()))

  it("makes a sink for the input of the flow, with the result of the sink", () => {
    expect(last().send(1, 2).complete().result).toEqual({ value: 3 })
    expect(last().send(1).fail(error).result).toEqual({ error })
  })

  it("keeps the state of both while it hibernates", () => {
    expect(last().send(1).hibernate().send(2).hibernate().complete().result).toEqual({ value: 3 })
  })
})

const ticks = () => Source.tick("1 second", { initialDelay: "1 second" })
const total = (see: (sum: number) => void) => sum.to(Sink.forEach(see))
const one = () => Flow.of<number>().take(1).to(Sink.ignore())
const failing = () =>
  Sink.forEach<number>(() => {
    throw error
  })

const pairs = {
  fromSinkAndSource: <Out>(sink: Sink<number>, source: Source<Out>) => Flow.fromSinkAndSource(sink, source),
  fromSinkAndSourceCoupled: <Out>(sink: Sink<number>, source: Source<Out>) =>
    Flow.fromSinkAndSourceCoupled(sink, source),
}

describe.each(Object.entries(pairs))("Flow.%s", (_, pair) => {
  const slowly = () => Flow.of<number>().throttle(1, "1 second").to(Sink.ignore())

  it("sends its input to the sink, and emits the elements of the source", () => {
    const seen: number[] = []
    const sink = () => Sink.forEach<number>((n) => void seen.push(n))
    const probe = Probe.flow(() => pair(sink(), Source.from(["a", "b"])))
      .request(1)
      .send(1, 2)
    expect(seen).toEqual([1, 2])
    expect(probe.received).toEqual(["a"])
  })

  it("backpressures when the sink does", () => {
    const probe = Probe.flow(() => pair(slowly(), ticks()))
      .unbounded()
      .send(1, 2)
    expect(probe.demand).toBe(false)
    expect(probe.advance(1_000).demand).toBe(true)
  })

  it("completes when the source completes", () => {
    expect(Probe.flow(() => pair(Sink.ignore(), Source.single(1))).request(1).ended).toBe("completed")
  })

  it("cancels when the sink cancels", () => {
    expect(Probe.flow(() => pair(one(), ticks())).send(1).cancelled).toBe(true)
    expect(Probe.flow(() => pair(failing(), ticks())).send(1).cancelled).toEqual({ cause: error })
  })

  it("keeps the state of both while it hibernates", () => {
    const seen: number[] = []
    const probe = Probe.flow(() =>
      pair(
        total((n) => seen.push(n)),
        ticks(),
      ),
    ).unbounded()
    probe.send(1).advance(300).hibernate().send(2).advance(700).hibernate().send(3).advance(1_000)
    expect(seen).toEqual([0, 1, 3, 6])
    expect(probe.received).toEqual([0, 1])
  })
})

describe("Flow.fromSinkAndSource", () => {
  const pair = (sink: () => Sink<number> = Sink.ignore) => Probe.flow(() => Flow.fromSinkAndSource(sink(), ticks()))

  it("continues to emit when upstream has completed or failed", () => {
    expect(pair().unbounded().complete().hibernate().advance(1_000).received).toEqual([0])
    expect(pair().unbounded().fail(error).hibernate().advance(1_000).received).toEqual([0])
  })

  it("continues to emit when the sink has ended", () => {
    expect(pair(one).unbounded().send(1).hibernate().advance(1_000).received).toEqual([0])
    expect(pair(failing).unbounded().send(1).ended).toBe(undefined)
  })

  it("continues to take elements when downstream has cancelled", () => {
    const seen: number[] = []
    const probe = pair(() => Sink.forEach((n) => void seen.push(n)))
      .cancel()
      .hibernate()
      .send(1)
    expect(seen).toEqual([1])
    expect(probe.cancelled).toBe(undefined)
    expect(probe.clock.pending).toBe(0)
  })
})

describe("Flow.fromSinkAndSourceCoupled", () => {
  const coupled = (sink: () => Sink<number> = Sink.ignore, source: () => Source<number> = ticks) =>
    Probe.flow(() => Flow.fromSinkAndSourceCoupled(sink(), source())).unbounded()

  it("completes and ends the source when upstream completes", () => {
    const probe = coupled().complete()
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("fails and ends the source when upstream fails", () => {
    const probe = coupled().fail(error)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("completes when the sink cancels, and fails when it fails", () => {
    expect(coupled(one).send(1).ended).toBe("completed")
    expect(coupled(failing).send(1).ended).toEqual({ failed: error })
  })

  it("cancels when the source completes, with the cause when it fails", () => {
    expect(coupled(Sink.ignore, Source.empty).cancelled).toBe(true)
    expect(coupled(Sink.ignore, () => Source.failed(error)).cancelled).toEqual({ cause: error })
  })

  it("cancels and ends the sink when downstream cancels", () => {
    const ends: unknown[] = []
    const sink = () => Sink.onComplete((cause) => ends.push(cause))
    expect(coupled(sink).cancel().cancelled).toBe(true)
    expect(coupled(sink).cancel(error).cancelled).toEqual({ cause: error })
    expect(ends).toEqual([undefined, error])
  })

  it("ends together after it hibernated, too", () => {
    const probe = coupled().hibernate().complete()
    expect(probe.ended).toBe("completed")
    expect(probe.hibernate().clock.pending).toBe(0)
  })
})
