import { describe, expect, it } from "vitest"
import type { Timer } from "../../src/actor/timer.ts"
import { type QueuedTimer, TimerQueue } from "../../src/actor/timer-queue.ts"
import { Timers } from "../../src/actor/timers.ts"
import { AlarmClock } from "../../src/durable/alarm-clock.ts"

const count = 100_000
/** In an order that is not that of the times. */
const numbers = Array.from({ length: count }, (_, index) => (index * 7919) % count)

describe("100,000 timers of an object", () => {
  it("fire in the order of their times after they were moved, with one alarm", () => {
    let time = 0
    let alarms = 0
    const clock = new AlarmClock({ setAlarm: () => alarms++, deleteAlarm() {} }, () => time)
    const fired: number[] = []
    for (const number of numbers) clock.set(`${number}`, 2 * count + number, () => fired.push(number))
    for (const number of numbers) clock.set(`${number}`, number, () => fired.push(number))
    for (const number of numbers) if (number % 2 === 1) clock.cancel(`${number}`)
    clock.commit()
    time = count
    clock.fireDue()
    expect(fired).toEqual(Array.from({ length: count / 2 }, (_, index) => 2 * index))
    expect(alarms).toBe(1)
  })
})

describe("100,000 timers of an actor", () => {
  it("fire in the order of their times, also when they are started again", () => {
    const queue = new TimerQueue()
    const fired: Timer[] = []
    const owner = { path: "/a", queue, now: () => 0, onFire: (timer: Timer) => void fired.push(timer), changed() {} }
    const timers = new Timers<string>(owner)
    for (const number of numbers) timers.startSingleTimer(`${number}`, "", 2 * count)
    for (const number of numbers) timers.startSingleTimer(`${number}`, "", number)
    queue.fireDue(count)
    expect(fired.map(({ key }) => Number(key))).toEqual(Array.from({ length: count }, (_, index) => index))
    expect(queue.size).toBe(0)
  })
})

describe("the timers of a tree of actors", () => {
  const timer = (due: number, path: string, order: number): QueuedTimer => ({
    due,
    path,
    order,
    heapIndex: -1,
    fire() {},
  })

  it("fire by time, then by the paths of their actors, then in the order in which they were started", () => {
    const inOrder = [timer(1, "/b", 9), timer(2, "/a", 1), timer(2, "/a", 2), timer(2, "/a/c", 1), timer(2, "/b", 1)]
    const queue = new TimerQueue()
    for (const one of [...inOrder].reverse()) queue.add(one)
    const fired: (QueuedTimer | undefined)[] = []
    while (queue.size > 0) {
      fired.push(queue.first)
      if (queue.first) queue.delete(queue.first)
    }
    expect(fired).toEqual(inOrder)
  })
})
