import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { backpressuresWithDownstream, endsWithItsNeighbours, failsWithWhatIsThrown } from "../support/lines.ts"

/** 3 becomes 3, 2, 1. */
const countdown = (n: number) => Array.from({ length: n }, (_, index) => n - index)

describe("mapConcat", () => {
  const countdowns = () => Flow.of<number>().mapConcat(countdown)

  it("emits every element of the returned iterable", () => {
    expect(Probe.flow(countdowns).unbounded().send(1, 0, 2).received).toEqual([1, 2, 1])
  })

  it("takes any iterable", () => {
    const probe = Probe.flow(() => Flow.of<string>().mapConcat((text) => new Set(text)))
    expect(probe.unbounded().send("abba").received).toEqual(["a", "b"])
  })

  it("backpressures while elements are left", () => {
    const probe = Probe.flow(countdowns).request(1).send(3)
    expect(probe.received).toEqual([3])
    expect(probe.request(1).demand).toBe(false)
    expect(probe.request(2).demand).toBe(true)
  })

  it("requests another element after one without results", () => {
    expect(Probe.flow(countdowns).request(1).send(0).demand).toBe(true)
  })

  it("completes when upstream completes and nothing is left", () => {
    const probe = Probe.flow(countdowns).request(1).send(2).complete()
    expect(probe.ended).toBe(undefined)
    probe.request(1)
    expect(probe.received).toEqual([2, 1])
    expect(probe.ended).toBe("completed")
  })

  it("loses the remaining elements when upstream fails", () => {
    const probe = Probe.flow(countdowns).request(1).send(3).fail("broken").unbounded()
    expect(probe.received).toEqual([3])
    expect(probe.ended).toEqual({ failed: "broken" })
  })

  it("fails with the error of the iterable", () => {
    const broken = function* () {
      yield 1
      throw "broken"
    }
    const probe = Probe.flow(() => Flow.of<number>().mapConcat(broken))
    expect(probe.unbounded().send(1).ended).toEqual({ failed: "broken" })
  })

  it("keeps the elements that are left while it hibernates", () => {
    const probe = Probe.flow(countdowns).request(1).send(3).hibernate().request(1).hibernate()
    expect(probe.received).toEqual([3, 2])
    expect(probe.unbounded().send(1).received).toEqual([3, 2, 1, 1])
  })

  it("keeps them after upstream has completed, too", () => {
    const probe = Probe.flow(countdowns).request(1).send(2).complete().hibernate().request(1)
    expect(probe.received).toEqual([2, 1])
    expect(probe.ended).toBe("completed")
  })

  endsWithItsNeighbours(countdowns)
  failsWithWhatIsThrown((thrower) => Flow.of<number>().mapConcat(thrower))
})

describe("statefulMap", () => {
  const numbered = () =>
    Flow.of<number>().statefulMap(
      () => 1,
      (line, n) => [line + 1, `${line}: ${n}`],
    )
  const summed = () =>
    Flow.of<number>().statefulMap(
      () => 0,
      (sum, n) => [sum + n, n],
      (sum) => (sum > 0 ? sum : undefined),
    )

  it("emits the result of the function for the state and each element", () => {
    expect(Probe.flow(numbered).unbounded().send(7, 8).received).toEqual(["1: 7", "2: 8"])
  })

  it("emits the result of atEnd for the state, and then completes", () => {
    const probe = Probe.flow(summed).request(2).send(1, 2).complete()
    expect(probe.ended).toBe(undefined)
    probe.request(1)
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.ended).toBe("completed")
  })

  it("emits nothing at the end if atEnd returns undefined", () => {
    const probe = Probe.flow(summed).unbounded().complete()
    expect(probe.received).toEqual([])
    expect(probe.ended).toBe("completed")
  })

  it("fails with the error of atEnd", () => {
    const probe = Probe.flow(() =>
      Flow.of<number>().statefulMap(
        () => 0,
        (sum, n) => [sum, n],
        () => {
          throw "broken"
        },
      ),
    )
    expect(probe.unbounded().complete().ended).toEqual({ failed: "broken" })
  })

  it("keeps the state while it hibernates", () => {
    const probe = Probe.flow(summed).request(2).send(1).hibernate().send(2).hibernate().complete()
    expect(probe.hibernate().request(1).received).toEqual([1, 2, 3])
  })

  it("starts with a state of its own in every run", () => {
    const flow = Flow.of<number>().statefulMap(
      () => [] as number[],
      (seen, n) => [[...seen, n], seen.length],
    )
    const first = Probe.flow(() => flow)
    const second = Probe.flow(() => flow)
    expect(first.unbounded().send(5, 5).received).toEqual([0, 1])
    expect(second.unbounded().send(5).received).toEqual([0])
  })

  backpressuresWithDownstream(numbered)
  endsWithItsNeighbours(numbered)
  failsWithWhatIsThrown((thrower) => Flow.of<number>().statefulMap(() => 0, thrower))
})

describe("statefulMapConcat", () => {
  /** Repeats each element as often as its position. */
  const growing = () =>
    Flow.of<number>().statefulMapConcat(
      () => 1,
      (times, n) => [times + 1, Array.from({ length: times }, () => n)],
      (times) => [-times, -times],
    )

  it("emits the elements that the function returns, and at the end those of atEnd", () => {
    expect(Probe.flow(growing).unbounded().send(5, 6).complete().received).toEqual([5, 6, 6, -3, -3])
  })

  it("backpressures while elements are left", () => {
    const probe = Probe.flow(growing).request(2).send(5, 6)
    expect(probe.demand).toBe(false)
    expect(probe.request(2).demand).toBe(true)
  })

  it("completes once all is emitted: the remaining elements, then the result of atEnd", () => {
    const probe = Probe.flow(growing).request(2).send(5, 6).complete().request(2)
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([5, 6, 6, -3, -3])
    expect(probe.ended).toBe("completed")
  })

  it("loses the remaining elements when upstream fails, and does not call atEnd", () => {
    expect(Probe.flow(growing).request(2).send(5, 6).fail("broken").unbounded().received).toEqual([5, 6])
  })

  it("keeps the state and the elements that are left while it hibernates", () => {
    const probe = Probe.flow(growing).request(2).send(5).hibernate().send(6).hibernate().request(2)
    expect(probe.complete().hibernate().unbounded().received).toEqual([5, 6, 6, -3, -3])
  })

  endsWithItsNeighbours(growing)
  failsWithWhatIsThrown((thrower) => Flow.of<number>().statefulMapConcat(() => 0, thrower))
})
