import { describe, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"

const strings = Flow.of<string>()
const numbers = Source.range(1, 3)

describe("a wrong type does not compile:", () => {
  it("a flow instead of a source", () => {
    // @ts-expect-error
    strings.merge(strings)
    // @ts-expect-error
    Flow.fromSinkAndSource(Sink.ignore(), strings)
    // @ts-expect-error
    strings.flatMapConcat(() => strings)
  })

  it("a sink instead of a flow, and the other way round", () => {
    // @ts-expect-error
    strings.via(Sink.ignore())
    // @ts-expect-error
    numbers.to(Flow.of<number>())
  })

  it("running a flow, which is open above", () => {
    // @ts-expect-error
    strings.runWith(Sink.ignore())
    // @ts-expect-error
    strings.to(Sink.ignore()).run()
  })

  it("running a source, which is open below", () => {
    // @ts-expect-error
    numbers.run()
  })

  it("a flow that takes other elements", () => {
    // @ts-expect-error
    numbers.via(strings)
    // @ts-expect-error
    strings.via(Flow.of<number>())
    // @ts-expect-error
    strings.broadcast(Flow.of<number>())
    // @ts-expect-error
    strings.broadcast(() => Flow.of<number>())
    // @ts-expect-error
    strings.balance((all) => all.map((text) => text.missing))
    const seven = () => 7
    // @ts-expect-error
    strings.partition(seven, seven)
  })

  it("a sink that takes other elements", () => {
    const ofStrings = Sink.forEach((_: string) => {})
    // @ts-expect-error
    numbers.to(ofStrings)
    // @ts-expect-error
    numbers.runWith(ofStrings)
    // @ts-expect-error
    numbers.alsoTo(ofStrings)
    // @ts-expect-error
    numbers.divertTo(ofStrings, () => true)
    // @ts-expect-error
    numbers.wireTap(ofStrings)
  })

  it("a function of other elements", () => {
    // @ts-expect-error
    numbers.map((text: string) => text)
    // @ts-expect-error
    numbers.filter((text: string) => text === "")
  })

  it("distinctUntilChanged on objects, which are never the same, without a key", () => {
    const points = Source.from([{ x: 1 }])
    // @ts-expect-error
    points.distinctUntilChanged()
    points.distinctUntilChanged(({ x }) => x)
    // @ts-expect-error
    points.distinctUntilChanged((point) => point)
    numbers.distinctUntilChanged()
  })

  it("durations and overflow strategies that do not exist", () => {
    // @ts-expect-error
    strings.throttle(1, "1 fortnight")
    // @ts-expect-error
    strings.buffer(1, "forget")
    // @ts-expect-error
    Source.queue<string>(1, "backpressure")
  })
})
