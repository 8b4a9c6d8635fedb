import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

/** Cases of Pekko's specs of `flatMapPrefix` and `statefulMap` that the other tests do not have. */

const error = new Error("broken")

type Make = (prefix: number[], tail: Flow<number, number>) => Flow<number, unknown>
const start = (count: number, f: Make) => Probe.flow(() => Flow.of<number>().flatMapPrefix(count, f))

describe("flatMapPrefix", () => {
  it("emits nothing with a flow that drops every element", () => {
    const probe = start(1, (_, tail) => tail.filter(() => false)).unbounded()
    expect(probe.send(0, 1, 2).complete().received).toEqual([])
    expect(probe.ended).toBe("completed")
  })

  it("requests no element after the prefix for a flow that takes none", async () => {
    const asked: number[] = []
    const source = Source.range(0, 99).map((n) => {
      asked.push(n)
      return n
    })
    expect(await source.flatMapPrefix(4, (_, tail) => tail.take(0)).runWith(Sink.toArray())).toEqual([])
    expect(asked).toEqual([0, 1, 2, 3])
  })

  it("completes a stream without elements for a prefix of none", () => {
    const probe = start(0, (prefix, tail) => tail.prepend(Source.from(prefix))).unbounded()
    expect(probe.complete().received).toEqual([])
    expect(probe.ended).toBe("completed")
  })

  it("fails both ways with a flow that cannot be started", () => {
    const once = Source.maybe<number>()
    void once.source.runWith(Sink.ignore())
    const probe = start(1, () => Flow.fromSinkAndSource(Sink.ignore(), once.source))
      .unbounded()
      .send(0)
    expect(probe.ended).toEqual({ failed: expect.any(Error) })
    expect(probe.cancelled).toEqual({ cause: expect.any(Error) })
  })

  it("passes the cause of a cancellation before the prefix is complete, and makes no flow", () => {
    let made = 0
    const probe = start(3, (_, tail) => {
      made++
      return tail
    })
    expect(probe.request(1).send(0, 1).hibernate().cancel(error).cancelled).toEqual({ cause: error })
    expect(made).toBe(0)
  })

  it.each([0, 1])("makes no flow for a sink that cancels at once: a prefix of %i", async (count) => {
    let made = 0
    for (const source of [Source.single(1), Source.lazy(() => Source.empty<number>())]) {
      const flow = source.flatMapPrefix(count, (_, tail) => {
        made++
        return tail
      })
      await flow.runWith(Sink.cancelled())
    }
    expect(made).toBe(0)
  })

  it("fails both halves of a coupled flow when downstream fails", () => {
    const ends: unknown[] = []
    const queue = Source.queue<number>(4)
    const probe = Probe.flow(() =>
      Flow.of<number>()
        .flatMapPrefix(2, () =>
          Flow.fromSinkAndSourceCoupled(
            Flow.of<number>()
              .onTermination((end) => ends.push(end))
              .to(Sink.ignore()),
            queue.source.onTermination((end) => ends.push(end)),
          ),
        )
        .map((n) => {
          if (n === 3) throw error
          return n
        }),
    ).unbounded()
    probe.send(0, 1, 2)
    queue.offer(2)
    expect(probe.send(3).received).toEqual([2])
    expect(ends).toEqual([])
    queue.offer(3)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(ends).toEqual([
      { type: "failed", error },
      { type: "failed", error },
    ])
  })
})

describe("statefulMap", () => {
  it("loses no element in groups, of which the last is made at the end", async () => {
    const grouped = Source.range(1, 10).statefulMap<number[], number[]>(
      () => [],
      (group, n) => (group.length === 2 ? [[], [...group, n]] : [[...group, n], []]),
      (group) => group,
    )
    expect(await grouped.mapConcat((group) => group).runWith(Sink.toArray())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it("works below a junction", async () => {
    const zipped = Source.from([1, 2]).zip(Source.from([1, 2]))
    const passed = zipped.statefulMap<undefined, [number, number]>(
      () => undefined,
      (state, pair) => [state, pair],
    )
    expect(await passed.runWith(Sink.toArray())).toEqual([
      [1, 1],
      [2, 2],
    ])
  })
})
