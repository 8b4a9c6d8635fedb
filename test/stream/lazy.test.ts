import { describe, expect, it } from "vitest"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")

/** A lazy source, and the count of its calls. */
function lazy(source: () => Source<number> = () => Source.range(1, 3)) {
  const made: number[] = []
  const make = () =>
    Source.lazy(() => {
      made.push(made.length + 1)
      return source()
    })
  return { made, make, probe: Probe.source(make) }
}

describe("Source.lazy (fault 36)", () => {
  it("emits the elements of the source, and completes with it", () => {
    const { probe } = lazy()
    expect(probe.unbounded().received).toEqual([1, 2, 3])
    expect(probe.ended).toBe("completed")
  })

  it("is made on the first demand, and once", () => {
    const { probe, made } = lazy()
    expect(made).toEqual([])
    probe.request(1).request(1)
    expect(made).toEqual([1])
    expect(probe.received).toEqual([1, 2])
  })

  it("is not made without demand", () => {
    const { probe, made, make } = lazy()
    expect(probe.hibernate().cancel().ended).toBe(undefined)
    void make().runWith(Sink.cancelled())
    expect(made).toEqual([])
  })

  it("requests elements of its source on demand only", () => {
    const asked: number[] = []
    const { probe } = lazy(() =>
      Source.range(1, 3).map((n) => {
        asked.push(n)
        return n
      }),
    )
    probe.request(1)
    expect(asked).toEqual([1])
    expect(probe.hibernate().request(1).received).toEqual([1, 2])
    expect(asked).toEqual([1, 2])
  })

  it("cancels its source when downstream cancels", () => {
    const queue = Source.queue<number>(1)
    const { probe } = lazy(() => queue.source)
    queue.offer(1)
    expect(probe.unbounded().received).toEqual([1])
    probe.cancel()
    expect(queue.offer(2)).toBe("closed")
  })

  it("fails with its source", () => {
    expect(lazy(() => Source.failed(error)).probe.unbounded().ended).toEqual({ failed: error })
  })

  it("fails with the error of make, on demand", () => {
    const { probe } = lazy(() => {
      throw error
    })
    expect(probe.ended).toBe(undefined)
    expect(probe.unbounded().ended).toEqual({ failed: error })
  })

  it("continues after hibernation with a source that was made again", () => {
    const { probe, made } = lazy()
    probe.request(1).hibernate()
    expect(made).toEqual([1, 2])
    expect(probe.unbounded().received).toEqual([1, 2, 3])
    expect(probe.hibernate().ended).toBe("completed")
    expect(made).toEqual([1, 2])
  })

  it("keeps the timers of its source", () => {
    const { probe } = lazy(() => Source.tick("1 second"))
    probe.unbounded().advance(1_400).hibernate().advance(600)
    expect(probe.received).toEqual([0, 1, 2])
    expect(probe.cancel().clock.pending).toBe(0)
  })

  it("can be joined like any other source", async () => {
    const { make, made } = lazy()
    expect(await Source.single(0).concat(make()).runWith(Sink.toArray())).toEqual([0, 1, 2, 3])
    expect(await Source.single(0).orElse(make()).runWith(Sink.toArray())).toEqual([0])
    expect(made).toEqual([1])
  })
})
