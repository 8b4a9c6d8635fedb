import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const operators: Record<string, (flow: Flow<number, number>) => Flow<number, unknown>> = {
  takeWithin: (flow) => flow.takeWithin("1 second"),
  dropWithin: (flow) => flow.dropWithin("1 second"),
  delay: (flow) => flow.delay("1 second"),
  initialDelay: (flow) => flow.initialDelay("1 second"),
  throttle: (flow) => flow.throttle(1, "1 second"),
  debounce: (flow) => flow.debounce("1 second"),
  groupedWithin: (flow) => flow.groupedWithin(3, "1 second"),
  keepAlive: (flow) => flow.keepAlive("1 second", () => 0),
  idleTimeout: (flow) => flow.idleTimeout("1 second"),
  initialTimeout: (flow) => flow.initialTimeout("1 second"),
  backpressureTimeout: (flow) => flow.backpressureTimeout("1 second"),
  completionTimeout: (flow) => flow.completionTimeout("1 second"),
}

describe.each(Object.entries(operators))("%s", (_, operator) => {
  const error = new Error("broken")
  const idle = () => Probe.flow(() => operator(Flow.of<number>())).unbounded()

  /** With a pending timer, if the operator has one: two elements, or as many as it requests. */
  function busy() {
    const probe = idle()
    for (const element of [1, 2]) if (probe.demand) probe.send(element)
    return probe
  }

  it("completes when upstream completes, and leaves no timer", () => {
    const probe = idle().complete()
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("cancels when downstream cancels, and leaves no timer", () => {
    const probe = busy().cancel()
    expect(probe.cancelled).toBe(true)
    expect(probe.clock.pending).toBe(0)
  })

  it("cancels upstream with the cause of downstream", () => {
    expect(busy().cancel(error).cancelled).toEqual({ cause: error })
  })

  it("fails as soon as upstream fails, and leaves no timer", () => {
    const probe = busy().fail(error)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("stays ended and without a timer while it hibernates", () => {
    const probe = busy().cancel().hibernate().advance(5_000)
    expect(probe.clock.pending).toBe(0)
    expect(probe.ended).toBe(undefined)
    expect(probe.demand).toBe(false)
  })
})
