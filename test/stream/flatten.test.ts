import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
type Inner = (n: number) => Source<string>

const operators = {
  flatMapConcat: (f: Inner) => Probe.flow(() => Flow.of<number>().flatMapConcat(f)),
  flatMapMerge: (f: Inner) => Probe.flow(() => Flow.of<number>().flatMapMerge(2, f)),
  switchMap: (f: Inner) => Probe.flow(() => Flow.of<number>().switchMap(f)),
}

const pair: Inner = (n) => Source.from([`${n}a`, `${n}b`])
const late: Inner = (n) => pair(n).initialDelay("1 second")
const spaced: Inner = (n) => pair(n).throttle(1, "1 second")
const failing: Inner = (n) => (n === 2 ? Source.failed(error) : spaced(n))
const endless: Inner = (n) => Source.tick("1 second").map((tick) => `${n}:${tick}`)

describe.each(Object.entries(operators))("%s", (_, start) => {
  it("replaces each element by the elements of a source", () => {
    expect(start(pair).unbounded().send(1, 2).received).toEqual(["1a", "1b", "2a", "2b"])
  })

  it("passes over empty sources", () => {
    const probe = start(() => Source.empty())
      .unbounded()
      .send(1, 2, 3)
    expect(probe.demand).toBe(true)
    expect(probe.complete().ended).toBe("completed")
  })

  it("emits only what downstream wants", () => {
    const probe = start(pair).request(1).send(1)
    expect(probe.received).toEqual(["1a"])
    expect(probe.request(1).received).toEqual(["1a", "1b"])
  })

  it("completes when upstream completes and so have the sources", () => {
    const probe = start(spaced).unbounded().send(1).complete()
    expect(probe.ended).toBe(undefined)
    probe.advance(1_000)
    expect(probe.received).toEqual(["1a", "1b"])
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("completes when upstream completes while no source runs", () => {
    expect(start(pair).unbounded().send(1).complete().ended).toBe("completed")
    expect(start(pair).complete().ended).toBe("completed")
  })

  it("cancels upstream and the sources when downstream cancels", () => {
    const probe = start(endless).unbounded().send(1).cancel()
    expect(probe.cancelled).toBe(true)
    expect(probe.clock.pending).toBe(0)
  })

  it("fails as soon as upstream fails, with all its sources", () => {
    const probe = start(endless).unbounded().send(1).fail(error)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("fails both ways when a source fails", () => {
    const probe = start(failing).unbounded().send(2)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("fails both ways when f throws", () => {
    const probe = start(() => {
      throw error
    }).unbounded()
    probe.send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("asks the conditions of its sources again after each event (fault 4)", () => {
    let isRunning = false
    const whenRunning: Inner = () => Source.tick("1 second", { while: () => isRunning }).map(String)
    const probe = start(whenRunning).unbounded().send(1).advance(1_500)
    isRunning = true
    expect(probe.request(0).advance(1_000).received).toEqual(["2"])
    isRunning = false
    expect(probe.request(0).clock.pending).toBe(0)
  })

  it("keeps nothing while no source runs (fault 4)", () => {
    const probe = start(pair).unbounded().send(1)
    expect(probe.save()).toEqual([])
    expect(probe.hibernate().send(2).received).toEqual(["1a", "1b", "2a", "2b"])
  })

  it("keeps what changes in a source without an element of it (fault 4)", () => {
    let queue = Source.queue<string>(1)
    const dropping: Inner = () => {
      queue = Source.queue<string>(1)
      return queue.source.drop(2)
    }
    const probe = start(dropping).unbounded().send(1).hibernate()
    queue.offer("a")
    probe.hibernate()
    queue.offer("b")
    probe.hibernate()
    queue.offer("c")
    expect(probe.received).toEqual(["c"])
  })

  it("lets a source live on without a timer", () => {
    const probe = start(() => Source.never<string>().initialDelay("1 second"))
      .unbounded()
      .send(1)
      .advance(5_000)
    expect(probe.clock.pending).toBe(0)
    expect(probe.hibernate().complete().ended).toBe(undefined)
  })

  it("calls f again with the saved element after it hibernated", () => {
    const elements: number[] = []
    const f: Inner = (n) => {
      elements.push(n)
      return spaced(n)
    }
    const probe = start(f).unbounded().send(1).hibernate()
    expect(elements).toEqual([1, 1])
    expect(probe.advance(1_000).hibernate().received).toEqual(["1a", "1b"])
    expect(elements).toEqual([1, 1])
  })

  it("fails when f throws after it hibernated", () => {
    let sleepy = false
    const probe = start((n) => {
      if (sleepy) throw error
      return spaced(n)
    }).unbounded()
    probe.send(1)
    sleepy = true
    probe.hibernate()
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("keeps the state and the timers of its sources while it hibernates", () => {
    const probe = start(spaced).unbounded().send(1).advance(600).hibernate().advance(399)
    expect(probe.received).toEqual(["1a"])
    expect(probe.advance(1).received).toEqual(["1a", "1b"])
    expect(probe.clock.pending).toBe(0)
  })

  it("keeps an element without demand while it hibernates", () => {
    const probe = start(pair).send(1).hibernate().complete().hibernate()
    expect(probe.request(1).hibernate().request(1).received).toEqual(["1a", "1b"])
    expect(probe.ended).toBe("completed")
  })

  it("keeps the ticks of its sources on their grid while it hibernates", () => {
    const probe = start(endless).unbounded().send(1).advance(300).hibernate().advance(700).hibernate().advance(1_000)
    expect(probe.received).toEqual(["1:0", "1:1", "1:2"])
  })

  it("keeps sources within sources", () => {
    const probe = start((n) => Source.range(n, n + 1).flatMapConcat(late))
      .unbounded()
      .send(1)
    probe.advance(600).hibernate().advance(400).hibernate().advance(600).hibernate().advance(400)
    expect(probe.received).toEqual(["1a", "1b", "2a", "2b"])
    expect(probe.demand).toBe(true)
  })
})

describe("flatMapConcat", () => {
  it("backpressures while a source is running, asleep or not", () => {
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
  it("backpressures while as many sources are running as may, asleep or not", () => {
    const probe = operators.flatMapMerge(late).unbounded().send(1)
    expect(probe.hibernate().demand).toBe(true)
    expect(probe.send(2).demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
    expect(probe.advance(1_000).demand).toBe(true)
  })

  it("emits from whichever source has an element", () => {
    const probe = operators.flatMapMerge(spaced).unbounded().send(1).advance(500).send(2).advance(1_000)
    expect(probe.received).toEqual(["1a", "2a", "1b", "2b"])
  })

  it("is due when its next source is, whatever the others do (fault 4)", () => {
    const probe = operators
      .flatMapMerge((n) => (n === 1 ? Source.never() : spaced(n)))
      .unbounded()
      .send(1, 2)
    expect(probe.save()[0]?.[2]).toBe(1_000)
    expect(probe.hibernate().save()[0]?.[2]).toBe(1_000)
  })

  it("starts none of its sources again after one that fails while it starts again", () => {
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

  it("is fair to its sources, asleep between any two elements or not", () => {
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

  it("ends what its sources do on the side when it is cancelled", () => {
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
