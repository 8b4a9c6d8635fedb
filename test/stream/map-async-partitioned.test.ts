import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Calls } from "../support/calls.ts"

/** Numbers of one last digit are a partition. */
function partitioned(parallelism = 4) {
  const calls = new Calls<number, string>()
  const flow = () => Flow.of<number>().mapAsyncPartitioned(parallelism, (n) => n % 10, calls.f)
  return { calls, probe: Probe.flow(flow).unbounded() }
}

describe("mapAsyncPartitioned", () => {
  it("works on one element of a partition at a time", async () => {
    const { calls, probe } = partitioned()
    probe.send(1, 11, 2)
    expect(calls.inputs).toEqual([1, 2])
    await calls.resolve(1, "one")
    expect(calls.inputs).toEqual([1, 2, 11])
    expect(probe.received).toEqual(["one"])
  })

  it("emits in the order of the elements", async () => {
    const { calls, probe } = partitioned()
    probe.send(1, 11, 2)
    await calls.resolve(2, "two")
    await calls.resolve(1, "one")
    expect(probe.received).toEqual(["one"])
    await calls.resolve(11, "eleven")
    expect(probe.received).toEqual(["one", "eleven", "two"])
  })

  it("passes the partition to the function", async () => {
    const probe = Probe.flow(() =>
      Flow.of<string>().mapAsyncPartitioned(
        2,
        (text) => text.length,
        (text, length) => `${text} ${length}`,
      ),
    )
    probe.unbounded().send("a", "bc")
    await Promise.resolve()
    await Promise.resolve()
    expect(probe.received).toEqual(["a 1", "bc 2"])
  })

  it("counts elements that wait for their partition", async () => {
    const { calls, probe } = partitioned(2)
    probe.send(1, 11)
    expect(probe.demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
    await calls.resolve(1, "one")
    expect(probe.demand).toBe(true)
  })

  it("keeps order and partitions while it hibernates, and starts the oldest of each again", async () => {
    const { calls, probe } = partitioned()
    probe.send(1, 11, 2, 21)
    await calls.resolve(1, "one")
    probe.hibernate()
    expect(calls.inputs).toEqual([1, 2, 11, 11, 2])
    await calls.resolve(11, "eleven")
    expect(calls.inputs).toEqual([1, 2, 11, 11, 2, 21])
    await calls.resolve(2, "two")
    await calls.resolve(21, "twenty-one")
    expect(probe.received).toEqual(["one", "eleven", "two", "twenty-one"])
  })

  it("fails both ways when the partitioner throws", () => {
    const error = new Error("broken")
    const broken = (): number => {
      throw error
    }
    const probe = Probe.flow(() => Flow.of<number>().mapAsyncPartitioned(2, broken, (n) => n))
    probe.unbounded().send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })
})
