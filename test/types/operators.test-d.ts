import { describe, expectTypeOf, it } from "vitest"
import { webSocketClientFlow } from "../../src/socket/client-flow.ts"
import { text } from "../../src/socket/codec.ts"
import { Flow, type Tail } from "../../src/stream/flow.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"

type Move = { kind: "move"; to: number }
type Shot = { kind: "shot" }
type Play = Move | Shot

const strings = Flow.of<string>()
const plays = Source.from<Play>([])

describe("the elements of", () => {
  it("map are the results of the function", () => {
    expectTypeOf(strings.map((text) => text.length)).toEqualTypeOf<Flow<string, number>>()
    expectTypeOf(Source.range(1, 3).map(String)).toEqualTypeOf<Source<string>>()
  })

  it("fromAsync are those of the iterable, whatever the position takes of them", () => {
    async function* tokens(_from: number) {
      yield { token: "a", id: 1 }
    }
    const live = Source.fromAsync((_signal: AbortSignal) => tokens(0), {
      onEviction: { position: ({ id }: { id: number }) => id, continueFrom: (id: number) => tokens(id) },
    })
    expectTypeOf(live).toEqualTypeOf<Source<{ token: string; id: number }>>()
  })

  it("webSocketClientFlow are those of its codec, whatever is sent on connecting", () => {
    type Command = { type: "login"; token: string } | { type: "subscribe"; feed: string }
    const codec = text.map(Number).contramap((command: Command) => JSON.stringify(command))
    const feed = webSocketClientFlow("wss://feeds.example", codec, { onConnect: () => [{ type: "login", token: "a" }] })
    expectTypeOf(feed).toEqualTypeOf<Flow<Command, number>>()
  })

  it("filter are the same, or of the type of the guard", () => {
    expectTypeOf(strings.filter((text) => text !== "")).toEqualTypeOf<Flow<string, string>>()
    expectTypeOf(plays.filter((play): play is Move => play.kind === "move")).toEqualTypeOf<Source<Move>>()
  })

  it("collect are the results of the function, without undefined", () => {
    const targets = plays.collect((play) => (play.kind === "move" ? play.to : undefined))
    expectTypeOf(targets).toEqualTypeOf<Source<number>>()
  })

  it("mapConcat, grouped, sliding and zipWithIndex are parts, arrays and pairs", () => {
    expectTypeOf(strings.mapConcat((text) => text.split(","))).toEqualTypeOf<Flow<string, string>>()
    expectTypeOf(strings.mapConcat((text) => new Set([text.length]))).toEqualTypeOf<Flow<string, number>>()
    expectTypeOf(strings.grouped(2)).toEqualTypeOf<Flow<string, string[]>>()
    expectTypeOf(strings.sliding(2)).toEqualTypeOf<Flow<string, string[]>>()
    expectTypeOf(strings.zipWithIndex()).toEqualTypeOf<Flow<string, [element: string, index: number]>>()
  })

  it("scan are of the type of its zero", () => {
    expectTypeOf(strings.scan(0, (length, text) => length + text.length)).toEqualTypeOf<Flow<string, number>>()
    expectTypeOf(strings.scan<string[]>([], (all, text) => [...all, text])).toEqualTypeOf<Flow<string, string[]>>()
  })

  it("statefulMap are the second of the function's results", () => {
    const numbered = strings.statefulMap(
      () => 0,
      (count, text) => [count + 1, { count, text }],
    )
    expectTypeOf(numbered).toEqualTypeOf<Flow<string, { count: number; text: string }>>()
  })

  it("conflateWithSeed, batch and batchWeighted are of the type of the seed", () => {
    const seed = (text: string) => [text]
    const add = (texts: string[], text: string) => [...texts, text]
    expectTypeOf(strings.conflateWithSeed(seed, add)).toEqualTypeOf<Flow<string, string[]>>()
    expectTypeOf(strings.batch(9, seed, add)).toEqualTypeOf<Flow<string, string[]>>()
    expectTypeOf(strings.batchWeighted(9, (text) => text.length, seed, add)).toEqualTypeOf<Flow<string, string[]>>()
  })

  it("throttle and limitWeighted are the same, and those of groupedWeightedWithin arrays", () => {
    const cost = (text: string) => text.length
    expectTypeOf(strings.throttle(1, 1, { cost })).toEqualTypeOf<Flow<string, string>>()
    expectTypeOf(strings.limitWeighted(1, cost)).toEqualTypeOf<Flow<string, string>>()
    expectTypeOf(strings.groupedWeightedWithin(1, 1, cost)).toEqualTypeOf<Flow<string, string[]>>()
  })

  it("zip are pairs", () => {
    expectTypeOf(strings.zip(Source.range(1, 3))).toEqualTypeOf<Flow<string, [string, number]>>()
    expectTypeOf(strings.zipLatest(Source.range(1, 3))).toEqualTypeOf<Flow<string, [string, number]>>()
  })

  it("mergePreferred are of either, and those of mergeLatest pairs", () => {
    const numbers = Source.range(1, 3)
    expectTypeOf(strings.mergePreferred(numbers)).toEqualTypeOf<Flow<string, string | number>>()
    expectTypeOf(strings.mergeLatest(numbers)).toEqualTypeOf<Flow<string, [string, number]>>()
  })

  it("Source.combine are of any of its sources, and those of Source.zipN one of each", () => {
    const sources = [Source.range(1, 3), Source.single("a")] as const
    expectTypeOf(Source.combine(sources)).toEqualTypeOf<Source<string | number>>()
    expectTypeOf(Source.combine([Source.single(true), Source.single("a")])).toEqualTypeOf<Source<boolean | string>>()
    expectTypeOf(Source.zipN(sources)).toEqualTypeOf<Source<[number, string]>>()
    expectTypeOf(Source.zipN([Source.single(true), Source.single("a")])).toEqualTypeOf<Source<[boolean, string]>>()
  })

  it("merge, concat, prepend, orElse and interleave are of either", () => {
    const numbers = Source.range(1, 3)
    expectTypeOf(strings.merge(numbers)).toEqualTypeOf<Flow<string, string | number>>()
    expectTypeOf(strings.concat(numbers)).toEqualTypeOf<Flow<string, string | number>>()
    expectTypeOf(strings.prepend(numbers)).toEqualTypeOf<Flow<string, string | number>>()
    expectTypeOf(strings.orElse(numbers)).toEqualTypeOf<Flow<string, string | number>>()
    expectTypeOf(strings.interleave(numbers, 1)).toEqualTypeOf<Flow<string, string | number>>()
  })

  it("flatMapConcat, flatMapMerge and switchMap are those of the inner sources", () => {
    expectTypeOf(strings.flatMapConcat((text) => Source.single(text.length))).toEqualTypeOf<Flow<string, number>>()
    expectTypeOf(strings.flatMapMerge(2, (text) => Source.single([text]))).toEqualTypeOf<Flow<string, string[]>>()
    expectTypeOf(strings.switchMap((text) => Source.single(text.length))).toEqualTypeOf<Flow<string, number>>()
  })

  it("broadcast are those of the branches that have an output", () => {
    const length = strings.map((text) => text.length)
    expectTypeOf(strings.broadcast(length, length)).toEqualTypeOf<Flow<string, number>>()
    expectTypeOf(strings.broadcast(length, Sink.ignore())).toEqualTypeOf<Flow<string, number>>()
    expectTypeOf(strings.broadcast<string | number>(length, strings)).toEqualTypeOf<Flow<string, string | number>>()
  })

  it("broadcast, partition and balance are those of branches that are functions, without annotations", () => {
    const control = Sink.forEach((command: string) => void command)
    const stopwatch = strings.broadcast(
      (all) => all.filter((text) => text !== "time").to(control),
      (all) => all.filter((text) => text === "time").map(() => 7),
    )
    expectTypeOf(stopwatch).toEqualTypeOf<Flow<string, number>>()
    const either = Source.from<Play>([]).partition(
      (play) => (play.kind === "move" ? 0 : 1),
      (all) => all.collect((play) => (play.kind === "move" ? play.to : undefined)),
      (all) => all.map(({ kind }) => kind),
      Sink.ignore(),
    )
    expectTypeOf(either).toEqualTypeOf<Source<number | "move" | "shot">>()
    expectTypeOf(strings.balance((all) => all, strings)).toEqualTypeOf<Flow<string, string>>()
  })

  it("prefixAndTail are pairs, whose tail has the operators of a source", () => {
    expectTypeOf(plays.prefixAndTail(1)).toEqualTypeOf<Source<[prefix: Play[], tail: Source<Play>]>>()
    expectTypeOf(strings.prefixAndTail(1)).toEqualTypeOf<Flow<string, [prefix: string[], tail: Tail<string>]>>()
    const lengths = strings.prefixAndTail(1).flatMapConcat(([, tail]) => tail.map(({ length }) => length))
    expectTypeOf(lengths).toEqualTypeOf<Flow<string, number>>()
  })

  it("flatMapPrefix are those of the flow that the function returns, without annotations", () => {
    const named = strings.flatMapPrefix(1, ([name], tail) => tail.map((text) => ({ name, text })))
    expectTypeOf(named).toEqualTypeOf<Flow<string, { name: string | undefined; text: string }>>()
    expectTypeOf(plays.flatMapPrefix(2, () => Flow.of<Play>())).toEqualTypeOf<Source<Play>>()
  })

  it("groupBy, splitWhen and splitAfter are those of the flows, without annotations", () => {
    const counted = plays.groupBy(
      2,
      ({ kind }) => kind,
      (substream, kind) => substream.zipWithIndex().map(([, index]) => ({ kind, index })),
    )
    expectTypeOf(counted).toEqualTypeOf<Source<{ kind: "move" | "shot"; index: number }>>()
    const isEnd = (text: string) => text === "."
    expectTypeOf(strings.splitWhen(isEnd, (line) => line.grouped(9))).toEqualTypeOf<Flow<string, string[]>>()
    expectTypeOf(strings.splitAfter(isEnd, (line) => line.map(Number))).toEqualTypeOf<Flow<string, number>>()
  })

  it("killSwitch are the same, for any other source", () => {
    expectTypeOf(strings.killSwitch(Source.range(1, 3))).toEqualTypeOf<Flow<string, string>>()
  })

  it("those with a time limit are the same", () => {
    expectTypeOf(strings.initialTimeout("1 second")).toEqualTypeOf<Flow<string, string>>()
    expectTypeOf(plays.backpressureTimeout(10)).toEqualTypeOf<Source<Play>>()
  })

  it("mapAsync are the values of the promises", () => {
    expectTypeOf(strings.mapAsync(2, async (text) => text.length)).toEqualTypeOf<Flow<string, number>>()
    const shouted = strings.mapAsyncPartitioned(
      2,
      (text) => text.length,
      async (text, length) => ({ text, length }),
    )
    expectTypeOf(shouted).toEqualTypeOf<Flow<string, { text: string; length: number }>>()
  })

  it("collectWhile are the results of the function, without undefined, and that of foldAsync the value", () => {
    const targets = plays.collectWhile((play) => (play.kind === "move" ? play.to : undefined))
    expectTypeOf(targets).toEqualTypeOf<Source<number>>()
    expectTypeOf(strings.foldAsync(0, async (sum, text) => sum + text.length)).toEqualTypeOf<Flow<string, number>>()
  })

  it("monitor are the same, and its states have them", () => {
    const monitored = strings.monitor((state) => {
      if (state.type === "received") expectTypeOf(state.element).toEqualTypeOf<string>()
      if (state.type === "failed") expectTypeOf(state.error).toEqualTypeOf<unknown>()
    })
    expectTypeOf(monitored).toEqualTypeOf<Flow<string, string>>()
  })

  it("recover are of either", () => {
    expectTypeOf(strings.recover(() => 0)).toEqualTypeOf<Flow<string, string | number>>()
    expectTypeOf(strings.recoverWith(() => Source.single(0))).toEqualTypeOf<Flow<string, string | number>>()
  })
})

describe("the ends of", () => {
  it("fromSinkAndSource are those of the sink and of the source", () => {
    const sink = Sink.forEach((_: string) => {})
    expectTypeOf(Flow.fromSinkAndSource(sink, Source.range(1, 3))).toEqualTypeOf<Flow<string, number>>()
    expectTypeOf(Flow.fromSinkAndSourceCoupled(sink, Source.range(1, 3))).toEqualTypeOf<Flow<string, number>>()
  })

  it("via are those of the two flows", () => {
    const shout = Flow.of<number>().map((n) => `${n}!`)
    expectTypeOf(strings.map((text) => text.length).via(shout)).toEqualTypeOf<Flow<string, string>>()
    expectTypeOf(Source.range(1, 3).via(shout)).toEqualTypeOf<Source<string>>()
  })

  it("a source or flow that restarts are those of the source or flow that is made", () => {
    const settings = { minBackoff: 10, maxBackoff: "1 second" } as const
    expectTypeOf(RestartSource.withBackoff(settings, () => plays)).toEqualTypeOf<Source<Play>>()
    expectTypeOf(RestartFlow.onFailuresWithBackoff(settings, () => strings.map(Number))).toEqualTypeOf<
      Flow<string, number>
    >()
  })

  it("a flow to a sink make a sink", () => {
    expectTypeOf(strings.to(Sink.toArray())).toEqualTypeOf<Sink<string, string[]>>()
  })

  it("the sinks have their elements and results", () => {
    const numbers = Source.range(1, 3)
    expectTypeOf(numbers.runWith(Sink.headOption())).toEqualTypeOf<Promise<number | undefined>>()
    expectTypeOf(numbers.runWith(Sink.lastOption())).toEqualTypeOf<Promise<number | undefined>>()
    expectTypeOf(numbers.runWith(Sink.takeLast(2))).toEqualTypeOf<Promise<number[]>>()
    expectTypeOf(numbers.runWith(Sink.reduce((a, b) => a + b))).toEqualTypeOf<Promise<number>>()
    expectTypeOf(numbers.runWith(Sink.count())).toEqualTypeOf<Promise<number>>()
    expectTypeOf(numbers.runWith(Sink.exists((n) => n > 1))).toEqualTypeOf<Promise<boolean>>()
    expectTypeOf(numbers.runWith(Sink.forall((n) => n > 1))).toEqualTypeOf<Promise<boolean>>()
  })

  it("combined sinks take elements that all of them take, and return the results of all", () => {
    const combined = Sink.combine([Sink.count(), Sink.last<number>(), Sink.exists((n: 1 | 2) => n > 1)])
    expectTypeOf(combined).toEqualTypeOf<Sink<1 | 2, [number, number, boolean]>>()
    const sinks: Sink<string, number>[] = []
    expectTypeOf(Sink.combine(sinks)).toEqualTypeOf<Sink<string, number[]>>()
  })

  it("runWith are the result of the sink", () => {
    const numbers = Source.range(1, 3)
    expectTypeOf(numbers.runWith(Sink.toArray())).toEqualTypeOf<Promise<number[]>>()
    expectTypeOf(numbers.runWith(Sink.head())).toEqualTypeOf<Promise<number>>()
    expectTypeOf(numbers.runWith(Sink.ignore())).toEqualTypeOf<Promise<void>>()
    expectTypeOf(numbers.runWith(Sink.fold("", (text, n) => text + n))).toEqualTypeOf<Promise<string>>()
  })
})
