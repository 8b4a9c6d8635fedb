import { beforeEach, describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import type { SourceQueue } from "../../src/stream/source-handles.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")

/** The elements that the sinks inside the sources have received. */
let seen: unknown[] = []
let queue: SourceQueue<number>

beforeEach(() => {
  seen = []
})

const note = Sink.forEach((n: number) => seen.push(n))
const queued = () => {
  queue = Source.queue<number>(4)
  return queue.source
}
const throwing = Sink.forEach<number>(() => {
  throw error
})

/** Everything that makes a source while a flow runs, with that source running. */
const nested: Record<string, (source: () => Source<number>) => Probe<number, number>> = {
  flatMapConcat: (source) =>
    Probe.flow(() => Flow.of<number>().flatMapConcat(source))
      .unbounded()
      .send(0),
  flatMapMerge: (source) =>
    Probe.flow(() => Flow.of<number>().flatMapMerge(2, source))
      .unbounded()
      .send(0),
  recoverWith: (source) =>
    Probe.flow(() => Flow.of<number>().recoverWith(source))
      .unbounded()
      .fail(error),
  lazy: (source) => Probe.source(() => Source.lazy(source)).unbounded(),
  "flatMapConcat in flatMapMerge": (source) =>
    Probe.flow(() => Flow.of<number>().flatMapMerge(2, () => Source.single(0).flatMapConcat(source)))
      .unbounded()
      .send(0),
}

describe.each(Object.entries(nested))("a branch to a sink in a source of %s", (name, start) => {
  it("gets elements while the source runs, hibernating or not", () => {
    const probe = start(() =>
      queued().partition(
        (n) => n % 2,
        (all) => all,
        note,
      ),
    )
    queue.offer(1)
    probe.hibernate()
    queue.offer(3)
    queue.offer(4)
    expect(seen).toEqual([1, 3])
    expect(probe.received).toEqual([4])
  })

  it("ends when the flow is cancelled (fault 4)", () => {
    const probe = start(() =>
      queued().partition(
        (n) => n % 2,
        (all) => all,
        note,
      ),
    )
    queue.offer(1)
    probe.cancel()
    expect(queue.offer(3)).toBe("closed")
    expect(seen).toEqual([1])
  })

  it("ends with the output of its source (fault 4)", () => {
    const probe = start(() => queued().broadcast((all) => all.take(1), note))
    queue.offer(1)
    expect(queue.offer(3)).toBe("closed")
    expect(seen).toEqual([1])
    expect(probe.received).toEqual([1])
  })

  it("ends with a source that has ended while its last element waits (fault 4)", () => {
    const probe = start(() => queued().broadcast((all) => all.take(1).delay(10), note))
    queue.offer(1)
    expect(queue.offer(3)).toBe("enqueued")
    probe.advance(10)
    expect(queue.offer(5)).toBe("closed")
    expect(seen).toEqual([1, 3])
    expect(probe.clock.pending).toBe(0)
  })

  it("completes before it is ended if the source completes", () => {
    const completed = Sink.onComplete((end) => seen.push(end ?? "completed"))
    const before = start(() => Source.from([1]).broadcast(completed, (all) => all))
    const after = start(() => Source.from([1]).broadcast((all) => all, completed))
    expect([before.received, after.received]).toEqual([[1], [1]])
    expect(seen).toEqual(["completed", "completed"])
  })

  it("fails its source, even if it is no part of the source's stream", () => {
    const disconnected = Flow.fromSinkAndSource(throwing, Source.never<number>())
    // A source that always fails is replaced for ever.
    const attempts = name === "recoverWith" ? 1 : 0
    let made = 0
    const probe = start(() =>
      made++ < attempts || attempts === 0 ? Source.single(1).via(disconnected) : Source.single(7),
    )
    expect(probe.ended).toEqual(attempts > 0 ? "completed" : { failed: error })
    expect(probe.received).toEqual(attempts > 0 ? [7] : [])
  })

  it("does not fail its source without an element", () => {
    const probe = start(() =>
      Source.empty<number>().broadcast(Sink.head<number>(), (all) => all.concat(Source.single(7))),
    )
    expect(probe.received).toEqual([7])
  })

  it("does not fail its source as a wireTap", () => {
    const probe = start(() => Source.from([1, 2]).wireTap(throwing))
    expect(probe.received).toEqual([1, 2])
  })
})

describe("a failing sink in a source of recoverWith", () => {
  it("is recovered from", () => {
    const disconnected = Flow.fromSinkAndSource(throwing, Source.never<number>())
    const errors: unknown[] = []
    const probe = Probe.flow(() =>
      Flow.of<number>().recoverWith((failure) => {
        errors.push(failure)
        return errors.length === 1 ? Source.single(1).via(disconnected) : Source.single(9)
      }),
    )
    probe.unbounded().fail("first")
    expect(errors).toEqual(["first", error])
    expect(probe.received).toEqual([9])
    expect(probe.ended).toBe("completed")
  })

  it("cancels the upstream of its source (fault 4)", () => {
    let isFirst = true
    const probe = Probe.flow(() =>
      Flow.of<number>().recoverWith(() => {
        if (!isFirst) return Source.never<number>()
        isFirst = false
        return Source.single(1).via(Flow.fromSinkAndSource(throwing, queued()))
      }),
    )
    probe.unbounded().fail("first")
    expect(queue.offer(1)).toBe("closed")
  })
})
