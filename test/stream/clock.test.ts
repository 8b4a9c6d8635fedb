import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type Clock, systemClock } from "../../src/stream/clock.ts"
import { ClockHost } from "../../src/stream/clock-host.ts"
import { Run } from "../../src/stream/engine/run.ts"
import { Stage } from "../../src/stream/engine/stage.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

/** A stage that only sets timers. */
class Alarm extends Stage {
  readonly rings: number[] = []
  settlings = 0

  push(): boolean {
    return false
  }

  set(due: number): void {
    this.wakeAt(due)
  }

  override onTimer(): void {
    this.rings.push(this.run.now())
  }

  override onSettled(): void {
    this.settlings++
  }
}

/** Alarms on a host of their own, which counts the timers that are set on the clock, and bounds them. */
const alarmsOn = (clock: Clock, count = 1) => {
  let asked = 0
  const counting: Clock = {
    now: () => clock.now(),
    at: (due, fire) => {
      asked++
      if (asked > 100) throw new Error("The clock is asked for one timer after the other")
      return clock.at(due, fire)
    },
  }
  const alarms = Array.from({ length: count }, () => new Alarm())
  const host = new ClockHost(counting)
  host.run = new Run(alarms, host)
  host.run.start()
  return { alarm: alarms[0] as Alarm, alarms, host, asked: () => asked }
}

describe("a host on a clock", () => {
  const ticking = (count?: number) => {
    const clock = new TestClock()
    return { clock, ...alarmsOn(clock, count) }
  }

  it("sets no timer while nothing is due", () => {
    const { clock } = ticking()
    expect(clock.pending).toBe(0)
  })

  it("fires when a stage is due, once", () => {
    const { clock, alarm } = ticking()
    alarm.set(100)
    clock.advance(1_000)
    expect(alarm.rings).toEqual([100])
    expect(clock.pending).toBe(0)
  })

  it("keeps an earlier timer when the due time moves later, and still fires on time", () => {
    const { clock, alarm, asked } = ticking()
    for (const due of [100, 110, 120]) alarm.set(due)
    expect(asked()).toBe(1)
    clock.advance(1_000)
    expect(alarm.rings).toEqual([120])
    expect(asked()).toBe(2)
  })

  it("replaces its timer when the due time moves earlier", () => {
    const { clock, alarm } = ticking()
    alarm.set(100)
    alarm.set(50)
    expect(clock.pending).toBe(1)
    clock.advance(1_000)
    expect(alarm.rings).toEqual([50])
  })

  it("cancels its timer when nothing is due", () => {
    const { clock, alarm } = ticking()
    alarm.set(100)
    alarm.set(Infinity)
    expect(clock.pending).toBe(0)
    clock.advance(1_000)
    expect(alarm.rings).toEqual([])
  })

  it("needs one timer for any number of stages", () => {
    const { clock, alarms } = ticking(3)
    alarms.forEach((alarm, index) => {
      alarm.set(300 - index * 100)
    })
    expect(clock.pending).toBe(1)
    clock.advance(1_000)
    expect(alarms.map((alarm) => alarm.rings)).toEqual([[300], [200], [100]])
  })

  it("settles once for each event, when the outermost is over", () => {
    const { alarm, host } = ticking()
    host.event(() => {
      host.event(() => {})
      expect(alarm.settlings).toBe(0)
    })
    expect(alarm.settlings).toBe(1)
  })

  it("settles after a timer, too", () => {
    const { clock, alarm } = ticking()
    alarm.set(100)
    clock.advance(100)
    expect(alarm.settlings).toBe(1)
  })

  it("settles after an event that threw, and continues", () => {
    const { alarm, host } = ticking()
    const thrower = () => {
      throw new Error("broken")
    }
    expect(() => host.event(thrower)).toThrow("broken")
    host.event(() => {})
    expect(alarm.settlings).toBe(2)
  })
})

describe("a run", () => {
  it("depends on the outside if one of its stages checks it after each event", () => {
    const clock = new TestClock()
    class Plain extends Stage {
      push(): boolean {
        return true
      }
    }
    const host = new ClockHost(clock)
    expect(new Run([new Plain()], host).dependsOnOutside).toBe(false)
    expect(new Run([new Plain(), new Alarm()], host).dependsOnOutside).toBe(true)
  })
})

describe("the system clock", () => {
  const day = 86_400_000

  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it("fires once, at the due time", () => {
    const fire = vi.fn()
    systemClock.at(systemClock.now() + 100, fire)
    vi.advanceTimersByTime(99)
    expect(fire).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_000)
    expect(fire).toHaveBeenCalledTimes(1)
  })

  it("does not fire a cancelled timer", () => {
    const fire = vi.fn()
    systemClock.at(systemClock.now() + 100, fire)()
    vi.advanceTimersByTime(1_000)
    expect(fire).not.toHaveBeenCalled()
  })

  it("reaches further than one timer of the runtime does", () => {
    const { alarm } = alarmsOn(systemClock)
    const due = systemClock.now() + 30 * day
    alarm.set(due)
    vi.advanceTimersByTime(29 * day)
    expect(alarm.rings).toEqual([])
    vi.advanceTimersByTime(day)
    expect(alarm.rings).toEqual([due])
  })
})
