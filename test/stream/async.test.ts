import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { Calls } from "../support/calls.ts"

const error = new Error("broken")

const operators = {
  mapAsync: (flow: Flow<number, number>, f: (n: number) => Promise<string> | string) => flow.mapAsync(2, f),
  mapAsyncUnordered: (flow: Flow<number, number>, f: (n: number) => Promise<string> | string) =>
    flow.mapAsyncUnordered(2, f),
  mapAsyncPartitioned: (flow: Flow<number, number>, f: (n: number) => Promise<string> | string) =>
    flow.mapAsyncPartitioned(2, (n) => n, f),
}

function asynchronous(name: keyof typeof operators) {
  const calls = new Calls<number, string>()
  return { calls, probe: Probe.flow(() => operators[name](Flow.of<number>(), calls.f)) }
}

const synchronous = (name: keyof typeof operators, f: (n: number) => string) =>
  Probe.flow(() => operators[name](Flow.of<number>(), f)).unbounded()

describe("mapAsync", () => {
  it("emits when the result for the oldest element has arrived", async () => {
    const { calls, probe } = asynchronous("mapAsync")
    probe.unbounded().send(1, 2)
    await calls.resolve(2, "two")
    expect(probe.received).toEqual([])
    await calls.resolve(1, "one")
    expect(probe.received).toEqual(["one", "two"])
  })

  it("keeps the order across hibernation", async () => {
    const { calls, probe } = asynchronous("mapAsync")
    probe.unbounded().send(1, 2)
    await calls.resolve(2, "two")
    probe.hibernate()
    expect(calls.inputs).toEqual([1, 2, 1])
    await calls.resolve(1, "one")
    expect(probe.received).toEqual(["one", "two"])
  })
})

describe("mapAsyncUnordered", () => {
  it("emits each result as soon as it arrives", async () => {
    const { calls, probe } = asynchronous("mapAsyncUnordered")
    probe.unbounded().send(1, 2)
    await calls.resolve(2, "two")
    expect(probe.received).toEqual(["two"])
    await calls.resolve(1, "one")
    expect(probe.received).toEqual(["two", "one"])
  })
})

describe("mapAsyncUnordered, without demand", () => {
  const four = () => {
    const calls = new Calls<number, string>()
    return { calls, probe: Probe.flow(() => Flow.of<number>().mapAsyncUnordered(4, calls.f)).send(1, 2, 3, 4) }
  }

  it("emits in the order in which results came (fault 16)", async () => {
    const { calls, probe } = four()
    for (const n of [3, 1, 4, 2]) await calls.resolve(n, `${n}`)
    expect(probe.unbounded().received).toEqual(["3", "1", "4", "2"])
  })

  it("keeps that order while it hibernates, with pending elements", async () => {
    const { calls, probe } = four()
    for (const n of [4, 2]) await calls.resolve(n, `${n}`)
    probe.hibernate()
    expect(calls.inputs).toEqual([1, 2, 3, 4, 1, 3])
    await calls.resolve(3, "3")
    expect(probe.hibernate().request(2).hibernate().unbounded().received).toEqual(["4", "2", "3"])
    await calls.resolve(1, "1")
    expect(probe.received).toEqual(["4", "2", "3", "1"])
  })
})

describe.each(["mapAsync", "mapAsyncUnordered", "mapAsyncPartitioned"] as const)("%s", (name) => {
  it("backpressures at its parallelism of pending elements", async () => {
    const { calls, probe } = asynchronous(name)
    probe.unbounded().send(1, 2)
    expect(calls.inputs).toEqual([1, 2])
    expect(probe.demand).toBe(false)
    await calls.resolve(1, "one")
    expect(probe.demand).toBe(true)
  })

  it("counts results without demand", async () => {
    const { calls, probe } = asynchronous(name)
    probe.send(1, 2)
    await calls.resolve(1, "one")
    expect(probe.demand).toBe(false)
    expect(probe.request(1).received).toEqual(["one"])
    expect(probe.demand).toBe(true)
  })

  it("takes a function that answers at once", async () => {
    const probe = synchronous(name, (n) => `${n}`).send(1)
    await settled()
    expect(probe.received).toEqual(["1"])
  })

  it("completes when upstream completes and every result was emitted", async () => {
    const { calls, probe } = asynchronous(name)
    probe.unbounded().send(1, 2).complete()
    await calls.resolve(1, "one")
    expect(probe.ended).toBe(undefined)
    await calls.resolve(2, "two")
    expect(probe.received).toEqual(["one", "two"])
    expect(probe.ended).toBe("completed")
  })

  it("cancels when downstream cancels, and ignores late results", async () => {
    const { calls, probe } = asynchronous(name)
    probe.unbounded().send(1).cancel()
    expect(probe.cancelled).toBe(true)
    await calls.resolve(1, "one")
    expect(probe.received).toEqual([])
  })

  it("loses pending elements when upstream fails", async () => {
    const { calls, probe } = asynchronous(name)
    probe.unbounded().send(1).fail(error)
    await calls.resolve(1, "one")
    expect(probe.received).toEqual([])
    expect(probe.ended).toEqual({ failed: error })
  })

  it("fails both ways when f rejects", async () => {
    const { calls, probe } = asynchronous(name)
    probe.unbounded().send(1, 2)
    await calls.reject(2, error)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    await calls.resolve(1, "one")
    expect(probe.received).toEqual([])
  })

  it("fails both ways when f throws", async () => {
    const probe = synchronous(name, () => {
      throw error
    }).send(1)
    await settled()
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("calls f again after hibernation for the pending elements", async () => {
    const { calls, probe } = asynchronous(name)
    probe.unbounded().send(1).hibernate().send(2)
    expect(probe.demand).toBe(false)
    expect(calls.inputs).toEqual([1, 1, 2])
    await calls.resolve(1, "one")
    expect(probe.hibernate().received).toEqual(["one"])
    expect(calls.inputs).toEqual([1, 1, 2, 2])
    await calls.resolve(2, "two")
    expect(probe.received).toEqual(["one", "two"])
  })

  it("keeps results without demand while it hibernates", async () => {
    const { calls, probe } = asynchronous(name)
    probe.send(1)
    await calls.resolve(1, "one")
    expect(probe.hibernate().unbounded().received).toEqual(["one"])
    expect(calls.inputs).toEqual([1])
  })

  it("completes after hibernation if it was complete before", async () => {
    const { calls, probe } = asynchronous(name)
    probe.unbounded().send(1).complete().hibernate()
    await calls.resolve(1, "one")
    expect(probe.ended).toBe("completed")
  })

  it("calls f once for an element that comes while the graph starts", async () => {
    const calls = new Calls<number, string>()
    const work = operators[name](Flow.of<number>(), calls.f)
    const idle = Flow.of<number>().map(String)
    const probe = Probe.source(() => Source.single(1).broadcast<string>(work, idle)).unbounded()
    await calls.resolve(1, "one")
    expect(calls.inputs).toEqual([1])
    expect(probe.received).toEqual(["1", "one"])
  })
})
