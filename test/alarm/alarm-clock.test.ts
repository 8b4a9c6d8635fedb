import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { AlarmClock } from "../../src/durable/alarm-clock.ts"

/** An object with timers only. Records the calls of its storage, and the times of fired timers. */
class Alarmed {
  time = 1_000
  /** What was written, in order: the time of `setAlarm`, or `null` for `deleteAlarm`. */
  readonly writes: (number | null)[] = []
  readonly fired: { key: string; due: number; at: number }[] = []
  readonly alarms: AlarmClock
  /** What the storage's alarm is set to. */
  alarm: number | null = null

  constructor() {
    const write = (alarm: number | null) => {
      this.writes.push(alarm)
      this.alarm = alarm
      return Promise.resolve()
    }
    const storage = {
      setAlarm: (alarm: number | Date) => write(Number(alarm)),
      deleteAlarm: () => write(null),
    }
    this.alarms = new AlarmClock(storage, () => this.time)
  }

  /** An event as an object handles it: overdue timers first, and the alarm last. */
  event(handler: (object: Alarmed) => void = () => {}, recall?: () => void): this {
    this.alarms.freezeTime(true)
    if (this.alarms.isDue) this.alarms.fireDue()
    handler(this)
    this.alarms.commit(recall)
    this.alarms.freezeTime(false)
    return this
  }

  set(key: string, due: number, then: () => void = () => {}): void {
    this.alarms.set(key, due, () => {
      this.fired.push({ key, due, at: this.time })
      then()
    })
  }

  /** A timer that sets itself again, `count` times in all. */
  every(key: string, period: number, count = Infinity, due = this.time + period): void {
    if (count > 0) this.set(key, due, () => this.every(key, period, count - 1, due + period))
  }

  /** Moves on to a time at which nothing rings. */
  at(time: number): this {
    this.time = time
    return this
  }

  /** The alarm goes off, `late` milliseconds after its time; less than 0 for too early. */
  ring(late = 0): this {
    const { alarm } = this
    if (alarm === null) return this
    this.time = Math.max(this.time, alarm + late)
    this.alarm = null
    this.alarms.onAlarm(alarm)
    return this.event()
  }

  get keys(): string {
    return this.fired.map(({ key }) => key).join("")
  }
}

describe("the alarm", () => {
  it("is set to the earliest timer, once an event", () => {
    const object = new Alarmed().event((object) => {
      object.set("a", 3_000)
      object.set("b", 2_500)
      object.set("c", 2_000)
      object.set("d", 4_000)
    })
    expect(object.writes).toEqual([2_000])
  })

  it("stays where it is when a timer is moved to later, and once it rings it is set to that", () => {
    const object = new Alarmed().event((object) => object.set("a", 2_000))
    for (const due of [3_000, 4_000, 5_000]) object.event(() => object.set("a", due))
    expect(object.writes).toEqual([2_000])
    expect(object.ring().writes).toEqual([2_000, 5_000])
    expect(object.fired).toEqual([])
    expect(object.ring().fired).toEqual([{ key: "a", due: 5_000, at: 5_000 }])
  })

  it("moves when a timer is moved to earlier", () => {
    const object = new Alarmed().event((object) => object.set("a", 3_000)).event((object) => object.set("a", 2_000))
    expect(object.writes).toEqual([3_000, 2_000])
  })

  it("is deleted with the last timer", () => {
    const object = new Alarmed().event((object) => {
      object.set("a", 2_000)
      object.set("b", 3_000)
    })
    object.event(() => object.alarms.cancel("b"))
    expect(object.alarm).toBe(2_000)
    expect(object.event(() => object.alarms.cancel("a")).writes).toEqual([2_000, null])
  })

  it("is deleted once when it was overdue and nothing is left", () => {
    const object = new Alarmed().event((object) => object.set("a", 2_000))
    expect(object.at(2_500).event().writes).toEqual([2_000, null])
    expect(object.event().writes).toEqual([2_000, null])
  })

  it("is not written for a timer that lives no longer than its event", () => {
    const object = new Alarmed().event((object) => {
      object.set("a", 2_000)
      object.alarms.cancel("a")
    })
    expect(object.writes).toEqual([])
  })

  it("is not written where a timer is taken back and set again", () => {
    const object = new Alarmed().event((object) => object.set("a", 2_000))
    object.event(() => {
      object.alarms.cancel("a")
      object.set("a", 2_000)
    })
    expect(object.writes).toEqual([2_000])
  })

  it("is written once a tick", () => {
    const object = new Alarmed().event((object) => object.every("a", 1_000, 5))
    for (let tick = 0; tick < 5; tick++) object.ring()
    expect(object.keys).toBe("aaaaa")
    expect(object.writes).toEqual([2_000, 3_000, 4_000, 5_000, 6_000])
    expect(object.alarm).toBe(null)
  })

  it("is written once a tick where another event comes before it", () => {
    const object = new Alarmed().event((object) => object.every("a", 1_000))
    object.at(2_001).event().at(3_700).event()
    expect(object.writes).toEqual([2_000, 3_000, 4_000])
  })

  it("writes nothing but the next alarm when it rings too early", () => {
    const object = new Alarmed().event((object) => object.set("a", 2_000)).ring(-500)
    expect(object.fired).toEqual([])
    expect(object.writes).toEqual([2_000, 2_000])
    expect(object.ring().keys).toBe("a")
  })

  it("is set in whole milliseconds, never before the timer", () => {
    const object = new Alarmed().event((object) => object.every("a", 0.4, 6))
    while (object.alarm !== null) object.ring()
    expect(object.fired.every(({ due, at }) => due <= at)).toBe(true)
    expect(object.keys).toBe("aaaaaa")
    expect(object.writes).toEqual([1_001, 1_002, 1_003])
  })
})

describe("timers", () => {
  it("that are due together fire the longest due first, and by their keys at equal times", () => {
    const object = new Alarmed().event((object) => {
      for (const key of ["b", "a", "c"]) object.set(key, 2_000)
      object.set("d", 1_500)
    })
    expect(object.ring(1_000).keys).toBe("dabc")
  })

  it("fire in an event that comes before a late alarm, and not again with it", () => {
    const object = new Alarmed().event((object) => object.set("a", 2_000)).at(2_100)
    expect(object.event(() => expect(object.keys).toBe("a")).ring().keys).toBe("a")
  })

  it("fire once when the runtime retries an alarm", () => {
    const object = new Alarmed().event((object) => {
      object.set("a", 2_000)
      object.set("b", 3_000)
    })
    object.ring()
    object.alarms.onAlarm(2_000)
    expect(object.event().keys).toBe("a")
    expect(object.alarm).toBe(3_000)
  })

  it("that are set by a timer that fires late fire with it where they are due", () => {
    const object = new Alarmed().event((object) => object.every("a", 1_000))
    expect(object.ring(2_500).fired.map(({ due }) => due)).toEqual([2_000, 3_000, 4_000])
    expect(object.writes).toEqual([2_000, 5_000])
  })

  it("that throw do not keep the others from their time", () => {
    const object = new Alarmed().event((object) => {
      object.alarms.set("a", 2_000, () => {
        throw new Error("broken")
      })
      object.set("b", 2_000)
    })
    object.at(2_000)
    expect(() => object.event()).toThrow("broken")
    object.alarms.commit()
    expect(object.at(2_001).event().keys).toBe("b")
  })
})

describe("after the object woke up", () => {
  const woken = (alarm: number) => {
    const object = new Alarmed()
    object.alarm = alarm
    object.alarms.restoreAlarm(alarm)
    return object
  }

  it("keeps the alarm for hibernating connections when the last timer in memory is cancelled", () => {
    const object = woken(5_000)
    const recall = () => object.set("asleep", 5_000)
    object.event(() => object.set("awake", 6_000), recall).event(() => object.alarms.cancel("awake"), recall)
    expect(object.writes).toEqual([])
    expect(object.ring().keys).toBe("asleep")
  })

  it("reads no hibernating connection while no timer is cancelled", () => {
    const recall = () => {
      throw new Error("asked")
    }
    expect(woken(5_000).event(() => {}, recall).writes).toEqual([])
  })

  it("what was due since the alarm is still pending, until it was delivered", () => {
    const object = woken(1_500).at(2_000)
    expect(object.alarms.deliveredUntil).toBe(1_500)
    object.event(() => expect(object.alarms.deliveredUntil).toBe(Infinity))
  })
})

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
        // What is overdue is fired by an event as soon as the alarm is, which is never later.
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

  it("nothing is left once every alarm has rung", () => {
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
