import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

describe("scan", () => {
  const sum = () => Probe.flow(() => Flow.of<number>().scan(0, (total, n) => total + n))

  it("emits zero first, then the running value", () => {
    expect(sum().unbounded().send(1, 2, 3).received).toEqual([0, 1, 3, 6])
  })

  it("backpressures when downstream backpressures", () => {
    const probe = sum().request(2).send(1)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("completes when upstream completes, once zero was emitted", () => {
    const probe = sum().complete()
    expect(probe.ended).toBe(undefined)
    probe.request(1)
    expect(probe.received).toEqual([0])
    expect(probe.ended).toBe("completed")
  })

  it("cancels when downstream cancels", () => {
    expect(sum().unbounded().cancel().cancelled).toBe(true)
  })

  it("keeps the value while it hibernates", () => {
    const probe = sum().unbounded().send(1).hibernate().send(2).hibernate().send(3)
    expect(probe.received).toEqual([0, 1, 3, 6])
  })
})
