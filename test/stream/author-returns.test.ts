import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

const flow = () => Flow.of<number>()
const other = Source.range(1, 3)
/** As from a program without types. */
const anything = (value: unknown) => value as never
const promised = (value: unknown) => anything(Promise.resolve(value))

/** What each function of an author's may return by mistake, and what the failure says of it. */
const mistakes: Record<string, [source: () => Source<unknown>, message: string]> = {
  "mapConcat, a number": [
    () => other.via(flow().mapConcat(() => anything(7))),
    '"mapConcat", step 2 of the flow: f returned a number (7): return an iterable, such as an array',
  ],
  "mapConcat, a promise": [
    () => other.via(flow().mapConcat(() => promised([1]))),
    '"mapConcat", step 2 of the flow: f returned a promise: return an iterable, such as an array; ' +
      "what takes time belongs in a mapAsync before it",
  ],
  "mapConcat, an async generator": [
    () => other.mapConcat(() => anything((async function* () {})())),
    "f returned an instance of AsyncGenerator: return an iterable",
  ],
  "statefulMap, no pair": [
    () =>
      other.statefulMap(
        () => 0,
        anything((state: number) => state + 1),
      ),
    '"statefulMap", step 2 of the flow: f returned a number (1): return a pair, [state, element]',
  ],
  "statefulMap, a promise": [
    () =>
      other.statefulMap(
        () => 0,
        anything(async () => [1, 2]),
      ),
    '"statefulMap", step 2 of the flow: f returned a promise',
  ],
  "statefulMapConcat, no pair": [
    () =>
      other.statefulMapConcat(
        () => 0,
        () => anything(undefined),
      ),
    '"statefulMapConcat", step 2 of the flow: f returned undefined: return a pair',
  ],
  "statefulMapConcat, no elements": [
    () =>
      other.statefulMapConcat(
        () => 0,
        () => [0, anything(null)],
      ),
    '"statefulMapConcat", step 2 of the flow: f returned null: return an iterable',
  ],
  "statefulMapConcat, no elements at the end": [
    () =>
      other.statefulMapConcat(
        () => 0,
        () => [0, []],
        () => anything(7),
      ),
    '"statefulMapConcat", step 2 of the flow: atEnd returned a number (7): return an iterable',
  ],
  "expand, no iterable": [
    () => other.expand(() => anything({})),
    '"expand", step 2 of the flow: f returned an empty object: return an iterable',
  ],
  "unfold, no pair": [
    () => Source.unfold(0, () => anything(5)),
    '"unfold", step 1 of the flow: f returned a number (5): return a pair',
  ],
  "statefulMap, half a pair": [
    () =>
      other.statefulMap(
        () => 0,
        anything((state: number) => [state]),
      ),
    '"statefulMap", step 2 of the flow: f returned an array of 1: return a pair, [state, element]',
  ],
  "unfold, half a pair": [() => Source.unfold(0, () => anything([1])), "f returned an array of 1: return a pair"],
  "from, an iterator that is none": [
    () => Source.from({ [Symbol.iterator]: () => ({ next: () => anything(undefined) }) }),
    '"from", step 1 of the flow: next of the iterator returned undefined: return an object with done and value',
  ],
  "expand, an iterator that is none": [
    () => other.expand(() => ({ [Symbol.iterator]: () => ({ next: () => anything(7) }) })),
    '"expand", step 2 of the flow: next of the iterator returned a number (7)',
  ],
  "fromAsync, an iterator that is none": [
    () => Source.fromAsync({ [Symbol.asyncIterator]: () => ({ next: async () => anything(undefined) }) }),
    '"fromAsync", step 1 of the flow: next of the iterator returned undefined',
  ],
  "unfold, a promise": [() => Source.unfold(0, () => promised([1, 2])), "f returned a promise: return a pair"],
  "flatMapConcat, an array": [
    () => other.flatMapConcat(() => anything([1, 2])),
    '"flatMapConcat", step 2 of the flow: f returned an array of 2: return a source, such as Source.single(element)',
  ],
  "flatMapConcat, a flow": [() => other.flatMapConcat(() => anything(flow())), "f returned an instance of Flow"],
  "flatMapMerge, a promise": [
    () => other.flatMapMerge(2, () => promised(other)),
    '"flatMapMerge", step 2 of the flow: f returned a promise: return a source',
  ],
  "switchMap, an array": [
    () => other.switchMap(() => anything([1, 2])),
    '"switchMap", step 2 of the flow: f returned an array of 2: return a source, such as Source.single(element)',
  ],
  "recoverWith, an element": [
    () => Source.failed(new Error("broken")).recoverWith(() => anything("sorry")),
    '"recoverWith", step 2 of the flow: f returned "sorry": return a source',
  ],
  "lazy, nothing": [
    () => Source.lazy(() => anything(undefined)),
    '"lazy", step 1 of the flow: make returned undefined',
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
  "schedule, a text": [
    () => Source.schedule(() => anything("noon")),
    '"schedule", step 1 of the flow: upcoming returned "noon": return a time in milliseconds, or undefined for none',
  ],
  "schedule, no number": [() => Source.schedule(() => Number.NaN), "upcoming returned a number (NaN)"],
  "in a nested source": [
    () =>
      other.flatMapConcat(() =>
        Source.single(1)
          .map((n) => n)
          .mapConcat(() => anything(1)),
      ),
    '"mapConcat", step 3 of the source in "flatMapConcat", step 2 of the flow: f returned a number (1)',
  ],
  "in a source that is merged in": [
    () => other.map((n) => n).merge(Source.single(1).mapConcat(() => anything(1))),
    '"mapConcat", step 5 of the flow: f returned',
  ],
}

function end(source: Source<unknown>): Promise<unknown> {
  const clock = new TestClock()
  const ended = source.runWith(Sink.ignore(), { clock })
  clock.advance(100)
  return ended
}

describe("what an author's function returns is checked where it enters (part I)", () => {
  it.each(Object.entries(mistakes))("%s", async (_, [source, message]) => {
    await expect(end(source())).rejects.toThrow(message)
  })

  it("by a sink of which the flow would not wait", async () => {
    const save = async (n: number) => void n
    await expect(other.runWith(Sink.forEach(save))).rejects.toThrow(
      '"forEach", step 2 of the flow: f returned a promise: return nothing; what takes time belongs in a mapAsync before it',
    )
    expect(await other.mapAsync(1, save).runWith(Sink.ignore())).toBe(undefined)
    expect(await other.runWith(Sink.forEach((n) => anything({ n })))).toBe(undefined)
  })

  it("by a fold, too", async () => {
    await expect(other.runWith(Sink.fold(0, () => promised(1)))).rejects.toThrow(
      '"fold", step 2 of the flow: f returned',
    )
  })

  it("and anything that is true or false will do for a predicate", async () => {
    const truthy = (n: number) => anything(n > 1 ? "yes" : 0)
    expect(await other.filter(truthy).runWith(Sink.toArray())).toEqual([2, 3])
    expect(await other.dropWhile((n) => anything(n > 1 ? undefined : {})).runWith(Sink.toArray())).toEqual([2, 3])
    expect(await other.divertTo(Sink.ignore(), truthy).runWith(Sink.toArray())).toEqual([1])
  })

  it("and a tick whose condition says nothing does not go on", () => {
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

/** What an operator may be given by mistake, and what the error says of it. */
const arguments_: Record<string, [make: () => unknown, message: string]> = {
  "merge, a flow": [() => flow().merge(anything(flow())), "merge: source is an instance of Flow: write a source"],
  "merge, an array": [() => flow().merge(anything([1])), "merge: source is an array of 1: write a source"],
  "concat, a promise": [() => flow().concat(promised(other)), "concat: source is a promise: write a source"],
  "prepend, nothing": [() => flow().prepend(anything(undefined)), "prepend: source is undefined"],
  "orElse, a function": [() => flow().orElse(anything(() => other)), "orElse: source is a function"],
  "interleave, a sink": [
    () => flow().interleave(anything(Sink.ignore()), 1),
    "interleave: source is an instance of Sink",
  ],
  "mergePrioritized, null": [() => flow().mergePrioritized(anything(null), 1, 1), "mergePrioritized: source is null"],
  "zip, a queue": [() => flow().zip(anything(Source.queue(1))), "zip: source is an instance of SourceQueue"],
  "zipLatest, a flow": [() => flow().zipLatest(anything(flow())), "zipLatest: source is an instance of Flow"],
  "alsoTo, a function": [() => flow().alsoTo(anything(() => {})), "alsoTo: sink is a function: write a sink"],
  "divertTo, a flow": [() => flow().divertTo(anything(flow()), () => true), "divertTo: sink is an instance of Flow"],
  "divertTo, no predicate": [
    () => flow().divertTo(Sink.ignore(), anything(true)),
    "divertTo: predicate is a boolean (true)",
  ],
  "wireTap, a function": [() => flow().wireTap(anything(console.log)), "wireTap: sink is a function: write a sink"],
  "to, a flow": [() => flow().to(anything(flow())), "to: sink is an instance of Flow: write a sink"],
  "to, of a source": [() => other.to(anything(flow())), "to: sink is an instance of Flow: write a sink"],
  "runWith, a function": [() => other.runWith(anything(() => {})), "to: sink is a function: write a sink"],
  "via, a source": [() => flow().via(anything(other)), "via: flow is an instance of Source: write a flow"],
  "via, of a source": [() => other.via(anything(Sink.ignore())), "via: flow is an instance of Sink: write a flow"],
  "fromSinkAndSource, the wrong way round": [
    () => Flow.fromSinkAndSource(anything(other), anything(Sink.ignore())),
    "fromSinkAndSource: sink is an instance of Source: write a sink",
  ],
  "fromSinkAndSourceCoupled, no source": [
    () => Flow.fromSinkAndSourceCoupled(Sink.ignore(), anything(flow())),
    "fromSinkAndSourceCoupled: source is an instance of Flow: write a source",
  ],
  "from, a promise": [() => Source.from(promised([1])), "from: iterable is a promise: write an iterable"],
  "from, a number": [() => Source.from(anything(3)), "from: iterable is a number (3)"],
  "fromAsync, an array": [
    () => Source.fromAsync(anything([1])),
    "fromAsync: iterable is an array of 1: write an async iterable",
  ],
  "fromPromise, a promise": [() => Source.fromPromise(promised(1)), "fromPromise: make is a promise: write a function"],
  "lazy, a source": [() => Source.lazy(anything(other)), "lazy: make is an instance of Source: write a function"],
  "cycle, a text": [() => Source.cycle(anything("ab")), 'cycle: elements is "ab": write an array'],
  "unfold, no function": [() => Source.unfold(0, anything(undefined)), "unfold: f is undefined: write a function"],
  "schedule, a time": [() => Source.schedule(anything(7)), "schedule: upcoming is a number (7): write a function"],
  "tick, a boolean": [
    () => Source.tick(1, { while: anything(true) }),
    "tick: while is a boolean (true): write a function",
  ],
  "map, a promise": [() => flow().map(promised(1)), "map: f is a promise: write a function"],
  "filter, nothing": [() => flow().filter(anything(undefined)), "filter: predicate is undefined"],
  "statefulMap, a state": [
    () =>
      flow().statefulMap(
        anything(0),
        anything(() => []),
      ),
    "statefulMap: create is a number (0)",
  ],
  "statefulMap, an end": [
    () =>
      flow().statefulMap(
        () => 0,
        (n) => [n, n],
        anything(0),
      ),
    "statefulMap: atEnd is a number (0)",
  ],
  "mapConcat, an array": [() => flow().mapConcat(anything([1])), "mapConcat: f is an array of 1: write a function"],
  "mapAsync, the wrong way round": [
    () =>
      flow().mapAsync(
        anything(() => 1),
        anything(2),
      ),
    "mapAsync: parallelism is a function",
  ],
  "flatMapConcat, a source": [() => flow().flatMapConcat(anything(other)), "flatMapConcat: f is an instance of Source"],
  "switchMap, a source": [() => flow().switchMap(anything(other)), "switchMap: f is an instance of Source"],
  "keepAlive, an element": [
    () => flow().keepAlive(10, anything("ping")),
    'keepAlive: inject is "ping": write a function',
  ],
  "forEach, nothing": [() => Sink.forEach(anything(undefined)), "forEach: f is undefined: write a function"],
  "fold, the wrong way round": [
    () =>
      Sink.fold(
        anything(() => 0),
        anything(0),
      ),
    "fold: f is a number (0)",
  ],
  "onComplete, nothing": [() => Sink.onComplete(anything(undefined)), "onComplete: f is undefined"],
}

describe("what an operator is given is checked where the flow is made (part I)", () => {
  it.each(Object.entries(arguments_))("%s", (_, [make, message]) => {
    expect(make).toThrow(message)
  })
})
