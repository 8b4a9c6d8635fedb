import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { error, failing, type Inner, late, operators, pair, spaced } from "../support/flattened.ts"

describe("flatMapConcat", () => {
  it("backpressures while a source is running, hibernating or not", () => {
    const probe = operators.flatMapConcat(late).unbounded().send(1)
    expect(probe.demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
    expect(probe.advance(1_000).demand).toBe(true)
  })

  it("takes one element ahead of the demand below, and starts its source", () => {
    const probe = operators.flatMapConcat(pair)
    expect(probe.send(1).demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
  })
})

describe("flatMapMerge", () => {
  it("backpressures while its breadth of sources is running, hibernating or not", () => {
    const probe = operators.flatMapMerge(late).unbounded().send(1)
    expect(probe.hibernate().demand).toBe(true)
    expect(probe.send(2).demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
    expect(probe.advance(1_000).demand).toBe(true)
  })

  it("emits from any source that has an element", () => {
    const probe = operators.flatMapMerge(spaced).unbounded().send(1).advance(500).send(2).advance(1_000)
    expect(probe.received).toEqual(["1a", "2a", "1b", "2b"])
  })

  it("is due when its next source is, for any state of the others (fault 4)", () => {
    const probe = operators
      .flatMapMerge((n) => (n === 1 ? Source.never() : spaced(n)))
      .unbounded()
      .send(1, 2)
    expect(probe.save()[0]?.[2]).toBe(1_000)
    expect(probe.hibernate().save()[0]?.[2]).toBe(1_000)
  })

  it("restores none of its sources after one that fails while it is restored", () => {
    const seen: unknown[] = []
    const once = Source.queue<string>(1)
    let queue = Source.queue<string>(1)
    const probe = operators
      .flatMapMerge((n) => {
        if (n === 1) return once.source
        queue = Source.queue<string>(1)
        return queue.source.log("second", (...line) => seen.push(line))
      })
      .unbounded()
      .send(1, 2)
    probe.hibernate()
    expect(probe.ended).toEqual({ failed: expect.any(Error) })
    queue.offer("a")
    expect(seen).toEqual([])
  })

  it("emits in the order in which elements came that waited for demand (fault 16)", () => {
    const delays = [30, 10, 20]
    const timed: Inner = (n) => Source.single(`${n}`).initialDelay(delays[n] ?? 0)
    const start = () =>
      Probe.flow(() => Flow.of<number>().flatMapMerge(3, timed))
        .send(0, 1, 2)
        .advance(30)
    expect(start().unbounded().received).toEqual(["1", "2", "0"])
    expect(start().hibernate().request(1).hibernate().request(2).received).toEqual(["1", "2", "0"])
  })

  it("is fair to its sources, hibernating between any two elements or not", () => {
    const letters: Inner = (n) => Source.repeat(`${n}`)
    const awake = operators.flatMapMerge(letters).send(1, 2).request(6)
    const asleep = operators.flatMapMerge(letters).send(1, 2)
    for (let n = 0; n < 6; n++) asleep.request(1).hibernate()
    expect(awake.received.join("")).toBe("121212")
    expect(asleep.received).toEqual(awake.received)
  })

  it("fails both ways when one of its sources fails, and ends the others", () => {
    const probe = operators.flatMapMerge(failing).unbounded().send(1, 2)
    expect(probe.received).toEqual(["1a"])
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("emits in the order in which sources were due when the clock was late", () => {
    const probe = operators
      .flatMapMerge((n) => Source.single(`${n}`).delay(n))
      .unbounded()
      .send(200, 100)
    probe.clock.stall(1_000)
    expect(probe.advance(0).received).toEqual(["100", "200"])
  })

  it("ends the side sinks of its sources when it is cancelled", () => {
    const aside: number[] = []
    let isRunning = false
    const ticks = Source.tick(100, { while: () => isRunning })
    const toTheSide = Flow.of<number>().to(Sink.forEach((n: number) => void aside.push(n)))
    const source: Inner = () => ticks.partition<string>(() => 0, toTheSide, Flow.of<number>().map(String))
    const probe = operators.flatMapMerge(source).unbounded().send(1).cancel()
    isRunning = true
    expect(probe.request(0).advance(1_000).clock.pending).toBe(0)
    expect(aside).toEqual([])
  })
})
