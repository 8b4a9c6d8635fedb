import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import type { Termination } from "../../src/stream/stages/termination.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
const other = new Error("worse")

function broken(): never {
  throw other
}

describe("onTermination", () => {
  function watched() {
    const seen: Termination[] = []
    return { seen, probe: Probe.flow(() => Flow.of<string>().onTermination((end) => seen.push(end))) }
  }

  it.each([
    ["completed", (probe: Probe<string, string>) => probe.complete(), { type: "completed" }],
    ["failed", (probe: Probe<string, string>) => probe.fail(error), { type: "failed", error }],
    ["cancelled", (probe: Probe<string, string>) => probe.cancel(), { type: "cancelled" }],
    ["failed below", (probe: Probe<string, string>) => probe.cancel(error), { type: "failed", error }],
  ] as const)("tells once that the stream has %s, and never that it sleeps", (_, end, termination) => {
    const { seen, probe } = watched()
    probe.hibernate()
    expect(seen).toEqual([])
    end(end(probe).hibernate())
    expect(seen).toEqual([termination])
  })

  it("fails with the error of f", () => {
    const start = () => Probe.flow(() => Flow.of<string>().onTermination(broken))
    expect(start().complete().ended).toEqual({ failed: other })
    expect(start().fail(error).ended).toEqual({ failed: other })
    expect(start().cancel().cancelled).toEqual({ cause: other })
  })
})

describe("log", () => {
  it("writes each element and the end of the stream behind its name", () => {
    const lines: unknown[][] = []
    const start = () => Probe.flow(() => Flow.of<string>().log("test", (...line) => lines.push(line))).unbounded()
    start().send("a").complete()
    start().fail(error)
    start().cancel()
    expect(lines).toEqual([["test:", "a"], ["test: completed"], ["test: failed", error], ["test: cancelled"]])
  })

  it("fails both ways when log throws", () => {
    const probe = Probe.flow(() => Flow.of<string>().log("test", broken))
      .unbounded()
      .send("a")
    expect(probe.ended).toEqual({ failed: other })
    expect(probe.cancelled).toEqual({ cause: other })
  })
})
