import { describe, expectTypeOf, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"

type Move = { kind: "move"; to: number }
type Shot = { kind: "shot" }
type Play = Move | Shot

const strings = Flow.of<string>()
const plays = Source.from<Play>([])

describe("the elements of", () => {
  it("map are what the function returns", () => {
    expectTypeOf(strings.map((text) => text.length)).toEqualTypeOf<Flow<string, number>>()
    expectTypeOf(Source.range(1, 3).map(String)).toEqualTypeOf<Source<string>>()
  })

  it("filter are the same, or what the guard says they are", () => {
    expectTypeOf(strings.filter((text) => text !== "")).toEqualTypeOf<Flow<string, string>>()
    expectTypeOf(plays.filter((play): play is Move => play.kind === "move")).toEqualTypeOf<Source<Move>>()
  })

  it("collect are what the function returns, without undefined", () => {
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

  it("statefulMap are the second of what the function returns", () => {
    const numbered = strings.statefulMap(
      () => 0,
      (count, text) => [count + 1, { count, text }],
    )
    expectTypeOf(numbered).toEqualTypeOf<Flow<string, { count: number; text: string }>>()
  })

  it("zip are pairs", () => {
    expectTypeOf(strings.zip(Source.range(1, 3))).toEqualTypeOf<Flow<string, [string, number]>>()
    expectTypeOf(strings.zipLatest(Source.range(1, 3))).toEqualTypeOf<Flow<string, [string, number]>>()
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

  it("broadcast, partition and balance are those of branches that are functions, with nothing annotated", () => {
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

  it("those with a time limit are the same", () => {
    expectTypeOf(strings.initialTimeout("1 second")).toEqualTypeOf<Flow<string, string>>()
    expectTypeOf(plays.backpressureTimeout(10)).toEqualTypeOf<Source<Play>>()
  })

  it("mapAsync are what the promise holds", () => {
    expectTypeOf(strings.mapAsync(2, async (text) => text.length)).toEqualTypeOf<Flow<string, number>>()
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

  it("a flow to a sink make a sink", () => {
    expectTypeOf(strings.to(Sink.toArray())).toEqualTypeOf<Sink<string, string[]>>()
  })

  it("runWith are what the sink makes of the stream", () => {
    const numbers = Source.range(1, 3)
    expectTypeOf(numbers.runWith(Sink.toArray())).toEqualTypeOf<Promise<number[]>>()
    expectTypeOf(numbers.runWith(Sink.head())).toEqualTypeOf<Promise<number>>()
    expectTypeOf(numbers.runWith(Sink.ignore())).toEqualTypeOf<Promise<void>>()
    expectTypeOf(numbers.runWith(Sink.fold("", (text, n) => text + n))).toEqualTypeOf<Promise<string>>()
  })
})
