import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import type { SourceQueue } from "../../src/stream/source-handles.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("kicked")

/** A flow with a switch that is a queue. */
function switched() {
  const handle: { queue?: SourceQueue<string> } = {}
  const probe = Probe.flow(() => {
    handle.queue = Source.queue<string>(1)
    return Flow.of<number>().killSwitch(handle.queue.source)
  })
  return { probe, handle }
}

describe("killSwitch", () => {
  it("ends the stream when the other source emits, after hibernation or not", () => {
    for (const sleeps of [false, true]) {
      const { probe, handle } = switched()
      probe.unbounded().send(1)
      if (sleeps) probe.hibernate()
      handle.queue?.offer("stop")
      expect(probe.received).toEqual([1])
      expect(probe.ended).toBe("completed")
      expect(probe.cancelled).toBe(true)
    }
  })

  it("fails both ways when the other source fails", () => {
    const { probe, handle } = switched()
    probe.unbounded().send(1)
    handle.queue?.fail(error)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("ends without demand, too", () => {
    const { probe, handle } = switched()
    handle.queue?.offer("stop")
    expect(probe.ended).toBe("completed")
  })

  it("continues when the other source completes without an element", () => {
    const { probe, handle } = switched()
    handle.queue?.complete()
    expect(probe.unbounded().hibernate().send(1).received).toEqual([1])
    expect(probe.complete().ended).toBe("completed")
  })

  it("cancels the other source at its end", () => {
    const { probe, handle } = switched()
    probe.unbounded().send(1).complete()
    expect(probe.ended).toBe("completed")
    expect(handle.queue?.offer("late")).toBe("closed")
    const other = switched()
    expect(other.probe.cancel().cancelled).toBe(true)
    expect(other.handle.queue?.offer("late")).toBe("closed")
  })

  it("ends at once when the other source has its element at the start", () => {
    const probe = Probe.flow(() => Flow.of<number>().killSwitch(Source.single("stop")))
    expect(probe.ended).toBe("completed")
    expect(probe.demand).toBe(false)
  })

  it("runs the timers of the other source", () => {
    const probe = Probe.flow(() => Flow.of<number>().killSwitch(Source.single(0).initialDelay("1 second"))).unbounded()
    expect(probe.send(1).advance(600).hibernate().send(2).advance(400).ended).toBe("completed")
    expect(probe.received).toEqual([1, 2])
  })

  it("finishes the element that is on its way when the stream stops itself", () => {
    const queue = Source.queue<string>(1)
    const probe = Probe.flow(() =>
      Flow.of<number>()
        .mapConcat((n) => [n, n + 1])
        .killSwitch(queue.source)
        .map((n) => {
          queue.offer("stop")
          return n
        }),
    )
    expect(probe.unbounded().send(1).received).toEqual([1])
    expect(probe.ended).toBe("completed")
  })
})
