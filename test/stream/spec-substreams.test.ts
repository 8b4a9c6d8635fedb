import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { Calls } from "../support/calls.ts"

/** Cases of Pekko's specs of these operators that the other tests of the operators do not have. */

const error = new Error("broken")
const numbers = () => Flow.of<number>()

describe("switchMap", () => {
  const start = (f: (n: number) => Source<number>) => Probe.flow(() => numbers().switchMap(f))
  const pair = (n: number) => Source.from([n, n + 1])

  it("emits all of the last source, and the earlier elements that were emitted on demand", async () => {
    const queues = [Source.queue<number>(4), Source.queue<number>(4)]
    const probe = start((n) => queues[n]?.source ?? Source.empty())
    probe.unbounded().send(0)
    queues[0]?.offer(1)
    probe.send(1)
    expect(queues[0]?.offer(2)).toBe("closed")
    probe.complete()
    expect(probe.ended).toBe(undefined)
    queues[1]?.offer(3)
    queues[1]?.complete()
    expect(probe.received).toEqual([1, 3])
    expect(probe.ended).toBe("completed")
  })

  it("makes no difference between a source of one element and a list of one", async () => {
    for (const make of [(n: number) => Source.single(n), (n: number) => Source.from([n])]) {
      expect(await Source.range(1, 5).switchMap(make).runWith(Sink.toArray())).toEqual([1, 2, 3, 4, 5])
    }
  })

  it("completes when upstream completes after the last source", () => {
    const probe = start(pair).unbounded().send(1)
    expect(probe.ended).toBe(undefined)
    expect(probe.complete().ended).toBe("completed")
    expect(probe.received).toEqual([1, 2])
  })

  it("fails when upstream fails, with a source or without one, and cancels the source", () => {
    const early = start(pair).unbounded().fail(error)
    expect(early.ended).toEqual({ failed: error })
    const queue = Source.queue<number>(1)
    const late = start(() => queue.source)
    expect(late.unbounded().send(1).fail(error).ended).toEqual({ failed: error })
    expect(queue.offer(1)).toBe("closed")
  })

  it("fails both ways when its source fails, or cannot be started", () => {
    const failing = Source.from([1, 2]).map((n) => {
      if (n === 2) throw error
      return n
    })
    const probe = start(() => failing)
    expect(probe.unbounded().send(0).received).toEqual([1])
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })

    const once = Source.maybe<number>()
    void once.source.runWith(Sink.ignore())
    const second = start(() => once.source)
    expect(second.unbounded().send(0).ended).toEqual({ failed: expect.any(Error) })
  })

  it("cancels its source when downstream cancels", () => {
    const queue = Source.queue<number>(1)
    const probe = start(() => queue.source)
    probe.unbounded().send(1).cancel()
    expect(probe.cancelled).toBe(true)
    expect(queue.offer(1)).toBe("closed")
  })

  it("emits no more than the demand from a faster source", () => {
    const probe = start((n) => Source.range(n * 10, n * 10 + 9))
    expect(probe.request(2).send(1).received).toEqual([10, 11])
    expect(probe.request(1).received).toEqual([10, 11, 12])
    expect(probe.send(2).request(1).received).toEqual([10, 11, 12, 20])
  })
})

describe("groupBy", () => {
  it("does not let a substream that backpressures hold back the others, if it has a buffer", () => {
    const key = (n: number) => n % 2
    const make = (substream: Flow<number, number>, key: number) => {
      const buffered = substream.buffer(2, "backpressure")
      return key === 1 ? buffered.initialDelay("1 second") : buffered
    }
    const probe = Probe.flow(() => numbers().groupBy(2, key, make))
    expect(probe.unbounded().send(1, 3, 2).received).toEqual([2])
    expect(probe.advance(1_000).received).toEqual([2, 1, 3])
  })

  it("drops elements of a closed substream when there are as many keys as there may be", () => {
    const make = (substream: Flow<number, number>) => substream.takeWhile((n) => n < 10)
    const probe = Probe.flow(() => numbers().groupBy(2, (n) => n % 2, make))
    expect(probe.unbounded().send(1, 2, 12, 12, 3).received).toEqual([1, 2, 3])
    expect(probe.ended).toBe(undefined)
  })

  it("continues without the elements of a substream that has completed", async () => {
    const two = (substream: Flow<number, number>) => substream.take(2)
    const received = await Source.range(1, 10)
      .groupBy(2, (n) => n % 2, two)
      .runWith(Sink.toArray())
    expect(received).toEqual([1, 2, 3, 4])
  })
})

describe("mapAsyncPartitioned", () => {
  const start = (parallelism: number, f: (n: number) => Promise<number>, partition = (n: number) => n % 10) =>
    Probe.flow(() => numbers().mapAsyncPartitioned(parallelism, partition, f))

  it("emits ready results when there is demand again", async () => {
    const calls = new Calls<number, number>()
    const probe = start(4, calls.f).request(1).send(1, 2, 3)
    await calls.resolve(1, 10)
    await calls.resolve(3, 30)
    await calls.resolve(2, 20)
    expect(probe.received).toEqual([10])
    expect(probe.request(1).received).toEqual([10, 20])
    expect(probe.unbounded().received).toEqual([10, 20, 30])
  })

  it("never has more promises than its parallelism, and one of each partition", async () => {
    const pending: number[] = []
    let most = 0
    const f = async (n: number) => {
      expect(pending.filter((other) => other % 10 === n % 10)).toEqual([])
      pending.push(n)
      most = Math.max(most, pending.length)
      await Promise.resolve()
      pending.splice(pending.indexOf(n), 1)
      return n
    }
    const all = await Source.range(1, 200)
      .mapAsyncPartitioned(7, (n) => n % 10, f)
      .runWith(Sink.toArray())
    expect(all).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    expect(most).toBe(7)
  })

  it("takes elements while their partition is busy", async () => {
    const calls = new Calls<number, number>()
    const probe = start(10, calls.f, (n) => n % 2).unbounded()
    probe.send(1, 3, 5, 2, 4)
    expect(calls.inputs).toEqual([1, 2])
    expect(probe.demand).toBe(true)
  })

  it("fails both ways when f throws or rejects, for an element in the midst too", async () => {
    const calls = new Calls<number, number>()
    const late = start(4, calls.f).unbounded().send(1, 2, 3)
    await calls.resolve(1, 1)
    await calls.reject(2, error)
    expect(late.received).toEqual([1])
    expect(late.ended).toEqual({ failed: error })
    expect(late.cancelled).toEqual({ cause: error })
    const throwing = start(4, () => {
      throw error
    })
    throwing.unbounded().send(1)
    await settled()
    expect(throwing.ended).toEqual({ failed: error })
  })

  it("cancels upstream when downstream cancels, and ignores late results", async () => {
    const calls = new Calls<number, number>()
    const probe = start(4, calls.f).unbounded().send(1).cancel()
    await calls.resolve(1, 1)
    expect(probe.cancelled).toBe(true)
    expect(probe.received).toEqual([])
  })
})

describe("flatMapPrefix", () => {
  type Make = (prefix: number[], tail: Flow<number, number>) => Flow<number, unknown>
  const start = (count: number, f: Make) => Probe.flow(() => numbers().flatMapPrefix(count, f)).unbounded()

  it("emits several elements for each, as the flow does", () => {
    expect(start(1, (_, tail) => tail.mapConcat((n) => [n, n])).send(0, 1, 2).received).toEqual([1, 1, 2, 2])
  })

  it("emits the output of the flow for a stream without elements", () => {
    const summed: Make = ([first = 7], tail) => tail.scan(first, (sum, n) => sum + n)
    expect(start(2, summed).complete().received).toEqual([7])
    expect(start(0, summed).send(1, 2).complete().received).toEqual([7, 8, 10])
  })

  it("fails for a prefix of none when f throws, or its flow cannot be started", () => {
    const throwing: Make = () => {
      throw error
    }
    expect(start(0, throwing).ended).toEqual({ failed: error })
    const once = Source.maybe<number>()
    void once.source.runWith(Sink.ignore())
    const make: Make = () => Flow.fromSinkAndSource(Sink.ignore(), once.source)
    expect(start(0, make).ended).toEqual({ failed: expect.any(Error) })
  })

  it("passes the cause to upstream when downstream fails, through the flow", () => {
    expect(
      start(1, (_, tail) => tail)
        .send(0)
        .cancel(error).cancelled,
    ).toEqual({ cause: error })
  })

  it("ends before there is demand when downstream cancels", () => {
    for (const count of [0, 2]) {
      const probe = Probe.flow(() => numbers().flatMapPrefix(count, (_, tail) => tail)).cancel()
      expect(probe.cancelled).toBe(true)
    }
  })
})

describe("splitAfter and splitWhen", () => {
  const grouped = (substream: Flow<number, number>) => substream.grouped(10)

  it("make no empty segment at the end", async () => {
    const after = Source.range(1, 3).splitAfter((n) => n === 3, grouped)
    expect(await after.runWith(Sink.toArray())).toEqual([[1, 2, 3]])
    const when = Source.range(1, 3).splitWhen((n) => n === 3, grouped)
    expect(await when.runWith(Sink.toArray())).toEqual([[1, 2], [3]])
  })

  it("cancel upstream before it has emitted, when downstream does", () => {
    const probe = Probe.flow(() => numbers().splitWhen(() => true, grouped))
    expect(probe.cancel().cancelled).toBe(true)
  })
})
