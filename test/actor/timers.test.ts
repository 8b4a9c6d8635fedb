import { describe, expect, it } from "vitest"
import type { Timer } from "../../src/actor/timer.ts"
import { TimerQueue } from "../../src/actor/timer-queue.ts"
import { Timers } from "../../src/actor/timers.ts"
import { Actor, type ActorRef } from "../../src/actor.ts"
import { act } from "./recording-actor.ts"

type Ring = { rung: string; to?: ActorRef<string> }

/** Starts timers by command, and reports when they fire. */
class Clockwork extends Actor<string | Ring> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string | Ring) {
    if (typeof message !== "string") {
      ;(message.to ?? this.out).tell(`${message.rung} at ${this.context.now()}`)
      if (message.rung === "starter") this.receive("single x 10")
      if (message.rung === "canceller") this.timers.cancel("x")
      if (message.rung === "replacer") this.receive("single x 20")
      return
    }
    const [verb, key = "", time, delay] = message.split(" ")
    const rung = { rung: key }
    if (verb === "single") this.timers.startSingleTimer(key, rung, Number(time))
    if (verb === "ref") this.timers.startSingleTimer(key, { ...rung, to: this.out }, Number(time))
    if (verb === "rate") this.timers.startTimerAtFixedRate(key, rung, Number(time), delay ? Number(delay) : undefined)
    if (verb === "words") this.timers.startTimerAtFixedRate(key, rung, "2 seconds")
    if (verb === "cancel") this.timers.cancel(key)
    if (verb === "active") this.out.tell(`${this.timers.isTimerActive(key)}`)
    if (verb === "throw") throw new Error("thrown")
  }
}

const clockwork = (...messages: string[]) => act(Clockwork).send(...messages)

describe("a single timer", () => {
  it("fires once, on time", () => {
    const client = clockwork("single x 10").advance(9)
    expect(client.received).toEqual([])
    expect(client.advance(1).advance(100).received).toEqual(["x at 10"])
  })

  it("is active until its message is delivered", () => {
    const client = clockwork("active x", "single x 10", "active x").advance(10).send("active x")
    expect(client.received).toEqual(["false", "true", "x at 10", "false"])
  })

  it("can be started again by its own message", () => {
    expect(clockwork("single starter 5").advance(20).received).toEqual(["starter at 5", "x at 15"])
  })

  it("is replaced by a new one of its key", () => {
    expect(clockwork("single x 10").advance(5).send("single x 10").advance(100).received).toEqual(["x at 15"])
    expect(clockwork("rate x 10").advance(10).send("single x 3").advance(100).received).toEqual(["x at 10", "x at 13"])
  })

  it("survives hibernation, and its message may contain refs", () => {
    const client = clockwork("ref x 10").sleep().advance(5).sleep().advance(5).sleep().advance(100)
    expect(client.received).toEqual(["x at 10"])
  })
})

describe("a timer at a fixed rate", () => {
  it("fires on a grid that begins after one interval", () => {
    expect(clockwork("rate x 10").advance(35).received).toEqual(["x at 10", "x at 20", "x at 30"])
  })

  it("fires on a grid that begins after its initial delay", () => {
    expect(clockwork("rate x 10 3").advance(25).received).toEqual(["x at 3", "x at 13", "x at 23"])
    expect(clockwork("rate x 10 0").advance(10).received).toEqual(["x at 0", "x at 10"])
  })

  it("fires once for all overdue points, and stays on its grid", () => {
    const client = clockwork("rate x 10")
    client.clock.stall(34)
    expect(client.advance(0).advance(10).received).toEqual(["x at 34", "x at 40"])
  })

  it("stays on its grid when its actor has hibernated", () => {
    const client = clockwork("rate x 10").advance(15).sleep().advance(10).sleep().sleep().advance(10)
    expect(client.received).toEqual(["x at 10", "x at 20", "x at 30"])
  })

  it("takes its interval as a duration of at least a millisecond", () => {
    expect(clockwork("words x").advance(4_000).received).toEqual(["x at 2000", "x at 4000"])
    expect(clockwork("rate x 0").errors).toEqual([expect.any(RangeError)])
  })
})

describe("a timer that is cancelled", () => {
  it("does not fire, and is not kept through hibernation", () => {
    const client = clockwork("single x 10", "rate y 10", "cancel x", "cancel y", "active x").sleep().advance(100)
    expect(client.received).toEqual(["false"])
    expect(client.clock.pending).toBe(0)
  })

  it("does not fire even if it was due at the same time", () => {
    expect(clockwork("single canceller 10", "single x 10").advance(100).received).toEqual(["canceller at 10"])
    const late = clockwork("single canceller 10", "rate x 15")
    late.clock.stall(50)
    expect(late.advance(0).advance(100).received).toEqual(["canceller at 50"])
  })

  it("cancels its alarm", () => {
    expect(clockwork("single x 10", "cancel x").clock.pending).toBe(0)
  })

  it("drops the messages of fired timers that were cancelled or replaced since", () => {
    const fired: Timer[] = []
    const queue = new TimerQueue()
    const owner = { path: "/a", queue, now: () => 0, onFire: (timer: Timer) => fired.push(timer), changed() {} }
    const timers = new Timers<string>(owner)
    for (const key of ["kept", "cancelled", "replaced"]) timers.startSingleTimer(key, key, 0)
    queue.fireDue(0)
    timers.cancel("cancelled")
    timers.startSingleTimer("replaced", "anew", 10)
    expect(fired.filter((timer) => timers.deliver(timer)).map(({ key }) => key)).toEqual(["kept"])
  })

  it("need not exist", () => {
    expect(clockwork("cancel x", "active x").received).toEqual(["false"])
  })

  it("does not fire if it is replaced at the time at which it was due", () => {
    const client = clockwork("single replacer 10", "single x 10").advance(100)
    expect(client.received).toEqual(["replacer at 10", "x at 30"])
  })
})

describe("timers", () => {
  it("fire in the order of their times, at equal times in the order in which they were started", () => {
    const client = clockwork("single c 30", "single a 10", "single b 10")
    client.clock.stall(50)
    expect(client.advance(0).received).toEqual(["a at 50", "b at 50", "c at 50"])
  })

  it("take a new place in that order when they are started again", () => {
    expect(clockwork("single a 10", "single b 10", "single a 10").advance(10).received).toEqual(["b at 10", "a at 10"])
  })

  it("are cancelled when their actor has stopped", () => {
    expect(clockwork("single x 10", "rate y 10").close().clock.pending).toBe(0)
    expect(clockwork("single x 10", "rate y 10", "throw").clock.pending).toBe(0)
  })
})
