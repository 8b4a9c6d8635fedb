import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import {
  backpressuresWithDownstream,
  endsWithItsNeighbours,
  failsWithWhatIsThrown,
  keepsNothing,
} from "../support/lines.ts"

const isOdd = (n: number) => n % 2 === 1

describe("map", () => {
  const doubled = () => Flow.of<number>().map((n) => n * 2)

  it("emits the result of the function for each element", () => {
    expect(Probe.flow(doubled).unbounded().send(1, 2, 3).received).toEqual([2, 4, 6])
  })

  it("emits undefined like any other element", () => {
    const probe = Probe.flow(() => Flow.of<number>().map(() => undefined))
    expect(probe.unbounded().send(1).received).toEqual([undefined])
  })

  backpressuresWithDownstream(doubled)
  endsWithItsNeighbours(doubled)
  keepsNothing(doubled)
  failsWithWhatIsThrown((thrower) => Flow.of<number>().map(thrower))
})

describe("filter", () => {
  const odd = () => Flow.of<number>().filter(isOdd)

  it("emits the elements for which the predicate holds", () => {
    expect(Probe.flow(odd).unbounded().send(1, 2, 3, 4).received).toEqual([1, 3])
  })

  it("requests another element after one that it dropped", () => {
    expect(Probe.flow(odd).request(1).send(2, 4).demand).toBe(true)
  })

  it("narrows the elements by a type guard", () => {
    const isText = (value: string | number) => typeof value === "string"
    const probe = Probe.flow(() =>
      Flow.of<string | number>()
        .filter(isText)
        .map((text) => text.toUpperCase()),
    )
    expect(probe.unbounded().send("a", 1).received).toEqual(["A"])
  })

  backpressuresWithDownstream(odd)
  endsWithItsNeighbours(odd)
  keepsNothing(odd)
  failsWithWhatIsThrown((thrower) => Flow.of<number>().filter(thrower))
})

describe("collect", () => {
  const oddDoubled = () => Flow.of<number>().collect((n) => (isOdd(n) ? n * 2 : undefined))

  it("emits the results of the function, except undefined", () => {
    expect(Probe.flow(oddDoubled).unbounded().send(1, 2, 3).received).toEqual([2, 6])
  })

  it("emits other falsy values", () => {
    const falsy: unknown[] = [null, 0, "", false]
    const probe = Probe.flow(() => Flow.of<number>().collect((n) => falsy[n]))
    expect(probe.unbounded().send(0, 1, 2, 3, 4).received).toEqual(falsy)
  })

  it("requests another element after one that it dropped", () => {
    expect(Probe.flow(oddDoubled).request(1).send(2).demand).toBe(true)
  })

  backpressuresWithDownstream(oddDoubled)
  endsWithItsNeighbours(oddDoubled)
  keepsNothing(oddDoubled)
  failsWithWhatIsThrown((thrower) => Flow.of<number>().collect(thrower))
})
