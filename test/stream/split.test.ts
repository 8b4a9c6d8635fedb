import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

type Make = (substream: Flow<number, number>) => Flow<number, unknown>

const error = new Error("broken")
const isTen = (n: number) => n % 10 === 0
const all: Make = (substream) => substream.grouped(100)
const operators = {
  splitWhen: (f: Make, p = isTen) => Probe.flow(() => Flow.of<number>().splitWhen(p, f)),
  splitAfter: (f: Make, p = isTen) => Probe.flow(() => Flow.of<number>().splitAfter(p, f)),
}

describe.each(Object.entries(operators))("%s", (name, start) => {
  it("emits nothing for an empty stream", () => {
    const probe = start(all).unbounded().complete()
    expect(probe.received).toEqual([])
    expect(probe.ended).toBe("completed")
  })

  it("cuts into segments of one", () => {
    const probe = start(all, () => true)
      .unbounded()
      .send(1, 2, 3)
      .complete()
    expect(probe.received).toEqual([[1], [2], [3]])
  })

  it("emits the segments one after the other", () => {
    const probe = start((substream) => substream.concat(Source.single(-1).initialDelay(10))).unbounded()
    probe.send(1, 10)
    if (probe.demand) probe.send(2)
    expect(probe.demand).toBe(false)
    probe.hibernate().complete().advance(10)
    expect(probe.received.slice(0, 3)).toEqual(name === "splitWhen" ? [1, -1, 10] : [1, 10, -1])
    expect(probe.hibernate().advance(10).ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("backpressures as the flow does, hibernating or not", () => {
    const probe = start((substream) => substream.delay(10, { bufferSize: 1 }))
      .unbounded()
      .send(1)
    expect(probe.demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
    expect(probe.advance(10).demand).toBe(true)
  })

  it("keeps the state of the flow while it hibernates", () => {
    const probe = start((substream) => substream.scan(0, (sum, n) => sum + n)).unbounded()
    for (const n of [1, 2, 10, 3]) probe.send(n).hibernate()
    expect(probe.received).toEqual(name === "splitWhen" ? [0, 1, 3, 0, 10, 13] : [0, 1, 3, 13, 0, 3])
  })

  it("drops the rest of a segment whose flow has ended, hibernating or not", () => {
    const probe = start((substream) => substream.take(1)).unbounded()
    for (const n of [1, 2, 3, 10, 4, 20, 5]) probe.send(n).hibernate()
    expect(probe.received).toEqual(name === "splitWhen" ? [1, 10, 20] : [1, 4, 5])
    expect(probe.complete().ended).toBe("completed")
  })

  it("fails both ways when the predicate, the function or the flow throws", () => {
    const broken = () => {
      throw error
    }
    for (const probe of [start(all, broken), start(broken), start((substream) => substream.map(broken))]) {
      probe.unbounded().send(1)
      expect(probe.ended).toEqual({ failed: error })
      expect(probe.cancelled).toEqual({ cause: error })
    }
  })

  it("fails with upstream, at once", () => {
    expect(start(all).unbounded().send(1).fail(error).ended).toEqual({ failed: error })
  })

  it("cancels upstream and the flow when downstream cancels", () => {
    const ends: unknown[] = []
    const probe = start((substream) => substream.onTermination(({ type }) => ends.push(type)))
    expect(probe.unbounded().send(1).cancel().cancelled).toBe(true)
    expect(ends).toEqual(["cancelled"])
    expect(start(all).cancel().cancelled).toBe(true)
  })

  it("needs a stack as deep as its stages, for any number of elements and segments", () => {
    const many = (p: (n: number) => boolean, f: Make) => Source.range(1, 50_000)[name as "splitWhen"](p, f)
    const flow: Make = (substream) => substream.alsoTo(Sink.ignore())
    expect(Probe.source(() => many(() => false, flow)).unbounded().received.length).toBe(50_000)
    expect(Probe.source(() => many(() => true, flow)).unbounded().received.length).toBe(50_000)
  })
})

describe("splitWhen", () => {
  it("cuts before an element", () => {
    const probe = operators.splitWhen(all).unbounded().send(1, 2, 10, 3, 20).complete()
    expect(probe.received).toEqual([[1, 2], [10, 3], [20]])
  })

  it("fails both ways when the function throws for a segment that has waited for the one before", () => {
    let segments = 0
    const delayed: Make = (substream) => {
      if (segments++ > 0) throw error
      return substream.delay(100)
    }
    const probe = operators.splitWhen(delayed).unbounded().send(1, 10).advance(100)
    expect(probe.received).toEqual([1])
    expect([probe.ended, probe.cancelled]).toEqual([{ failed: error }, { cause: error }])
  })

  it("makes no empty segment when the first element begins one", () => {
    expect(operators.splitWhen(all).unbounded().send(10, 1).complete().received).toEqual([[10, 1]])
  })
})

describe("splitAfter", () => {
  it("cuts after an element", () => {
    const probe = operators.splitAfter(all).unbounded().send(1, 2, 10)
    expect(probe.received).toEqual([[1, 2, 10]])
    expect(probe.send(3, 20).complete().received).toEqual([
      [1, 2, 10],
      [3, 20],
    ])
  })

  it("starts the next segment at once when a flow ends with the last element", () => {
    const probe = operators
      .splitAfter((substream) => substream.take(1))
      .unbounded()
      .send(10, 20, 30)
    expect(probe.received).toEqual([10, 20, 30])
  })
})
