import { describe, expect, it } from "vitest"
import { Source } from "../../src/stream/source.ts"
import { endless, error, failing, type Inner, late, operators, pair, spaced } from "../support/flattened.ts"

describe.each(Object.entries(operators))("%s", (_, start) => {
  it("replaces each element by the elements of a source", () => {
    expect(start(pair).unbounded().send(1, 2).received).toEqual(["1a", "1b", "2a", "2b"])
  })

  it("skips empty sources", () => {
    const probe = start(() => Source.empty())
      .unbounded()
      .send(1, 2, 3)
    expect(probe.demand).toBe(true)
    expect(probe.complete().ended).toBe("completed")
  })

  it("emits on demand only", () => {
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

  it("checks the conditions of its sources again after each event (fault 4)", () => {
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

  it("keeps a change in a source without an element of it (fault 4)", () => {
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

  it("keeps a source running without a timer", () => {
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
