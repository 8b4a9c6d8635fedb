import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"

/** Assertions in the bodies of Pekko's specs of rates, joins, states and sinks that their titles do not name. */

const error = new Error("broken")
const numbers = () => Flow.of<number>()
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const broken = () => {
  throw error
}

describe("throttle", () => {
  const send = (probe: Probe<number, number>, from: number, to: number) => {
    for (const n of range(from, to)) if (probe.demand) probe.send(n)
    return probe.received.at(-1)
  }
  const throttled = (cost?: (n: number) => number) =>
    Probe.flow(() => numbers().throttle(2, 400, { burst: 5, cost })).unbounded()

  it("has a whole burst again after enough time, and a part of it after less", () => {
    const probe = throttled()
    expect(send(probe, 1, 6)).toBe(5)
    expect(probe.advance(199).received.at(-1)).toBe(5)
    expect(probe.advance(1).received.at(-1)).toBe(6)
    probe.advance(1_000)
    expect(send(probe, 7, 12)).toBe(11)
    probe.advance(200).advance(400)
    expect(send(probe, 13, 15)).toBe(14)
  })

  it("holds a costly element back after the cheap ones of a burst", () => {
    const probe = throttled((n) => (n < 9 ? 1 : 20))
    send(probe, 1, 6)
    probe.advance(200).advance(400)
    expect(send(probe, 7, 9)).toBe(8)
    expect(probe.advance(200 * 20 - 1).received.at(-1)).toBe(8)
    expect(probe.advance(1).received.at(-1)).toBe(9)
  })

  it("emits the elements before the one whose cost throws", () => {
    const probe = throttled((n) => (n === 3 ? broken() : 1))
    expect(send(probe, 1, 3)).toBe(2)
    expect(probe.ended).toEqual({ failed: error })
  })

  it("lets one element of the cost of the rate pass in its time", () => {
    const probe = Probe.source(() => Source.range(1, 5).throttle(2, 400, { burst: 2, cost: () => 2 })).unbounded()
    for (const n of range(1, 5)) {
      expect(probe.received).toEqual(range(1, n))
      probe.advance(400)
    }
    expect(probe.ended).toBe("completed")
  })
})

describe("conflate and batch", () => {
  const sum = (total: number, n: number) => total + n
  const itself = (n: number) => n
  const operators: [string, (flow: Flow<number, number>) => Flow<number, number>][] = [
    ["conflate", (flow) => flow.conflate(sum)],
    ["conflateWithSeed", (flow) => flow.conflateWithSeed(itself, sum)],
    ["batch", (flow) => flow.batch(100, itself, sum)],
    ["batchWeighted", (flow) => flow.batchWeighted(5_050, itself, itself, sum)],
  ]

  it.each(operators)("%s changes nothing if demand comes first, and combines elements without demand", (_, slow) => {
    const probe = Probe.flow(() => slow(numbers()))
    for (const n of range(1, 100)) probe.request(1).send(n)
    expect(probe.received).toEqual(range(1, 100))
    probe.request(1).send(2, 3, 4).request(1)
    expect(probe.received.slice(100)).toEqual([2, 7])
    for (const n of range(1, 100)) probe.send(n)
    // The demand before took the first.
    expect(probe.request(2).received.slice(102)).toEqual([5_050])
  })

  it.each(operators)("%s loses nothing before a buffer, and before a slow consumer", async (_, slow) => {
    const total = (flow: Flow<number, number>) => Source.range(1, 1_000).via(flow).runWith(Sink.fold(0, sum))
    expect(await total(slow(numbers()).buffer(50, "backpressure"))).toBe(500_500)
    const pausing = slow(numbers()).mapAsync(1, async (n) => {
      if (n % 2 === 0) await settled()
      return n
    })
    expect(await total(pausing)).toBe(500_500)
  })
})

describe("statefulMap", () => {
  it("calls atEnd once if it throws, with f or without, and fails with its error", () => {
    let calls = 0
    const thrown = new Error("at the end")
    const start = (f: (state: number, n: number) => [number, number]) => {
      calls = 0
      const atEnd = () => {
        calls++
        throw thrown
      }
      return Probe.flow(() => numbers().statefulMap(() => 23, f, atEnd)).unbounded()
    }
    expect(start(broken).send(1).ended).toEqual({ failed: thrown })
    expect(calls).toBe(1)
    const whole = start((state, n) => [state, n])
    expect(whole.send(1).complete().ended).toEqual({ failed: thrown })
    expect([whole.received, calls]).toEqual([[1], 1])
    const cancelled = start((state, n) => [state, n])
      .send(1)
      .cancel()
    expect(cancelled.cancelled).toBeTruthy()
    expect(calls).toBe(1)
  })

  it("can drop elements that came before", async () => {
    const distinct = Source.from(["A", "B", "B", "C", "C", "C", "D"]).statefulMap<string, string>(
      () => "",
      (last, letter) => [letter, last === letter ? "" : letter],
    )
    expect(await distinct.filter((letter) => letter !== "").runWith(Sink.toArray())).toEqual(["A", "B", "C", "D"])
  })
})

describe("joins", () => {
  it("mergePreferred emits 10,000 preferred elements before those of three others", async () => {
    const preferred = Source.repeat(1).take(10_000)
    const others = Source.combine(range(1, 3).map(() => Source.repeat(2).take(10_000)))
    const all = await preferred.mergePreferred(others).runWith(Sink.toArray())
    expect(all.length).toBe(40_000)
    expect(all.slice(0, 20_000).filter((n) => n === 1).length).toBe(10_000)
  })

  it("mergeLatest emits each change with the latest of the other", () => {
    const side = Source.queue<string>(4)
    const probe = Probe.flow(() => numbers().mergeLatest(side.source)).unbounded()
    probe.send(1)
    side.offer("a")
    probe.send(2)
    side.offer("b")
    side.offer("c")
    probe.send(3)
    expect(probe.received.map((pair) => pair.join(""))).toEqual(["1a", "2a", "2b", "2c", "3c"])
    side.complete()
    expect(probe.complete().ended).toBe("completed")
  })

  it("Source.zipN waits for the partners of an element whose source has completed", () => {
    const [one, other] = [Source.queue<number>(2), Source.queue<number>(2)]
    const probe = Probe.source(() => Source.zipN([one.source, other.source]))
    one.offer(1)
    one.complete()
    expect(probe.ended).toBe(undefined)
    other.offer(2)
    other.complete()
    expect(probe.request(1).received).toEqual([[1, 2]])
    expect(probe.ended).toBe("completed")
  })
})

describe("ends", () => {
  it("collectWhile before a buffer completes without demand", () => {
    const odd = (n: number) => (n % 2 === 1 ? n : undefined)
    const probe = Probe.source(() => Source.from([2, 3, 5]).collectWhile(odd).buffer(1, "backpressure"))
    expect(probe.ended).toBe("completed")
  })

  it("collectWhile does not emit after the first element that is none", async () => {
    const odd = Source.from([1, 3, 5, 7, 8, 9, 10]).collectWhile((n) => (n % 2 === 1 ? n : undefined))
    expect(await odd.runWith(Sink.toArray())).toEqual([1, 3, 5, 7])
  })

  it("foldAsync works in a source, a flow below it and a sink", async () => {
    const sum = async (total: number, n: number) => total + n
    const folded = Source.range(1, 100).foldAsync(0, sum).via(numbers().foldAsync(0, sum)).foldAsync(0, sum)
    expect(await folded.runWith(Sink.head())).toBe(5_050)
  })

  it("foldAsync fails with an error of upstream in the midst, or of its own promise", async () => {
    const sum = async (total: number, n: number) => total + n
    const failing = Source.range(1, 100).map((n) => (n > 50 ? broken() : n))
    await expect(failing.foldAsync(0, sum).runWith(Sink.head())).rejects.toBe(error)
    const rejecting = Source.range(1, 100).foldAsync(0, (total, n) => (n > 50 ? Promise.reject(error) : sum(total, n)))
    await expect(rejecting.runWith(Sink.head())).rejects.toBe(error)
  })

  it("Sink.combine returns the results of three sinks", async () => {
    const sum = () => Sink.reduce<number>((total, n) => total + n)
    const results = await Source.range(0, 5).runWith(Sink.combine([sum(), sum(), sum()]))
    expect(results).toEqual([15, 15, 15])
  })
})
