import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

let times: number[] = []
const upcoming = (from: number) => times.find((time) => time >= from)
/** Hibernation takes at least a millisecond: a schedule keeps no state, so a time within the same millisecond might be emitted twice. */
const sleep = <T extends Probe<never, number>>(probe: T) => {
  probe.clock.stall(1)
  return probe.hibernate()
}
const schedule = () => Probe.source(() => Source.schedule(upcoming)).unbounded()

/** Changes the times during an event, as a message would. */
const change = (probe: Probe<never, number>, ...changed: number[]) => {
  times = changed
  return probe.request(0)
}

beforeEach(() => {
  times = [100, 250, 300]
})

describe("schedule", () => {
  it("emits each time when it is reached", () => {
    const probe = schedule()
    expect(probe.advance(99).received).toEqual([])
    expect(probe.advance(1).received).toEqual([100])
    expect(probe.advance(200).received).toEqual([100, 250, 300])
  })

  it("emits a time that is reached as it starts", async () => {
    times = [0, 10]
    const seen = await Source.schedule(upcoming).take(1).runWith(Sink.toArray(), { clock: new TestClock() })
    expect(seen).toEqual([0])
  })

  it("has no timer without a further time", () => {
    const probe = schedule().advance(300)
    expect(probe.clock.pending).toBe(0)
    expect(change(probe, 500).clock.pending).toBe(1)
    expect(change(probe).clock.pending).toBe(0)
    expect(probe.advance(1_000).received).toEqual([100, 250, 300])
  })

  it("emits one element for all overdue times, and then continues", () => {
    const probe = schedule()
    probe.clock.stall(260)
    expect(probe.advance(0).received).toEqual([260])
    expect(probe.advance(40).received).toEqual([260, 300])
  })

  it("drops a time at which there is no demand", () => {
    const probe = Probe.source(() => Source.schedule(upcoming)).advance(120)
    expect(probe.unbounded().received).toEqual([])
    expect(probe.advance(130).received).toEqual([250])
  })

  it("cuts a time down to whole milliseconds", () => {
    times = [10.5, 20.999]
    expect(sleep(schedule().advance(10)).advance(15).received).toEqual([10, 20])
  })

  it("has no timer left when downstream has cancelled, nor after hibernation", () => {
    expect(schedule().cancel().clock.pending).toBe(0)
    expect(schedule().cancel().hibernate().clock.pending).toBe(0)
  })

  it("fails with the error of its function", () => {
    const error = new Error("broken")
    const probe = Probe.source(() =>
      Source.schedule(() => {
        throw error
      }),
    )
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("fails if its function returns a past time", () => {
    const probe = Probe.source(() => Source.schedule(() => 50)).unbounded()
    expect(probe.advance(100).received).toEqual([50])
    expect(probe.ended).toEqual({ failed: new RangeError("schedule: the time at or after 51 cannot be 50") })
  })
})

describe("schedule with times that change during an event", () => {
  it("uses the new times", () => {
    const probe = change(schedule().advance(120), 130, 140)
    expect(probe.advance(200).received).toEqual([100, 130, 140])
  })

  it("emits a time that has come with the change", () => {
    expect(change(schedule().advance(120), 120, 140).received).toEqual([100, 120])
  })

  it("emits no element twice in the millisecond of a change", () => {
    expect(change(schedule().advance(100), 100, 140).received).toEqual([100])
  })

  it("emits an overdue time before it uses the new ones", () => {
    const probe = schedule()
    probe.clock.stall(120)
    expect(change(probe, 100, 400).received).toEqual([120])
    expect(probe.advance(300).received).toEqual([120, 400])
  })

  it("emits a new time in the millisecond in which it has emitted an overdue one", () => {
    const probe = schedule()
    probe.clock.stall(120)
    expect(probe.request(0).received).toEqual([120])
    expect(change(probe, 120, 200).received).toEqual([120, 120])
    expect(change(probe, 120, 200).received).toEqual([120, 120])
  })

  it("emits nothing for a removed time", () => {
    expect(change(schedule().advance(90), 200).advance(20).received).toEqual([])
  })
})

describe("schedule that hibernates", () => {
  it("keeps only that it has ended", () => {
    expect(schedule().advance(120).save()).toEqual([])
    expect(schedule().cancel().save()).not.toEqual([])
  })

  it("continues with the next time", () => {
    const probe = sleep(sleep(schedule().advance(100)).advance(149))
    expect(probe.advance(49).received).toEqual([100, 250, 300])
  })

  it("emits times that became overdue during hibernation", () => {
    const probe = schedule().advance(110)
    probe.clock.stall(150)
    expect(probe.hibernate().advance(0).received).toEqual([100, 260])
    expect(sleep(probe).advance(39).received).toEqual([100, 260, 300])
  })

  it("uses the times that changed during hibernation", () => {
    const probe = schedule().hibernate()
    expect(change(probe, 20).hibernate().advance(50).received).toEqual([20])
  })

  const move = fc.record({ kind: fc.constantFrom("advance", "stall"), time: fc.integer({ min: 0, max: 60 }) })
  const event = fc.record({ kind: fc.constantFrom("hibernate", "message"), time: fc.constant(0) })
  const script = fc.array(fc.oneof(move, event), { maxLength: 30, size: "max" })
  const some = fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 25, size: "max" })

  it("emits each time once and no others, for any delays and hibernation", () => {
    fc.assert(
      fc.property(some, script, (unsorted, steps) => {
        times = unsorted.toSorted((a, b) => a - b)
        const clock = new TestClock()
        const probe = Probe.source(() => Source.schedule(upcoming), clock).unbounded()
        const expected: number[] = []
        /** Delivers the times that are due by `end`, with one element for all overdue times. */
        const deliver = (now: number, end: number) => {
          for (let due = upcoming((expected.at(-1) ?? -1) + 1); due !== undefined && due <= end; ) {
            expected.push(Math.max(now, due))
            due = upcoming((expected.at(-1) ?? 0) + 1)
          }
        }
        for (const { kind, time } of [...steps, { kind: "advance", time: 1 }]) {
          const now = clock.now()
          if (kind === "stall") clock.stall(time)
          else if (kind === "hibernate") deliver(now + 1, now + 1)
          else deliver(now, now + time)
          if (kind === "advance") clock.advance(time)
          if (kind === "hibernate") sleep(probe)
          if (kind === "message") probe.request(0)
          expect(probe.received).toEqual(expected)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
