import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { anything, flow, other, promised } from "../support/author-mistakes.ts"

/** Wrong arguments of operators, and the messages of the errors. */
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
  "killSwitch, a queue": [() => flow().killSwitch(anything(Source.queue(1))), "killSwitch: source is an instance of"],
  "mergePreferred, a flow": [() => flow().mergePreferred(anything(flow())), "mergePreferred: source is an instance of"],
  "mergeLatest, null": [() => flow().mergeLatest(anything(null)), "mergeLatest: source is null: write a source"],
  "combine, a source": [
    () => Source.combine(anything(other)),
    "combine: sources is an instance of Source: write an array",
  ],
  "combine, a flow": [
    () => Source.combine([other, anything(flow())]),
    "combine: source 1 is an instance of Flow: write a source",
  ],
  "combine, no strategy": [
    () => Source.combine([other], anything("zip")),
    'combine: strategy is "zip": write "merge" or "concat"',
  ],
  "zipN, an array of numbers": [() => Source.zipN([anything(1)]), "zipN: source 0 is a number (1): write a source"],
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
  "fromAsync, a response": [
    () => Source.fromAsync(anything(new Response("data: a"))),
    "fromAsync: iterable is an instance of Response: write an async iterable, such as an async generator or serverSentEvents(response)",
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
  "batch, no seed": [() => flow().batch(1, anything(0), Number), "batch: seed is a number (0): write a function"],
  "batchWeighted, no cost function": [
    () => flow().batchWeighted(1, anything(undefined), Number, Number),
    "batchWeighted: cost is undefined: write a function",
  ],
  "conflateWithSeed, no aggregate": [
    () => flow().conflateWithSeed(Number, anything(null)),
    "conflateWithSeed: aggregate is null: write a function",
  ],
  "throttle, a cost that is a number": [
    () => flow().throttle(1, 1, { cost: anything(2) }),
    "throttle: cost is a number (2): write a function",
  ],
  "limitWeighted, no cost": [
    () => flow().limitWeighted(1, anything(undefined)),
    "limitWeighted: cost is undefined: write a function",
  ],
  "groupedWeightedWithin, no cost": [
    () => flow().groupedWeightedWithin(1, 1, anything(1)),
    "groupedWeightedWithin: cost is a number (1): write a function",
  ],
  "collectWhile, no function": [
    () => flow().collectWhile(anything(1)),
    "collectWhile: f is a number (1): write a function",
  ],
  "foldAsync, no function": [() => flow().foldAsync(0, anything(1)), "foldAsync: f is a number (1): write a function"],
  "reduce, no function": [() => Sink.reduce(anything(1)), "reduce: f is a number (1): write a function"],
  "exists, a boolean": [() => Sink.exists(anything(true)), "exists: predicate is a boolean (true): write a function"],
  "forall, nothing": [() => Sink.forall(anything(undefined)), "forall: predicate is undefined: write a function"],
  "combine, a sink": [
    () => Sink.combine(anything(Sink.ignore())),
    "combine: sinks is an instance of Sink: write an array of at least one sink",
  ],
  "combine, no sinks": [() => Sink.combine([]), "combine: sinks is an array of 0: write an array of at least one sink"],
  "combine, a source among the sinks": [
    () => Sink.combine([Sink.ignore(), anything(other)]),
    "combine: sink 1 is an instance of Source: write a sink",
  ],
  "combine, no strategy for sinks": [
    () => Sink.combine([Sink.ignore()], anything("partition")),
    'combine: strategy is "partition": write "broadcast" or "balance"',
  ],
  "monitor, a sink": [
    () => flow().monitor(anything(Sink.ignore())),
    "monitor: listener is an instance of Sink: write a",
  ],
  "mapAsync, the wrong way round": [
    () =>
      flow().mapAsync(
        anything(() => 1),
        anything(2),
      ),
    "mapAsync: parallelism is a function",
  ],
  "mapAsyncPartitioned, no partitioner": [
    () => flow().mapAsyncPartitioned(1, anything("user"), (n) => n),
    'mapAsyncPartitioned: partitioner is "user": write a function',
  ],
  "flatMapConcat, a source": [() => flow().flatMapConcat(anything(other)), "flatMapConcat: f is an instance of Source"],
  "switchMap, a source": [() => flow().switchMap(anything(other)), "switchMap: f is an instance of Source"],
  "flatMapPrefix, a flow": [
    () => flow().flatMapPrefix(1, anything(flow())),
    "flatMapPrefix: f is an instance of Flow: write a function",
  ],
  "groupBy, no key": [
    () => flow().groupBy(1, anything("topic"), (substream) => substream),
    'groupBy: key is "topic": write a function',
  ],
  "groupBy, a flow": [() => flow().groupBy(1, String, anything(flow())), "groupBy: f is an instance of Flow"],
  "splitWhen, a flow": [() => flow().splitWhen(() => true, anything(flow())), "splitWhen: f is an instance of Flow"],
  "splitAfter, no predicate": [
    () => flow().splitAfter(anything(true), (substream) => substream),
    "splitAfter: predicate is a boolean (true)",
  ],
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

describe("the arguments of an operator are checked where the flow is made (part I):", () => {
  it.each(Object.entries(arguments_))("%s", (_, [make, message]) => {
    expect(make).toThrow(message)
  })
})
