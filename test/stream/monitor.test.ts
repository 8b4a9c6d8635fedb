import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import type { StreamState } from "../../src/stream/stages/termination.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
const initialized = { type: "initialized" }

function monitored<T>() {
  const states: StreamState<T>[] = []
  const probe = Probe.flow(() => Flow.of<T>().monitor((state) => states.push(state)))
  return { states, probe }
}

describe("monitor", () => {
  it("reports that the stream is initialized before any element", () => {
    expect(monitored().states).toEqual([initialized])
  })

  it("reports each element before it is emitted", () => {
    const { states, probe } = monitored<string>()
    expect(probe.unbounded().send("a", "b").received).toEqual(["a", "b"])
    expect(states).toEqual([initialized, { type: "received", element: "a" }, { type: "received", element: "b" }])
  })

  it("reports an element that is a state itself like any other", () => {
    const { states, probe } = monitored<unknown>()
    probe.unbounded().send({ type: "completed" })
    expect(states.at(-1)).toEqual({ type: "received", element: { type: "completed" } })
  })

  it.each<[string, (probe: Probe<string, string>) => void, object]>([
    ["completes", (probe) => probe.complete(), { type: "completed" }],
    ["fails", (probe) => probe.fail(error), { type: "failed", error }],
    ["is cancelled", (probe) => probe.cancel(), { type: "cancelled" }],
    ["is cancelled by a failure below", (probe) => probe.cancel(error), { type: "failed", error }],
  ])("reports once that the stream %s", (_, end, state) => {
    const { states, probe } = monitored<string>()
    end(probe.hibernate())
    probe.hibernate()
    expect(states).toEqual([initialized, state])
  })

  it("reports nothing when it hibernates, and keeps nothing", () => {
    const { states, probe } = monitored<string>()
    expect(probe.unbounded().send("a").save()).toEqual([])
    probe.hibernate().send("b")
    expect(states.map(({ type }) => type)).toEqual(["initialized", "received", "received"])
  })

  it("backpressures when downstream backpressures", () => {
    const { probe } = monitored<string>()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).send("a").demand).toBe(false)
  })

  it.each(["initialized", "received", "completed"])("fails when its listener throws at %s", (type) => {
    const probe = Probe.flow(() =>
      Flow.of<string>().monitor((state) => {
        if (state.type === type) throw error
      }),
    ).unbounded()
    if (probe.demand) probe.send("a")
    if (!probe.ended) probe.complete()
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.received).toEqual(type === "completed" ? ["a"] : [])
  })
})
