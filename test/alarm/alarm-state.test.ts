import { describe, expect, it } from "vitest"
import { AlarmClock } from "../../src/durable/alarm-clock.ts"

/** An alarm clock with a manual time. Records its writes: the time of an alarm, or `null` for none. */
function newClock() {
  const writes: (number | null)[] = []
  const write = (alarm: number | Date | null) => {
    writes.push(alarm === null ? null : Number(alarm))
    return Promise.resolve()
  }
  const time = { now: 1_000 }
  const alarms = new AlarmClock({ setAlarm: write, deleteAlarm: () => write(null) }, () => time.now)
  return { alarms, writes, time }
}

const nothing = () => {}

describe("an object that is woken by its alarm", () => {
  // The runtime has no alarm while it calls the handler.
  const woken = () => {
    const clock = newClock()
    clock.alarms.restoreAlarm(Infinity)
    clock.time.now = 5_000
    return clock
  }

  it("delivers all timers since the time of the alarm", () => {
    const { alarms } = woken()
    alarms.onAlarm(4_000)
    expect(alarms.isDue).toBe(true)
    expect(alarms.deliveredUntil).toBe(4_000)
  })

  it("delivers all timers from now on if the runtime does not give the time of the alarm", () => {
    const { alarms } = woken()
    alarms.onAlarm()
    expect(alarms.isDue).toBe(true)
    expect(alarms.deliveredUntil).toBe(5_000)
  })

  it("sets the alarm to the timers that it restores", () => {
    const { alarms, writes } = woken()
    alarms.onAlarm(4_000)
    alarms.fireDue()
    alarms.commit(() => alarms.set("restored", 6_000, nothing))
    expect(writes).toEqual([6_000])
    expect(alarms.deliveredUntil).toBe(6_000)
  })
})

describe("an alarm that the runtime retries after a new one was set", () => {
  it("has delivered the timers that were due at its old time", () => {
    const { alarms, time } = newClock()
    alarms.set("a", 2_000, nothing)
    alarms.set("b", 3_000, nothing)
    alarms.commit()
    time.now = 2_000
    alarms.onAlarm(2_000)
    alarms.fireDue()
    alarms.commit()
    time.now = 2_500
    alarms.onAlarm(2_000)
    expect(alarms.deliveredUntil).toBe(2_500)
  })
})

describe("the time", () => {
  it("is frozen during an event, and only then", () => {
    const { alarms, time } = newClock()
    alarms.freezeTime(true)
    const begin = alarms.now()
    time.now += 10
    expect(alarms.now()).toBe(begin)
    alarms.freezeTime(false)
    expect(alarms.now()).toBe(begin + 10)
    alarms.freezeTime(true)
    expect(alarms.now()).toBe(begin + 10)
  })
})

describe("an alarm that the author has replaced", () => {
  const overruled = (due: number) => {
    const clock = newClock()
    if (due < Infinity) clock.alarms.set("a", due, nothing)
    clock.alarms.commit()
    clock.writes.length = 0
    clock.alarms.onReplaced()
    clock.alarms.commit()
    return clock.writes
  }

  it("is set again to the same time if there is a timer", () => expect(overruled(2_000)).toEqual([2_000]))

  it("is deleted if there is none", () => expect(overruled(Infinity)).toEqual([null]))

  it("is set again by hibernating timers", () => {
    const { alarms, writes } = newClock()
    alarms.set("in memory", 3_000, nothing)
    alarms.commit()
    alarms.onReplaced()
    alarms.commit(() => alarms.set("hibernating", 2_000, nothing))
    expect(writes).toEqual([3_000, 2_000])
  })

  it("is deleted once", () => {
    const { alarms, writes } = newClock()
    alarms.onReplaced()
    alarms.commit()
    alarms.invalidate()
    alarms.commit()
    expect(writes).toEqual([null])
  })

  it("is set to the author's if that is earlier", () => {
    const { alarms, writes } = newClock()
    alarms.set("a", 3_000, nothing)
    alarms.authorAlarm = 2_000
    alarms.commit()
    expect(writes).toEqual([2_000])
  })
})

describe("the alarm", () => {
  it("is deleted when all timers are cancelled", () => {
    const { alarms, writes } = newClock()
    alarms.set("a", 2_000, nothing)
    alarms.set("b", 3_000, nothing)
    alarms.commit()
    alarms.cancelAll()
    alarms.commit()
    expect(writes).toEqual([2_000, null])
  })

  it("stays where it is when it is invalid and earlier than the next timer", () => {
    const { alarms, writes } = newClock()
    alarms.set("a", 2_000, nothing)
    alarms.commit()
    alarms.set("a", 3_000, nothing)
    alarms.invalidate()
    alarms.commit()
    expect(writes).toEqual([2_000])
  })

  it("is deleted when it is invalid and no timer is restored", () => {
    const { alarms, writes } = newClock()
    alarms.restoreAlarm(5_000)
    alarms.commit()
    expect(writes).toEqual([])
    alarms.invalidate()
    alarms.commit()
    expect(writes).toEqual([null])
  })
})
