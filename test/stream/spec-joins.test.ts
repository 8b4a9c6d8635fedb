import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

/** Cases of Pekko's specs of these operators that the other tests of the operators do not have. */

const error = new Error("broken")
const numbers = () => Flow.of<number>()

describe("killSwitch", () => {
  it("works more than once in a flow, and each ends all of it", () => {
    for (const kicked of [0, 1]) {
      const switches = [Source.queue<string>(1), Source.queue<string>(1)] as const
      const [above, below] = switches
      const probe = Probe.flow(() =>
        numbers()
          .killSwitch(above.source)
          .map((n) => n * 10)
          .killSwitch(below.source),
      )
      expect(probe.unbounded().send(1).received).toEqual([10])
      switches[kicked]?.offer("out")
      expect(probe.ended).toBe("completed")
      expect(probe.cancelled).toBe(true)
      expect(switches.map((other) => other.offer("late"))).toEqual(["closed", "closed"])
    }
  })

  it("ignores a switch after it has ended, also after a failure of the switch", () => {
    const kick = Source.maybe<string>()
    const probe = Probe.flow(() => numbers().killSwitch(kick.source)).unbounded()
    expect(kick.fail(error)).toBe(true)
    expect([kick.complete("late"), kick.fail(new Error("late"))]).toEqual([false, false])
    expect(probe.ended).toEqual({ failed: error })
  })

  it("ignores its switch after the stream has completed", () => {
    const kick = Source.maybe<string>()
    const probe = Probe.flow(() => numbers().killSwitch(kick.source))
      .unbounded()
      .complete()
    expect(kick.complete("late")).toBe(false)
    expect(probe.ended).toBe("completed")
  })

  it("fails at once with a switch that has failed before", () => {
    const kick = Source.maybe<string>()
    kick.fail(error)
    const probe = Probe.flow(() => numbers().killSwitch(kick.source))
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("does nothing to a stream with another switch", () => {
    const [one, other] = [Source.maybe<string>(), Source.maybe<string>()]
    const [kicked, spared] = [one, other].map(({ source }) =>
      Probe.flow(() => numbers().killSwitch(source)).unbounded(),
    )
    one.complete("out")
    expect([kicked?.ended, spared?.ended]).toEqual(["completed", undefined])
    expect(spared?.send(1).received).toEqual([1])
  })
})

describe("Source.zipN", () => {
  it("completes without demand when a source has ended and the others have elements", () => {
    const probe = Probe.source(() => Source.zipN([Source.range(1, 3), Source.empty<number>()]))
    expect(probe.ended).toBe("completed")
  })

  it("emits the elements that wait when both complete without demand", () => {
    const probe = Probe.source(() => Source.zipN([Source.single(1), Source.single("a")]))
    expect(probe.request(1).received).toEqual([[1, "a"]])
    expect(probe.ended).toBe("completed")
  })

  it("fails at once with a source that fails, now or later", () => {
    const late = Source.maybe<number>()
    const probe = Probe.source(() => Source.zipN([Source.repeat(1), late.source])).unbounded()
    expect(probe.ended).toBe(undefined)
    late.fail(error)
    expect(probe.ended).toEqual({ failed: error })
  })

  it("takes 30 sources", async () => {
    const sources = Array.from({ length: 30 }, (_, n) => Source.single(n))
    const [all] = await Source.zipN(sources).runWith(Sink.toArray())
    expect(all).toEqual(Array.from({ length: 30 }, (_, n) => n))
  })
})

describe("Source.lazy", () => {
  it("passes the cause of a cancellation to its source", () => {
    const ends: unknown[] = []
    const make = () => Source.never<number>().onTermination((end) => ends.push(end))
    Probe.source(() => Source.lazy(make))
      .unbounded()
      .cancel(error)
    expect(ends).toEqual([{ type: "failed", error }])
  })

  it("fails with a source that cannot be started", () => {
    const once = Source.maybe<number>()
    void once.source.runWith(Sink.ignore())
    expect(Probe.source(() => Source.lazy(() => once.source)).unbounded().ended).toEqual({ failed: expect.any(Error) })
  })
})

describe("mergePreferred and mergeLatest", () => {
  it("fail with either stream, and cancel the other", () => {
    const joins = [
      (flow: Flow<number, number>, side: Source<number>) => flow.mergePreferred(side),
      (flow: Flow<number, number>, side: Source<number>) => flow.mergeLatest(side),
    ]
    for (const join of joins) {
      const side = Source.maybe<number>()
      const ofSide = Probe.flow<number, unknown>(() => join(numbers(), side.source)).unbounded()
      side.fail(error)
      expect(ofSide.ended).toEqual({ failed: error })
      expect(ofSide.cancelled).toBeTruthy()
      const other = Source.maybe<number>()
      const ofMain = Probe.flow<number, unknown>(() => join(numbers(), other.source))
        .unbounded()
        .fail(error)
      expect(ofMain.ended).toEqual({ failed: error })
      expect(other.complete(1)).toBe(false)
    }
  })

  it("mergeLatest continues with the value of a stream that has completed", () => {
    const side = Source.maybe<number>()
    const probe = Probe.flow(() => numbers().mergeLatest(side.source)).unbounded()
    side.complete(7)
    expect(probe.send(1, 2).received).toEqual([
      [1, 7],
      [2, 7],
    ])
  })
})

describe("Source.combine", () => {
  it("fails with its first failure, and cancels the rest", () => {
    const [one, other] = [Source.maybe<number>(), Source.maybe<number>()]
    const probe = Probe.source(() => Source.combine([one.source, other.source, Source.single(1)])).unbounded()
    one.fail(error)
    expect(probe.received).toEqual([1])
    expect(probe.ended).toEqual({ failed: error })
    expect(other.complete(2)).toBe(false)
  })
})
