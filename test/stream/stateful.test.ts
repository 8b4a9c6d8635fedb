import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { backpressuresWithDownstream, endsWithItsNeighbours, failsWithWhatIsThrown } from "../support/lines.ts"

describe("zipWithIndex", () => {
  const numbered = () => Flow.of<number>().zipWithIndex()

  it("pairs each element with its number", () => {
    expect(Probe.flow(numbered).unbounded().send(7, 7).received).toEqual([
      [7, 0],
      [7, 1],
    ])
  })

  it("keeps the count while it hibernates", () => {
    const probe = Probe.flow(numbered).unbounded().send(7).hibernate().send(8).hibernate().send(9)
    expect(probe.received.map(([, index]) => index)).toEqual([0, 1, 2])
  })

  backpressuresWithDownstream(numbered)
  endsWithItsNeighbours(numbered)
})

describe("distinctUntilChanged", () => {
  const distinct = () => Flow.of<number>().distinctUntilChanged()
  const byParity = () => Flow.of<number>().distinctUntilChanged((n) => n % 2)

  it("emits elements that differ from the one before", () => {
    expect(Probe.flow(distinct).unbounded().send(1, 1, 2, 2, 1).received).toEqual([1, 2, 1])
  })

  it("compares keys if it has a key function", () => {
    expect(Probe.flow(byParity).unbounded().send(1, 3, 2, 4, 5).received).toEqual([1, 2, 5])
  })

  it("takes NaN for the same as NaN, and emits undefined when it comes first", () => {
    const probe = Probe.flow(() => Flow.of<number | undefined>().distinctUntilChanged())
    expect(probe.unbounded().send(undefined, undefined, Number.NaN, Number.NaN).received).toEqual([
      undefined,
      Number.NaN,
    ])
  })

  it("takes 0 for the same as -0, hibernating or not (fault 18)", () => {
    expect(Probe.flow(distinct).unbounded().send(0, -0, 1, -0).hibernate().send(0).received).toEqual([0, 1, -0])
  })

  it("distinguishes a number from a text, and null from undefined", () => {
    const values = [1, "1", null, undefined, 0, false, ""]
    const probe = Probe.flow(() => Flow.of<string | number | boolean | null | undefined>().distinctUntilChanged())
    expect(probe.unbounded().send(...values).received).toEqual(values)
  })

  it("requests another element after one that it dropped", () => {
    expect(Probe.flow(distinct).request(2).send(1, 1).demand).toBe(true)
  })

  it("keeps the last key while it hibernates", () => {
    const probe = Probe.flow(byParity).unbounded().send(1).hibernate().send(3, 2).hibernate().send(4)
    expect(probe.received).toEqual([1, 2])
  })

  backpressuresWithDownstream(distinct)
  endsWithItsNeighbours(distinct)
  failsWithWhatIsThrown((thrower) => Flow.of<number>().distinctUntilChanged(thrower))
})
