import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { endsWithItsNeighbours } from "../support/lines.ts"

describe("intersperse", () => {
  const listed = (ends?: { start?: string; end?: string }) => () => Flow.of<number>().map(String).intersperse(",", ends)
  const brackets = { start: "[", end: "]" }
  const text = (received: unknown[]) => received.join("")

  it("puts the separator between elements", () => {
    expect(text(Probe.flow(listed()).unbounded().send(1, 2, 3).complete().received)).toBe("1,2,3")
  })

  it.each([
    [brackets, [1, 2], "[1,2]"],
    [brackets, [], "[]"],
    [{ start: "[" }, [1, 2], "[1,2"],
    [{ end: "]" }, [1, 2], "1,2]"],
    [{}, [], ""],
  ])("with %j puts %j into %j", (ends, elements, whole) => {
    const probe = Probe.flow(listed(ends))
    probe.unbounded()
    expect(text(probe.send(...elements).complete().received)).toBe(whole)
  })

  it("backpressures until the separated element was emitted", () => {
    const probe = Probe.flow(listed()).request(2).send(1, 2)
    expect(probe.received).toEqual(["1", ","])
    expect(probe.demand).toBe(false)
    expect(probe.request(2).demand).toBe(true)
  })

  it("completes when upstream completes and the end was emitted", () => {
    const probe = Probe.flow(listed(brackets)).request(2).send(1).complete()
    expect(probe.ended).toBe(undefined)
    expect(text(probe.request(1).received)).toBe("[1]")
    expect(probe.ended).toBe("completed")
  })

  it("emits no end when upstream fails", () => {
    expect(text(Probe.flow(listed(brackets)).unbounded().send(1).fail("broken").received)).toBe("[1")
  })

  it("keeps whether there was an element, and the rest, while it hibernates", () => {
    const probe = Probe.flow(listed(brackets)).request(1).send(1).hibernate().request(2).hibernate().send(2)
    expect(text(probe.hibernate().unbounded().complete().received)).toBe("[1,2]")
  })

  endsWithItsNeighbours(listed())
})

describe("grouped", () => {
  const pairs = () => Flow.of<number>().grouped(2)

  it("emits count elements at a time, and the rest when upstream completes", () => {
    const probe = Probe.flow(pairs).unbounded().send(1, 2, 3)
    expect(probe.received).toEqual([[1, 2]])
    expect(probe.complete().received).toEqual([[1, 2], [3]])
    expect(probe.ended).toBe("completed")
  })

  it("emits no empty group", () => {
    expect(Probe.flow(pairs).unbounded().send(1, 2).complete().received).toEqual([[1, 2]])
  })

  it("backpressures when a group is complete and downstream backpressures", () => {
    const probe = Probe.flow(pairs).request(1).send(1)
    expect(probe.demand).toBe(true)
    expect(probe.send(2).demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("loses the group when upstream fails", () => {
    expect(Probe.flow(pairs).unbounded().send(1, 2, 3).fail("broken").received).toEqual([[1, 2]])
  })

  it("keeps the group while it hibernates", () => {
    const probe = Probe.flow(pairs).unbounded().send(1).hibernate().send(2, 3).hibernate().complete()
    expect(probe.received).toEqual([[1, 2], [3]])
  })

  it.each([0, -1, 1.5, Number.NaN])("takes no %d for a count", (count) => {
    expect(() => Flow.of<number>().grouped(count)).toThrow(RangeError)
  })

  endsWithItsNeighbours(pairs)
})

/** As in the collections of Scala: the last window may be shorter, unless all its elements were in the one before. */
function slidingOf(numbers: number[], count: number, step: number): number[][] {
  const windows: number[][] = []
  for (let start = 0; start < numbers.length; start += step) {
    if (start > 0 && start - step + count >= numbers.length) break
    windows.push(numbers.slice(start, start + count))
  }
  return windows
}

describe("sliding", () => {
  const windows = (count: number, step?: number) => () => Flow.of<number>().sliding(count, step)

  it.each([
    [
      2,
      1,
      [
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
      ],
    ],
    [
      3,
      2,
      [
        [1, 2, 3],
        [3, 4, 5],
      ],
    ],
    [2, 2, [[1, 2], [3, 4], [5]]],
    [
      2,
      3,
      [
        [1, 2],
        [4, 5],
      ],
    ],
    [1, 3, [[1], [4]]],
    [
      3,
      3,
      [
        [1, 2, 3],
        [4, 5],
      ],
    ],
    [
      4,
      3,
      [
        [1, 2, 3, 4],
        [4, 5],
      ],
    ],
    [6, 1, [[1, 2, 3, 4, 5]]],
  ])("emits windows of %d, %d further each", (count, step, expected) => {
    const probe = Probe.flow(windows(count, step))
    expect(probe.unbounded().send(1, 2, 3, 4, 5).complete().received).toEqual(expected)
  })

  it("emits no window for an empty stream", () => {
    expect(Probe.flow(windows(2)).unbounded().complete().received).toEqual([])
  })

  it("backpressures when a window is complete and downstream backpressures", () => {
    const probe = Probe.flow(windows(2)).request(1).send(1)
    expect(probe.demand).toBe(true)
    expect(probe.send(2).demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("completes when upstream completes and the last window was emitted", () => {
    const probe = Probe.flow(windows(2, 2)).request(1).send(1).complete()
    expect(probe.received).toEqual([[1]])
    expect(probe.ended).toBe("completed")
  })

  it.each([1, 2, 3])("keeps the window while it hibernates, with a step of %d", (step) => {
    const probe = Probe.flow(windows(2, step)).unbounded()
    const awake = Probe.flow(windows(2, step)).unbounded()
    for (const n of [1, 2, 3, 4, 5]) {
      probe.send(n).hibernate()
      awake.send(n)
    }
    expect(probe.complete().received).toEqual(awake.complete().received)
  })

  it("keeps windows apart: a change of one does not change the next (fault 11)", () => {
    const median = (window: number[]) => window.sort((a, b) => a - b)[1]
    const probe = Probe.flow(() => windows(3)().map(median))
    expect(probe.unbounded().send(5, 1, 4, 2, 9).received).toEqual([4, 2, 4])
  })

  it.each([1, 2, 3, 4, 6])("keeps windows apart with a step of %d, hibernating or not", (step) => {
    const emptied = () => windows(3, step)().map((window) => window.splice(0))
    const numbers = Array.from({ length: 20 }, (_, n) => n)
    const probe = Probe.flow(emptied).unbounded()
    const asleep = Probe.flow(emptied).unbounded()
    for (const n of numbers) asleep.send(n).hibernate()
    const expected = numbers.filter((n) => n % step === 0 && n + 3 <= 20).map((n) => [n, n + 1, n + 2])
    expect(probe.send(...numbers).received).toEqual(expected)
    expect(asleep.received).toEqual(expected)
  })

  it("keeps groups apart, too", () => {
    const emptied = Probe.flow(() =>
      Flow.of<number>()
        .grouped(2)
        .map((group) => group.splice(0)),
    )
    const timed = Probe.flow(() =>
      Flow.of<number>()
        .groupedWithin(2, 10)
        .map((group) => group.splice(0)),
    )
    for (const probe of [emptied, timed]) {
      expect(probe.unbounded().send(1, 2, 3, 4).received).toEqual([
        [1, 2],
        [3, 4],
      ])
    }
  })

  it("keeps nothing of the elements between windows (fault 11)", () => {
    const probe = Probe.flow(windows(2, 30_000)).unbounded().send(1, 2)
    for (let n = 0; n < 10_000; n++) probe.send(n)
    expect(JSON.stringify(probe.save()).length).toBeLessThan(100)
    expect(probe.complete().received).toEqual([[1, 2]])
  })

  it("agrees with the definition of windows, for any count, step and length", () => {
    for (let count = 1; count <= 5; count++) {
      for (let step = 1; step <= 7; step++) {
        for (let length = 0; length <= 12; length++) {
          const numbers = Array.from({ length }, (_, n) => n)
          const probe = Probe.flow(windows(count, step)).unbounded()
          expect(probe.send(...numbers).complete().received).toEqual(slidingOf(numbers, count, step))
        }
      }
    }
  })

  it.each([
    [0, 1],
    [1, 0],
    [1.5, 1],
  ])("takes no %d and %d for a count and a step", (count, step) => {
    expect(windows(count, step)).toThrow(RangeError)
  })

  endsWithItsNeighbours(windows(2))
})
