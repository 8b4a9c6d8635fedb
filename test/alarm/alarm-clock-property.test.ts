import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Alarmed } from "../support/alarmed.ts"

type Step =
  | { kind: "set"; key: string; after: number }
  | { kind: "cancel"; key: string }
  | { kind: "wait"; time: number }
  | { kind: "ring"; late: number }

const key = fc.constantFrom("a", "b", "c", "d")
const length = fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.constantFrom(0.25, 0.5, 0.999, 1.5, 1 / 3))
const set = fc.tuple(key, length).map(([key, after]): Step => ({ kind: "set", key, after }))
const cancel = key.map((key): Step => ({ kind: "cancel", key }))
const wait = fc.integer({ min: 0, max: 2_000 }).map((time): Step => ({ kind: "wait", time }))
const ring = fc.integer({ min: -50, max: 1_500 }).map((late): Step => ({ kind: "ring", late }))
const step = fc.oneof(
  { weight: 4, arbitrary: set },
  { weight: 1, arbitrary: cancel },
  { weight: 1, arbitrary: wait },
  { weight: 3, arbitrary: ring },
)

/** Several steps are one event, as a message that moves three timers is. */
const events = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 40, size: "max" })

describe("any timers that are set, moved, cancelled and fired", () => {
  /** Runs the script and compares it with a list of timers, after every event. */
  function run(script: readonly Step[][]): Alarmed {
    const object = new Alarmed()
    const expected = new Map<string, number>()
    const fired: Alarmed["fired"] = []
    const fire = () => {
      const overdue = [...expected].filter(([, due]) => due <= object.time)
      overdue.sort(([key, due], [otherKey, other]) => due - other || (key < otherKey ? -1 : 1))
      for (const [key, due] of overdue) {
        expected.delete(key)
        fired.push({ key, due, at: object.time })
      }
    }
    const check = (before: number) => {
      expect(object.fired).toEqual(fired)
      expect(object.alarm ?? Infinity).toBeLessThanOrEqual(Math.ceil(Math.min(...expected.values())))
      if (expected.size === 0) expect(object.alarm).toBe(null)
      expect(object.writes.length - before).toBeLessThanOrEqual(1)
    }
    for (const event of script) {
      const before = object.writes.length
      const last = event.at(-1)
      if (last?.kind === "ring" && object.alarm !== null) {
        object.time = Math.max(object.time, object.alarm + last.late)
        fire()
        object.ring(-Infinity)
      } else {
        if (last?.kind === "wait") object.time += last.time
        // An event fires overdue timers once the alarm is overdue, which is never later than they are.
        if ((object.alarm ?? Infinity) <= object.time) fire()
        object.event(() => {
          for (const step of event) {
            if (step.kind === "set") object.set(step.key, object.time + step.after)
            if (step.kind === "set") expected.set(step.key, object.time + step.after)
            if (step.kind === "cancel") object.alarms.cancel(step.key)
            if (step.kind === "cancel") expected.delete(step.key)
          }
        })
      }
      check(before)
    }
    return object
  }

  it("each timer fires once, never early, in due order; the alarm is in time and is written once an event", () => {
    fc.assert(
      fc.property(events, (script) => void run(script)),
      { numRuns: 3_000 },
    )
  })

  it("no timer is left once every alarm has fired", () => {
    fc.assert(
      fc.property(events, (script) => {
        const object = run(script)
        for (let alarms = 0; object.alarm !== null; alarms++) {
          expect(alarms).toBeLessThan(10)
          object.ring()
        }
        expect(object.fired.every(({ due, at }) => due <= at)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it("periodic timers stay on their grid, each tick once, with one write at most for each alarm", () => {
    const period = fc.oneof(fc.integer({ min: 20, max: 500 }), fc.constantFrom(0.7, 1.5, 33.3))
    const late = fc.array(fc.integer({ min: -5, max: 200 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.array(period, { minLength: 1, maxLength: 4 }), late, (periods, script) => {
        const object = new Alarmed().event((object) =>
          periods.forEach((every, index) => object.every(`${index}`, every)),
        )
        for (const lateness of script) {
          const writes = object.writes.length
          object.ring(lateness)
          expect(object.writes.length - writes).toBe(1)
        }
        periods.forEach((every, index) => {
          const grid: number[] = []
          for (let due = 1_000 + every; due <= object.time; due += every) grid.push(due)
          expect(object.fired.filter(({ key }) => key === `${index}`).map(({ due }) => due)).toEqual(grid)
        })
      }),
      { numRuns: 300 },
    )
  })
})
