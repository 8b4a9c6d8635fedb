import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { endsWithItsNeighbours } from "../support/lines.ts"
import { Probe } from "../support/probe.ts"

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

  it("keeps whether there was an element, and what is left, while it hibernates", () => {
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

  it.each([
    [0, 1],
    [1, 0],
    [1.5, 1],
  ])("takes no %d and %d for a count and a step", (count, step) => {
    expect(windows(count, step)).toThrow(RangeError)
  })

  endsWithItsNeighbours(windows(2))
})
