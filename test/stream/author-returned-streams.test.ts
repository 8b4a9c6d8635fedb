import { describe } from "vitest"
import { Source } from "../../src/stream/source.ts"
import { anything, flow, type Mistakes, other, promised, rejectsEach } from "../support/author-mistakes.ts"

/** Functions that return no iterable, no pair, no source or no flow, and what the failure says of it. */
const mistakes: Mistakes = {
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
  "flatMapPrefix, a source": [
    () => other.flatMapPrefix(1, () => anything(other)),
    '"flatMapPrefix", step 2 of the flow: f returned an instance of Source: return a flow, such as Flow.of()',
  ],
  "groupBy, a source": [
    () => other.groupBy(1, String, () => anything(other)),
    '"groupBy", step 2 of the flow: f returned an instance of Source: return a flow, such as Flow.of()',
  ],
  "splitWhen, no flow": [
    () =>
      other.splitWhen(
        () => false,
        () => anything(undefined),
      ),
    '"splitWhen", step 2 of the flow: f returned undefined: return a flow',
  ],
  "recoverWith, an element": [
    () => Source.failed(new Error("broken")).recoverWith(() => anything("sorry")),
    '"recoverWith", step 2 of the flow: f returned "sorry": return a source',
  ],
  "lazy, nothing": [
    () => Source.lazy(() => anything(undefined)),
    '"lazy", step 1 of the flow: make returned undefined',
  ],
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

describe("the return value of an author's function is checked where it enters (part I):", () => {
  rejectsEach(mistakes)
})
