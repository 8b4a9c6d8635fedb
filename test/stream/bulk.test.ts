import { describe, expect, it } from "vitest"
import { SinkStage } from "../../src/stream/engine/sink-stage.ts"
import { sinkStep } from "../../src/stream/engine/wiring.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { steps } from "../support/operators.ts"

const million = 1_000_000
const all = million
const half = million / 2

type Numbers = Flow<number, number>
type Row = [make: (flow: Numbers) => Flow<number, unknown>, emitted: number]

const side = () => Sink.ignore()
const same = () => Flow.of<number>()
const isOdd = (n: number) => n % 2 !== 0
const ignore = () => {}

/** The expected number of outputs for a million elements. Recursion for each of them would overflow the stack. */
const operators: Record<string, Row> = {
  map: [(flow) => flow.map((n) => n), all],
  filter: [(flow) => flow.filter(isOdd), half],
  "filter, of none": [(flow) => flow.filter(() => false), 0],
  collect: [(flow) => flow.collect((n) => (isOdd(n) ? n : undefined)), half],
  mapConcat: [(flow) => flow.mapConcat((n) => [n, n]), 2 * all],
  "mapConcat, of none": [(flow) => flow.mapConcat(() => []), 0],
  scan: [(flow) => flow.scan(0, (_, n) => n), all + 1],
  statefulMap: [
    (flow) =>
      flow.statefulMap(
        () => 0,
        (state, n) => [state + 1, n],
      ),
    all,
  ],
  statefulMapConcat: [
    (flow) =>
      flow.statefulMapConcat(
        () => 0,
        (state, n) => [state + 1, [n]],
      ),
    all,
  ],
  zipWithIndex: [(flow) => flow.zipWithIndex(), all],
  distinctUntilChanged: [(flow) => flow.distinctUntilChanged((n) => n >> 1), half + 1],
  intersperse: [(flow) => flow.intersperse(0), 2 * all - 1],
  grouped: [(flow) => flow.grouped(2), half],
  sliding: [(flow) => flow.sliding(2), all - 1],
  take: [(flow) => flow.take(half), half],
  takeWhile: [(flow) => flow.takeWhile((n) => n <= half), half],
  collectWhile: [(flow) => flow.collectWhile((n) => (n <= half ? -n : undefined)), half],
  drop: [(flow) => flow.drop(half), half],
  dropWhile: [(flow) => flow.dropWhile((n) => n <= half), half],
  limit: [(flow) => flow.limit(all), all],
  limitWeighted: [(flow) => flow.limitWeighted(all, () => 1), all],
  takeWithin: [(flow) => flow.takeWithin(1), all],
  dropWithin: [(flow) => flow.dropWithin(1), 0],
  delay: [(flow) => flow.delay(0, { bufferSize: 1, overflow: "dropHead" }), 1],
  initialDelay: [(flow) => flow.initialDelay(1), all],
  throttle: [(flow) => flow.throttle(all, 1, { burst: all }), all],
  debounce: [(flow) => flow.debounce(1), 1],
  groupedWithin: [(flow) => flow.groupedWithin(2, 1), half],
  groupedWeightedWithin: [(flow) => flow.groupedWeightedWithin(2, 1, () => 1), half],
  keepAlive: [(flow) => flow.keepAlive(1, () => 0), all],
  idleTimeout: [(flow) => flow.idleTimeout(1), all],
  initialTimeout: [(flow) => flow.initialTimeout(1), all],
  backpressureTimeout: [(flow) => flow.backpressureTimeout(1), all],
  completionTimeout: [(flow) => flow.completionTimeout(1), all],
  buffer: [(flow) => flow.buffer(16, "backpressure"), all],
  conflate: [(flow) => flow.conflate((_, n) => n), all],
  conflateWithSeed: [(flow) => flow.conflateWithSeed(String, (_, n) => String(n)), all],
  batch: [(flow) => flow.batch(2, String, (_, n) => String(n)), all],
  batchWeighted: [
    (flow) =>
      flow.batchWeighted(
        2,
        () => 1,
        String,
        (_, n) => String(n),
      ),
    all,
  ],
  expand: [(flow) => flow.expand((n) => [n]), all],
  concat: [(flow) => flow.concat(Source.range(1, all)), 2 * all],
  prepend: [(flow) => flow.prepend(Source.range(1, all)), 2 * all],
  orElse: [(flow) => flow.orElse(Source.range(1, all)), all],
  merge: [(flow) => flow.merge(Source.range(1, all)), 2 * all],
  mergePreferred: [(flow) => flow.mergePreferred(Source.range(1, all)), 2 * all],
  mergeLatest: [(flow) => flow.mergeLatest(Source.range(1, half)), all + half - 1],
  mergePrioritized: [(flow) => flow.mergePrioritized(Source.range(1, all), 1, 2), 2 * all],
  interleave: [(flow) => flow.interleave(Source.range(1, all), 1), 2 * all],
  zip: [(flow) => flow.zip(Source.range(1, all)), all],
  zipLatest: [(flow) => flow.zipLatest(Source.repeat(0).take(half)).take(half), half],
  flatMapPrefix: [(flow) => flow.flatMapPrefix(1, (_, tail) => tail), all - 1],
  prefixAndTail: [(flow) => flow.prefixAndTail(1).flatMapConcat(([, tail]) => tail), all - 1],
  groupBy: [
    (flow) =>
      flow.groupBy(
        3,
        (n) => n % 3,
        (substream) => substream,
      ),
    all,
  ],
  "splitWhen, of none": [
    (flow) =>
      flow.splitWhen(
        () => false,
        (substream) => substream,
      ),
    all,
  ],
  killSwitch: [(flow) => flow.killSwitch(Source.never()), all],
  alsoTo: [(flow) => flow.alsoTo(side()), all],
  divertTo: [(flow) => flow.divertTo(side(), isOdd), half],
  wireTap: [(flow) => flow.wireTap(side()), all],
  broadcast: [(flow) => flow.broadcast(same(), same()), 2 * all],
  partition: [(flow) => flow.partition((n) => n % 2, same(), same()), all],
  balance: [(flow) => flow.balance(same(), same()), all],
  recover: [(flow) => flow.recover(() => 0), all],
  recoverWith: [(flow) => flow.recoverWith(() => Source.empty<number>()), all],
  mapError: [(flow) => flow.mapError((error) => error), all],
  onTermination: [(flow) => flow.onTermination(ignore), all],
  monitor: [(flow) => flow.monitor(ignore), all],
  log: [(flow) => flow.log("bulk", ignore), all],
  via: [(flow) => flow.via(same()), all],
}

/** Fewer through those that build a graph, or wait for a promise, for every element. */
const slow: Record<string, Row> = {
  flatMapConcat: [(flow) => flow.flatMapConcat((n) => Source.single(n)), 100_000],
  "flatMapConcat, of none": [(flow) => flow.flatMapConcat(() => Source.empty()), 0],
  flatMapMerge: [(flow) => flow.flatMapMerge(4, (n) => Source.single(n)), 100_000],
  switchMap: [(flow) => flow.switchMap((n) => Source.single(n)), 100_000],
  splitWhen: [(flow) => flow.splitWhen(isOdd, (substream) => substream), 100_000],
  splitAfter: [(flow) => flow.splitAfter(isOdd, (substream) => substream), 100_000],
  mapAsync: [(flow) => flow.mapAsync(4, async (n) => n), 100_000],
  mapAsyncPartitioned: [
    (flow) =>
      flow.mapAsyncPartitioned(
        4,
        (n) => n % 2,
        async (n) => n,
      ),
    100_000,
  ],
  foldAsync: [(flow) => flow.foldAsync(0, async (sum, n) => sum + n), 1],
  mapAsyncUnordered: [(flow) => flow.mapAsyncUnordered(4, async (n) => n), 100_000],
}

async function emitted(source: Source<number>, make: Row[0]): Promise<number> {
  const clock = new TestClock()
  const count = source.via(make(same())).runWith(
    Sink.fold(0, (count) => count + 1),
    { clock },
  )
  clock.advance(1)
  return count
}

describe("a million elements", () => {
  it.each(Object.entries(operators))("through %s", async (_, [make, count]) => {
    expect(await emitted(Source.range(1, million), make)).toBe(count)
  })

  it("sent one by one", () => {
    const probe = Probe.flow(() => Flow.of<number>().map((n) => n + 1)).unbounded()
    for (let n = 0; n < million; n++) probe.send(n)
    expect(probe.received.length).toBe(million)
  })
})

describe("a hundred thousand elements", () => {
  it.each(Object.entries(slow))("through %s", async (_, [make, count]) => {
    expect(await emitted(Source.range(1, 100_000), make)).toBe(count)
  })
})

describe("ten thousand", () => {
  it("sources failing one after the other recover", async () => {
    const failing = Source.failed<number>(new Error("again"))
    const source = failing.recoverWith(() => failing, { attempts: 10_000 }).recover(() => 0)
    expect(await source.runWith(Sink.head())).toBe(0)
  })

  it("elements are offered to a queue, each while the one before is handled", async () => {
    const queue = Source.queue<number>(1)
    const seen: number[] = []
    const done = queue.source.runWith(
      Sink.forEach((n) => {
        seen.push(n)
        if (n < 10_000) queue.offer(n + 1)
        else queue.complete()
      }),
    )
    queue.offer(1)
    await done
    expect(seen.length).toBe(10_000)
  })

  it("elements are offered to a queue by a stage that signals demand before it returns", () => {
    const queue = Source.queue<number>(1)
    const seen: number[] = []
    class Eager extends SinkStage<number, void> {
      push(n: number): boolean {
        seen.push(n)
        this.up.resume()
        if (n < 10_000) queue.offer(n + 1)
        return true
      }
    }
    void queue.source.runWith(new Sink<number>([sinkStep("eager", "stateless", () => new Eager())]))
    queue.offer(1)
    expect(seen.length).toBe(10_000)
  })

  it("elements go round a loop of a merge and a queue", async () => {
    const queue = Source.queue<number>(1)
    const loop = Source.single(0)
      .merge(queue.source)
      .map((n) => n + 1)
    const last = loop
      .take(10_000)
      .alsoTo(Sink.forEach((n) => queue.offer(n)))
      .runWith(Sink.last())
    expect(await last).toBe(10_000)
  })
})

it("leaves no operator out", () => {
  const names = Object.keys({ ...operators, ...slow }).map((name) => name.replace(/,.*/, ""))
  expect(new Set(names)).toEqual(
    new Set([
      ...Object.keys(steps(0)),
      "mapAsync",
      "mapAsyncUnordered",
      "mapAsyncPartitioned",
      "foldAsync",
      "prefixAndTail",
    ]),
  )
})
