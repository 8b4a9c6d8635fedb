import { describe, expect, it } from "vitest"
import { NoSuchElementError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const nothing = { value: undefined }
const error = new Error("broken")
const thrower = () => {
  throw error
}

/** With the result of 1, 2, 3, and the states that are kept after 1, 2. */
const patient: [string, () => Sink<number, unknown>, result: unknown, kept: unknown[]][] = [
  ["forEach", () => Sink.forEach(() => {}), undefined, []],
  ["ignore", () => Sink.ignore(), undefined, []],
  ["fold", () => Sink.fold(10, (sum, n: number) => sum + n), 16, [[13]]],
  ["last", () => Sink.last(), 3, [[2]]],
  ["toArray", () => Sink.toArray(), [1, 2, 3], [[[1, 2]]]],
  ["lastOption", () => Sink.lastOption(), 3, [[2]]],
  ["takeLast", () => Sink.takeLast(2), [2, 3], [[[1, 2]]]],
  ["reduce", () => Sink.reduce((value: number, n: number) => value * 10 + n), 123, [[12]]],
  ["count", () => Sink.count(), 3, [[2]]],
  ["exists", () => Sink.exists((n: number) => n > 3), false, []],
  ["forall", () => Sink.forall((n: number) => n < 4), true, []],
  ["onComplete", () => Sink.onComplete(() => {}), undefined, []],
]

describe.each(patient)("%s", (_, make, result, kept) => {
  it("takes every element, and ends with its result when upstream completes", () => {
    const probe = Probe.sink(make).send(1, 2, 3)
    expect(probe.demand).toBe(true)
    expect(probe.result).toBe(undefined)
    expect(probe.complete().result).toEqual({ value: result })
    expect(probe.cancelled).toBe(undefined)
  })

  it("fails with the error of upstream", () => {
    expect(Probe.sink(make).send(1).fail(error).result).toEqual({ error })
  })

  it("has the same result with hibernation after every element", () => {
    const probe = Probe.sink(make).send(1).hibernate().send(2).hibernate().send(3).hibernate()
    expect(probe.complete().result).toEqual({ value: result })
  })

  it("keeps only its state while it hibernates", () => {
    const snapshot = Probe.sink(make).send(1, 2).save()
    expect(snapshot.map(([, , , state]) => state)).toEqual(kept)
  })

  it("has its result once, for any events after its end", () => {
    const probe = Probe.sink(make).send(1).complete()
    probe.result = undefined
    expect(probe.hibernate().result).toBe(undefined)
    expect(probe.demand).toBe(false)
  })
})

describe.each<[string, () => Sink<number, unknown>]>([
  ["forEach", () => Sink.forEach(thrower)],
  ["fold", () => Sink.fold(0, thrower)],
  ["exists", () => Sink.exists(thrower)],
  ["forall", () => Sink.forall(thrower)],
])("%s", (_, make) => {
  it("cancels with the error of its function, and fails with it", () => {
    const probe = Probe.sink(make).send(1)
    expect(probe.cancelled).toEqual({ cause: error })
    expect(probe.result).toEqual({ error })
    expect(probe.demand).toBe(false)
  })
})

describe("forEach", () => {
  it("calls its function for each element, in order", () => {
    const seen: number[] = []
    Probe.sink(() => Sink.forEach((n: number) => void seen.push(n))).send(1, 2, 3)
    expect(seen).toEqual([1, 2, 3])
  })
})

describe("cancelled", () => {
  it("cancels when it starts, and is done", () => {
    const probe = Probe.sink(() => Sink.cancelled())
    expect(probe.cancelled).toBe(true)
    expect(probe.result).toEqual(nothing)
  })

  it("cancels once only, hibernation or not", () => {
    const probe = Probe.sink(() => Sink.cancelled())
    probe.cancelled = undefined
    probe.result = undefined
    probe.hibernate()
    expect([probe.cancelled, probe.result]).toEqual([undefined, undefined])
  })
})

describe("toArray", () => {
  it("starts with an array of its own in every run", async () => {
    const sink = Sink.toArray<number>()
    expect(await Source.single(1).runWith(sink)).toEqual([1])
    expect(await Source.single(2).runWith(sink)).toEqual([2])
  })
})

describe("head", () => {
  const head = () => Probe.sink(() => Sink.head<number>())

  it("cancels when it has an element, and ends with it", () => {
    const probe = head()
    expect(probe.demand).toBe(true)
    expect(probe.send(1).result).toEqual({ value: 1 })
    expect(probe.cancelled).toBe(true)
  })

  it("fails with a NoSuchElementError without an element", () => {
    expect(head().complete().result).toEqual({ error: expect.any(NoSuchElementError) })
  })

  it("fails with the error of upstream", () => {
    expect(head().fail(error).result).toEqual({ error })
  })

  it("waits for its element through hibernation, and keeps nothing", () => {
    const probe = head()
    expect(probe.save()).toEqual([])
    expect(probe.hibernate().send(1).result).toEqual({ value: 1 })
  })

  it("requests no second element after hibernation", () => {
    expect(head().send(1).hibernate().demand).toBe(false)
  })
})

describe("last", () => {
  it("fails with a NoSuchElementError without an element", () => {
    const probe = Probe.sink(() => Sink.last<number>())
    expect(probe.complete().result).toEqual({ error: expect.any(NoSuchElementError) })
  })

  it("takes undefined for an element", () => {
    const probe = Probe.sink(() => Sink.last<undefined>())
    expect(probe.send(undefined).hibernate().complete().result).toEqual(nothing)
  })
})

describe("onComplete", () => {
  const ends = () => {
    const calls: unknown[][] = []
    return { calls, probe: Probe.sink(() => Sink.onComplete((...args) => calls.push(args))) }
  }

  it("calls its function once, when upstream completes", () => {
    const { calls, probe } = ends()
    probe.send(1, 2)
    expect(calls).toEqual([])
    probe.complete().hibernate()
    expect(calls).toEqual([[]])
  })

  it("calls its function with the error when upstream fails", () => {
    const { calls, probe } = ends()
    probe.fail(error).hibernate()
    expect(calls).toEqual([[error]])
  })

  it("fails with the error of its function", () => {
    const make = () => Sink.onComplete(thrower)
    expect(Probe.sink(make).complete().result).toEqual({ error })
    expect(Probe.sink(make).fail("above").result).toEqual({ error })
  })
})

describe("a sink below a flow", () => {
  it("takes the output of the flow, and keeps the state of both", () => {
    const probe = Probe.sink(() => Flow.of<number>().drop(1).to(Sink.toArray()))
    expect(probe.send(1).hibernate().send(2).hibernate().send(3).complete().result).toEqual({ value: [2, 3] })
  })

  it("rejects its run with the error of the stream", async () => {
    await expect(Source.failed(error).runWith(Sink.ignore())).rejects.toBe(error)
    await expect(Source.single(1).map(thrower).runWith(Sink.ignore())).rejects.toBe(error)
  })
})
