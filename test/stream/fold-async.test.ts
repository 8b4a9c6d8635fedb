import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { Calls } from "../support/calls.ts"

const error = new Error("broken")

function folded() {
  const calls = new Calls<number, number>()
  const values: number[] = []
  const f = (value: number, n: number) => {
    values.push(value)
    return calls.f(n)
  }
  return { calls, values, probe: Probe.flow(() => Flow.of<number>().foldAsync(10, f)) }
}

describe("foldAsync", () => {
  it("emits the last value when upstream completes, and completes", async () => {
    const { calls, values, probe } = folded()
    probe.unbounded().send(1)
    await calls.resolve(1, 11)
    probe.send(2)
    await calls.resolve(2, 13)
    expect(values).toEqual([10, 11])
    expect(probe.received).toEqual([])
    expect(probe.complete().received).toEqual([13])
    expect(probe.ended).toBe("completed")
  })

  it("backpressures while a promise is pending, and when downstream backpressures", async () => {
    const { calls, probe } = folded()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
    expect(probe.send(1).demand).toBe(false)
    await calls.resolve(1, 11)
    expect(probe.demand).toBe(true)
  })

  it("waits for the last promise when upstream completes", async () => {
    const { calls, probe } = folded()
    probe.unbounded().send(1).complete()
    expect(probe.ended).toBe(undefined)
    await calls.resolve(1, 11)
    expect(probe.received).toEqual([11])
    expect(probe.ended).toBe("completed")
  })

  it("emits zero for an empty stream, on demand", () => {
    const { probe } = folded()
    expect(probe.complete().received).toEqual([])
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([10])
    expect(probe.ended).toBe("completed")
  })

  it("folds values that are no promises", async () => {
    const sum = Source.range(1, 10_000).foldAsync(1, (sum, n) => sum + n)
    expect(await sum.runWith(Sink.toArray())).toEqual([50_005_001])
  })

  it("folds undefined like any other value", async () => {
    const values: unknown[] = []
    const f = async (value: unknown, n: number) => {
      values.push(value)
      return n === 1 ? undefined : n
    }
    expect(await Source.range(1, 2).foldAsync<unknown>(0, f).runWith(Sink.head())).toBe(2)
    expect(values).toEqual([0, undefined])
  })

  it("fails both ways when f rejects, or throws", async () => {
    const { calls, probe } = folded()
    probe.unbounded().send(1)
    await calls.reject(1, error)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    const thrower = (): never => {
      throw error
    }
    await expect(Source.single(1).foldAsync(0, thrower).runWith(Sink.ignore())).rejects.toBe(error)
  })

  it("loses the value when upstream fails, and ignores the late result", async () => {
    const { calls, probe } = folded()
    probe.unbounded().send(1).fail(error)
    await calls.resolve(1, 11)
    expect(probe.received).toEqual([])
    expect(probe.ended).toEqual({ failed: error })
  })

  it("cancels when downstream cancels, and ignores the late result", async () => {
    const { calls, probe } = folded()
    probe.unbounded().send(1).cancel()
    expect(probe.cancelled).toBe(true)
    probe.save()
    await calls.resolve(1, 11)
    expect(probe.received).toEqual([])
    expect(probe.changes).toBe(0)
  })

  it("keeps the value and the pending element while it hibernates, and calls f for that again", async () => {
    const { calls, values, probe } = folded()
    probe.unbounded().send(1)
    await calls.resolve(1, 11)
    probe.hibernate().send(2).hibernate()
    expect(probe.demand).toBe(false)
    expect(calls.inputs).toEqual([1, 2, 2])
    expect(values).toEqual([10, 11, 11])
    await calls.resolve(2, 13)
    expect(probe.hibernate().complete().received).toEqual([13])
  })

  it("keeps that upstream has completed while it hibernates", async () => {
    const { calls, probe } = folded()
    probe.unbounded().send(1).complete().hibernate()
    await calls.resolve(1, 11)
    await settled()
    expect(probe.received).toEqual([11])
    expect(probe.ended).toBe("completed")
  })
})
