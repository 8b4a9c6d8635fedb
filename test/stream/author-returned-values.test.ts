import { describe, expect, it } from "vitest"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { anything, flow, type Mistakes, other, promised, rejectsEach } from "../support/author-mistakes.ts"

/** Functions that return no value of the kind that is asked for, and what the failure says of it. */
const mistakes: Mistakes = {
  "splitAfter, a promise": [
    () =>
      other.splitAfter(
        () => promised(false),
        (substream) => substream,
      ),
    '"splitAfter", step 2 of the flow: predicate returned a promise: return true or false',
  ],
  "mapAsyncPartitioned, an object": [
    () =>
      other.mapAsyncPartitioned(
        1,
        () => anything({ id: 1 }),
        (n) => n,
      ),
    '"mapAsyncPartitioned", step 2 of the flow: partitioner returned an object (id): return a primitive value',
  ],
  "filter, a promise": [
    () => other.filter(() => promised(false)),
    '"filter", step 2 of the flow: predicate returned a promise: return true or false; ' +
      "what takes time belongs in a mapAsync before it",
  ],
  "takeWhile, a promise": [() => other.takeWhile(() => promised(false)), '"takeWhile", step 2 of the flow: predicate'],
  "dropWhile, a promise": [() => other.dropWhile(() => promised(false)), '"dropWhile", step 2 of the flow: predicate'],
  "divertTo, a promise": [
    () => other.divertTo(Sink.ignore(), () => promised(false)),
    '"divertTo", step 2 of the flow: predicate returned a promise',
  ],
  "tick while, a promise": [
    () => Source.tick(10, { while: () => promised(false) }),
    '"tick", step 1 of the flow: while returned a promise',
  ],
  "partition, a text": [
    () => other.partition(() => anything("0"), flow(), flow()),
    '"partition", step 2 of the flow: choose returned "0": return the number of a branch, 0 to 1',
  ],
  "partition, a promise": [
    () => other.partition(() => promised(0), flow(), flow()),
    "choose returned a promise: return the number of a branch, 0 to 1",
  ],
  "partition, no branch": [
    () => other.partition(() => 2, flow(), flow()),
    '"partition", step 2 of the flow: there is no branch 2, only 0 to 1',
  ],
  "partition, half a branch": [() => other.partition(() => 0.5, flow(), flow()), "there is no branch 0.5"],
  "distinctUntilChanged, an object": [
    () => other.distinctUntilChanged(() => anything({ id: 1 })),
    '"distinctUntilChanged", step 2 of the flow: key returned an object (id): return a primitive value',
  ],
  "distinctUntilChanged, a symbol": [
    () => other.distinctUntilChanged(() => anything(Symbol("id"))),
    "key returned a symbol (Symbol(id))",
  ],
  "scan, a promise": [
    () => other.scan(0, () => promised(1)),
    '"scan", step 2 of the flow: f returned a promise: return a value that is there',
  ],
  "conflate, a promise": [
    () => other.conflate(() => promised(1)).initialDelay(10),
    '"conflate", step 2 of the flow: aggregate returned a promise',
  ],
  "conflateWithSeed, a promise": [
    () => other.conflateWithSeed(() => promised(1), Number),
    '"conflateWithSeed", step 2 of the flow: seed returned a promise',
  ],
  "batch, a promise": [
    () => other.batch(3, Number, () => promised(1)).initialDelay(10),
    '"batch", step 2 of the flow: aggregate returned a promise',
  ],
  "batchWeighted, a cost below 0": [
    () => other.batchWeighted(3, () => -1, Number, Number),
    '"batchWeighted", step 2 of the flow: cost returned a number (-1): return a number of at least 0',
  ],
  "batchWeighted, no cost": [
    () => other.batchWeighted(3, () => anything(undefined), Number, Number),
    "cost returned undefined: return a number of at least 0",
  ],
  "limitWeighted, a promise": [
    () => other.limitWeighted(9, () => promised(1)),
    '"limitWeighted", step 2 of the flow: cost returned a promise: return a number of at least 0',
  ],
  "throttle, a cost without a number": [
    () => other.throttle(1, 1, { cost: () => Number.NaN }),
    '"throttle", step 2 of the flow: cost returned a number (NaN): return a number of at least 0',
  ],
  "groupedWeightedWithin, an endless cost": [
    () => other.groupedWeightedWithin(1, 1, () => Infinity),
    '"groupedWeightedWithin", step 2 of the flow: cost returned a number (Infinity)',
  ],
  "schedule, a text": [
    () => Source.schedule(() => anything("noon")),
    '"schedule", step 1 of the flow: upcoming returned "noon": return a time in milliseconds, or undefined for none',
  ],
  "schedule, no number": [() => Source.schedule(() => Number.NaN), "upcoming returned a number (NaN)"],
}

describe("the return value of an author's function is checked where it enters (part I):", () => {
  rejectsEach(mistakes)

  it("by a sink for which the flow would not wait", async () => {
    const save = async (n: number) => void n
    await expect(other.runWith(Sink.forEach(save))).rejects.toThrow(
      '"forEach", step 2 of the flow: f returned a promise: return nothing; what takes time belongs in a mapAsync before it',
    )
    expect(await other.mapAsync(1, save).runWith(Sink.ignore())).toBe(undefined)
    expect(await other.runWith(Sink.forEach((n) => anything({ n })))).toBe(undefined)
  })

  it("by a reduce, too", async () => {
    await expect(other.runWith(Sink.reduce<number>(() => promised(1)))).rejects.toThrow(
      '"reduce", step 2 of the flow: f returned a promise',
    )
  })

  it("by a sink with a predicate, too", async () => {
    await expect(other.runWith(Sink.exists(() => promised(true)))).rejects.toThrow(
      '"exists", step 2 of the flow: predicate returned a promise: return true or false',
    )
  })

  it("by a fold, too", async () => {
    await expect(other.runWith(Sink.fold(0, () => promised(1)))).rejects.toThrow(
      '"fold", step 2 of the flow: f returned',
    )
  })

  it("and any truthy or falsy value is accepted for a predicate", async () => {
    const truthy = (n: number) => anything(n > 1 ? "yes" : 0)
    expect(await other.filter(truthy).runWith(Sink.toArray())).toEqual([2, 3])
    expect(await other.dropWhile((n) => anything(n > 1 ? undefined : {})).runWith(Sink.toArray())).toEqual([2, 3])
    expect(await other.divertTo(Sink.ignore(), truthy).runWith(Sink.toArray())).toEqual([1])
  })

  it("and a tick whose condition returns undefined does not run", () => {
    const seen: number[] = []
    const clock = new TestClock()
    void Source.tick(10, { while: () => anything(undefined) }).runWith(
      Sink.forEach((n) => seen.push(n)),
      { clock },
    )
    clock.advance(100)
    expect(seen).toEqual([])
  })
})
