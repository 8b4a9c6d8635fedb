import { describe, expect, it } from "vitest"
import { Alarmed } from "../support/alarmed.ts"

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

  it("stays where it is when a timer is moved to later, and is set to that time when it fires", () => {
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

  it("is deleted once when it was overdue and no timer is left", () => {
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

  it("is not written if a timer is cancelled and set again", () => {
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

  it("is written once a tick if another event precedes it", () => {
    const object = new Alarmed().event((object) => object.every("a", 1_000))
    object.at(2_001).event().at(3_700).event()
    expect(object.writes).toEqual([2_000, 3_000, 4_000])
  })

  it("writes nothing but the next alarm when it fires too early", () => {
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

  it("that are set by a late timer fire with it if they are due", () => {
    const object = new Alarmed().event((object) => object.every("a", 1_000))
    expect(object.ring(2_500).fired.map(({ due }) => due)).toEqual([2_000, 3_000, 4_000])
    expect(object.writes).toEqual([2_000, 5_000])
  })

  it("that throw do not delay the others", () => {
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

describe("after hibernation", () => {
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

  it("timers that were due since the alarm are pending until they are delivered", () => {
    const object = woken(1_500).at(2_000)
    expect(object.alarms.deliveredUntil).toBe(1_500)
    object.event(() => expect(object.alarms.deliveredUntil).toBe(Infinity))
  })
})
