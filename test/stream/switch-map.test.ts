import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

type Inner = (n: number) => Source<string>

const start = (f: Inner) => Probe.flow(() => Flow.of<number>().switchMap(f))
const endless: Inner = (n) => Source.tick("1 second").map((tick) => `${n}:${tick}`)
const pair: Inner = (n) => Source.from([`${n}a`, `${n}b`])

describe("switchMap", () => {
  it("cancels the source of the element before", () => {
    const ends: unknown[] = []
    const probe = start((n) => endless(n).onTermination((end) => ends.push([n, end])))
      .unbounded()
      .send(1)
    expect(probe.advance(1_000).send(2).advance(1_000).received).toEqual(["1:0", "1:1", "2:0", "2:1"])
    expect(ends).toEqual([[1, { type: "cancelled" }]])
  })

  it("drops the elements that the source before has not yet emitted, hibernating or not", () => {
    expect(start(pair).request(1).send(1, 2).request(3).received).toEqual(["1a", "2a", "2b"])
    const probe = start(pair).request(1).send(1).hibernate().send(2).hibernate()
    expect(probe.request(3).received).toEqual(["1a", "2a", "2b"])
  })

  it("never backpressures, hibernating or not", () => {
    const probe = start(pair).send(1)
    expect(probe.demand).toBe(true)
    expect(probe.hibernate().demand).toBe(true)
  })

  it("continues with the newest source when upstream has completed", () => {
    const probe = start((n) => endless(n).take(2))
      .unbounded()
      .send(1, 2)
      .complete()
    expect(probe.ended).toBe(undefined)
    expect(probe.hibernate().advance(1_000).received).toEqual(["1:0", "2:0", "2:1"])
    expect(probe.ended).toBe("completed")
  })

  it("has one timer, that of the newest source", () => {
    const probe = start((n) => Source.single(`${n}`).initialDelay(n))
      .unbounded()
      .send(1_000, 3_000)
    expect(probe.save()[0]?.[2]).toBe(3_000)
    expect(probe.hibernate().advance(2_999).received).toEqual([])
    expect(probe.advance(1).received).toEqual(["3000"])
    expect(probe.clock.pending).toBe(0)
  })

  it("leaves no timer when a source without one follows", () => {
    const probe = start((n) => (n === 1 ? endless(1).initialDelay(10) : Source.never()))
      .unbounded()
      .send(1, 2)
    expect(probe.clock.pending).toBe(0)
  })

  it("ends the side sinks of the source before", () => {
    const aside: string[] = []
    const probe = start((n) => endless(n).alsoTo(Sink.forEach((tick) => aside.push(tick))))
      .unbounded()
      .send(1, 2)
    probe.advance(1_000)
    expect(aside).toEqual(["1:0", "2:0", "2:1"])
  })

  it("ends its source when f throws", () => {
    const error = new Error("broken")
    const probe = start((n) => {
      if (n === 2) throw error
      return endless(n)
    })
      .unbounded()
      .send(1, 2)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("ignores the failure of a source that was cancelled", () => {
    const queues = [1, 2].map(() => Source.queue<string>(1))
    const probe = start((n) => queues[n]?.source ?? Source.never())
      .unbounded()
      .send(0, 1)
    queues[0]?.fail(new Error("late"))
    expect(queues[0]?.offer("late")).toBe("closed")
    queues[1]?.offer("new")
    expect(probe.received).toEqual(["new"])
    expect(probe.ended).toBe(undefined)
  })

  it("takes an element that its own source causes while it emits", () => {
    const probe: Probe<number, string> = Probe.flow(() =>
      Flow.of<number>()
        .switchMap((n) => pair(n).initialDelay(10))
        .map((text) => {
          if (text === "1a") probe.send(2)
          return text
        }),
    )
    expect(probe.unbounded().send(1).advance(10).received).toEqual(["1a"])
    expect(probe.advance(10).received).toEqual(["1a", "2a", "2b"])
  })

  it("needs a stack as deep as its stages, for any number of elements", () => {
    const switched = Source.range(1, 100_000).switchMap((n) => Source.single(n))
    expect(Probe.source(() => switched).unbounded().received).toEqual([100_000])
    const probe = Probe.flow(() =>
      Flow.of<number>()
        .mapConcat((n) => Array.from({ length: n }, () => n))
        .switchMap(pair),
    )
    expect(probe.unbounded().send(100_000).received.length).toBe(200_000)
  })
})
