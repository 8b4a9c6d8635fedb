import { beforeEach, describe, expect, it } from "vitest"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

describe("tick", () => {
  const seconds = (initialDelay?: number) => Probe.source(() => Source.tick("1 second", { initialDelay }))

  it("emits the number of the tick when a period is over", () => {
    const probe = seconds().unbounded()
    expect(probe.advance(999).received).toEqual([])
    expect(probe.advance(1).received).toEqual([1])
    expect(probe.advance(2_000).received).toEqual([1, 2, 3])
  })

  it("emits tick 0 at once if there is demand when it starts", async () => {
    const seen = await Source.tick(10).take(1).runWith(Sink.toArray(), { clock: new TestClock() })
    expect(seen).toEqual([0])
  })

  it("emits tick 0 after the initial delay", () => {
    const probe = seconds(300).unbounded().advance(299)
    expect(probe.received).toEqual([])
    expect(probe.advance(1).received).toEqual([0])
    expect(probe.advance(1_000).received).toEqual([0, 1])
  })

  it("drops a tick without demand", () => {
    const probe = seconds(1_000).advance(2_500).unbounded()
    expect(probe.received).toEqual([])
    expect(probe.advance(500).received).toEqual([2])
  })

  it("stays on its grid when the clock is late", () => {
    const probe = seconds(1_000).unbounded()
    probe.clock.stall(1_700)
    expect(probe.advance(0).received).toEqual([0])
    expect(probe.advance(299).received).toEqual([0])
    expect(probe.advance(1).received).toEqual([0, 1])
  })

  it("emits only the newest of several ticks that are overdue", () => {
    const probe = seconds(1_000).unbounded()
    probe.clock.stall(4_200)
    expect(probe.advance(0).received).toEqual([3])
    expect(probe.advance(800).received).toEqual([3, 4])
  })

  it("has no timer left when downstream has cancelled", () => {
    const probe = seconds().unbounded().advance(1_000)
    expect(probe.clock.pending).toBe(1)
    expect(probe.cancel().clock.pending).toBe(0)
  })

  it("keeps its grid and its number while it hibernates", () => {
    const probe = seconds(300).unbounded().advance(200).hibernate().advance(1_200).hibernate()
    expect(probe.received).toEqual([0, 1])
    expect(probe.advance(899).received).toEqual([0, 1])
    expect(probe.advance(1).received).toEqual([0, 1, 2])
  })

  it("emits only the newest overdue tick, and once, after hibernation", () => {
    const probe = seconds(1_000).unbounded()
    probe.clock.stall(3_400)
    expect(probe.hibernate().advance(0).received).toEqual([2])
    expect(probe.hibernate().advance(599).received).toEqual([2])
  })

  it("emits each tick once if the period has no exact fraction", () => {
    const probe = Probe.source(() => Source.tick(1.1)).unbounded()
    expect(probe.advance(50).received).toEqual(Array.from({ length: 45 }, (_, i) => i + 1))
  })

  it.each([0, -1, Number.NaN, Infinity])("takes no %d for a period", (every) => {
    expect(() => Source.tick(every)).toThrow(RangeError)
  })
})

describe("tick with while", () => {
  let running = false
  const stopwatch = (initialDelay = 0) =>
    Probe.source(() => Source.tick(1_000, { initialDelay, while: () => running })).unbounded()
  /** Changes the condition during an event, as a message would. */
  const set = <T extends Probe<never, number>>(probe: T, value: boolean): T => {
    running = value
    probe.request(0)
    return probe
  }

  beforeEach(() => {
    running = false
  })

  it("has no timer while the condition does not hold", () => {
    const probe = stopwatch()
    expect(probe.clock.pending).toBe(0)
    expect(set(probe, true).clock.pending).toBe(1)
    expect(set(probe, false).clock.pending).toBe(0)
    expect(probe.advance(5_000).received).toEqual([])
  })

  it("continues at the next point of its grid once the condition holds again", () => {
    const probe = set(stopwatch(), true).advance(1_000)
    expect(probe.received).toEqual([0, 1])
    set(probe, false).advance(1_400)
    expect(set(probe, true).advance(599).received).toEqual([0, 1])
    expect(probe.advance(1).received).toEqual([0, 1, 3])
  })

  it("has no timer left when downstream has cancelled, though the condition holds", () => {
    expect(set(stopwatch(), true).cancel().clock.pending).toBe(0)
  })

  it("emits no tick when the condition no longer holds at its time", () => {
    const probe = set(stopwatch(), true).advance(500)
    running = false
    expect(probe.advance(500).received).toEqual([0])
    expect(probe.clock.pending).toBe(0)
  })

  it("emits no tick twice if the condition is off and on again at its time", () => {
    const probe = set(stopwatch(), true).advance(1_000)
    set(set(probe, false), true)
    expect(probe.advance(0).received).toEqual([0, 1])
    set(set(probe, false).hibernate(), true)
    expect(probe.advance(1_000).received).toEqual([0, 1, 2])
  })

  it("keeps its grid while it hibernates without a timer", () => {
    const probe = set(stopwatch(300).advance(100).hibernate(), true)
    expect(probe.advance(199).received).toEqual([])
    expect(probe.advance(1).received).toEqual([0])
  })

  it("fails with the error of the condition", () => {
    const probe = Probe.source(() =>
      Source.tick(10, {
        while: () => {
          throw "broken"
        },
      }),
    )
    expect(probe.ended).toEqual({ failed: "broken" })
    expect(probe.clock.pending).toBe(0)
  })
})
