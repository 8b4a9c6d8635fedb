import { Actor, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** How often the message of the timer at a fixed rate has been handled. */
let beats: number

/** Fails at each beat. */
class Failing extends Actor<"start" | "beat" | "later" | number> {
  receive(message: "start" | "beat" | "later" | number) {
    if (typeof message === "number") {
      for (let n = 0; n < message; n++) this.timers.startSingleTimer(`later ${n}`, "later", "1 hour")
      this.timers.startTimerAtFixedRate("beat", "beat", "1 second")
    }
    if (message !== "beat") return
    // A message that comes back must not hang the test.
    if (++beats < 100) throw new Error("Fails, as the test wants it")
  }
}

class House extends FlowObject {
  readonly failing = this.actor("failing", Props.of(Failing))
  protected accept() {
    // There are no connections.
    return new Response()
  }
}

beforeEach(() => {
  beats = 0
  logged()
})
afterEach(() => vi.useRealTimers())

describe.each([0, 31, 32, 300])(
  "an actor with %i other timers whose timer at a fixed rate has a message that fails",
  (others) => {
    it.each([false, true])("gets it once for each interval (evicted: %s)", async (evicts) => {
      const object = new MemoryObject(House)
      object.instance.failing.tell(others)
      for (let second = 1; second <= 5; second++) {
        if (evicts) await object.evict()
        object.advance(1_000)
        expect(beats).toBe(second)
      }
    })
  },
)
