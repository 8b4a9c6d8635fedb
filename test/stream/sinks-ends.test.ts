import { describe, expect, it } from "vitest"
import { ClockHost } from "../../src/stream/clock-host.ts"
import { Run } from "../../src/stream/engine/run.ts"
import { Wiring } from "../../src/stream/engine/wiring.ts"
import { NoSuchElementError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

const error = new Error("broken")

describe("headOption", () => {
  const head = () => Probe.sink(() => Sink.headOption<number>())

  it("cancels when it has an element, and ends with it", () => {
    const probe = head().hibernate().send(1)
    expect(probe.result).toEqual({ value: 1 })
    expect(probe.cancelled).toBe(true)
  })

  it("is undefined without an element", () => {
    expect(head().complete().result).toEqual({ value: undefined })
  })

  it("fails with the error of upstream", () => {
    expect(head().fail(error).result).toEqual({ error })
  })
})

describe("lastOption", () => {
  it("is undefined without an element", async () => {
    expect(await Source.empty<number>().runWith(Sink.lastOption())).toBe(undefined)
  })
})

describe("takeLast", () => {
  const last = (count: number, source = Source.range(1, 6)) => source.runWith(Sink.takeLast(count))

  it("returns the last elements in order, and all of a shorter stream", async () => {
    expect(await last(3)).toEqual([4, 5, 6])
    expect(await last(1)).toEqual([6])
    expect(await last(9)).toEqual([1, 2, 3, 4, 5, 6])
    expect(await last(3, Source.empty())).toEqual([])
  })

  it("starts with an array of its own in every run", async () => {
    const sink = Sink.takeLast<number>(2)
    expect(await Source.single(1).runWith(sink)).toEqual([1])
    expect(await Source.single(2).runWith(sink)).toEqual([2])
  })
})

describe("reduce", () => {
  it("is the element of a stream of one", async () => {
    expect(await Source.single(7).runWith(Sink.reduce(() => 0))).toBe(7)
  })

  it("fails with a NoSuchElementError that names it without an element", async () => {
    const reduced = Source.empty<number>().runWith(Sink.reduce((a, b) => a + b))
    await expect(reduced).rejects.toBeInstanceOf(NoSuchElementError)
    await expect(reduced).rejects.toThrow("Sink.reduce of a stream that ended without an element")
  })

  it("fails with the error of f, and cancels with it", () => {
    const thrower = () => {
      throw error
    }
    const probe = Probe.sink(() => Sink.reduce<number>(thrower)).send(1)
    expect(probe.result).toBe(undefined)
    expect(probe.send(2).result).toEqual({ error })
    expect(probe.cancelled).toEqual({ cause: error })
  })
})

describe("exists and forall", () => {
  it("cancel with the first element that decides, and end with the answer", () => {
    const exists = Probe.sink(() => Sink.exists((n: number) => n > 1))
    expect(exists.send(1).hibernate().send(2).result).toEqual({ value: true })
    expect(exists.cancelled).toBe(true)
    const forall = Probe.sink(() => Sink.forall((n: number) => n < 2))
    expect(forall.send(1).hibernate().send(2).result).toEqual({ value: false })
    expect(forall.cancelled).toBe(true)
  })

  it("are false and true for an empty stream", async () => {
    expect(await Source.empty().runWith(Sink.exists(() => true))).toBe(false)
    expect(await Source.empty().runWith(Sink.forall(() => false))).toBe(true)
  })
})

describe("combine", () => {
  const both = (strategy?: "broadcast" | "balance") =>
    Probe.sink(() => Sink.combine([Sink.toArray<number>(), Sink.count()], strategy))

  it("gives every element to all sinks, and returns the results of all", () => {
    expect(both().send(1, 2, 3).complete().result).toEqual({ value: [[1, 2, 3], 3] })
  })

  it("gives each element to one sink in turn with balance", () => {
    expect(both("balance").send(1, 2, 3).complete().result).toEqual({ value: [[1, 3], 1] })
  })

  it("is the sink itself if there is only one, except for the array", async () => {
    expect(await Source.range(1, 3).runWith(Sink.combine([Sink.toArray<number>()]))).toEqual([[1, 2, 3]])
  })

  it("continues with the other sinks when one has cancelled, and cancels with the last one", () => {
    const probe = Probe.sink(() => Sink.combine([Sink.head<number>(), Flow.of<number>().take(2).to(Sink.count())]))
    expect(probe.send(1).cancelled).toBe(undefined)
    expect(probe.send(2).cancelled).toBe(true)
    expect(probe.result).toEqual({ value: [1, 2] })
  })

  it("backpressures when one of the sinks does", () => {
    const slow = () => Flow.of<number>().throttle(1, 10, { burst: 1 }).to(Sink.toArray())
    const probe = Probe.sink(() => Sink.combine([Sink.ignore(), slow()])).send(1, 2)
    expect(probe.demand).toBe(false)
    expect(probe.advance(10).demand).toBe(true)
  })

  it("fails when one of the sinks fails, and cancels with the cause", () => {
    const failing = Sink.forEach((n: number) => {
      if (n === 2) throw error
    })
    const probe = Probe.sink(() => Sink.combine([Sink.count(), failing])).send(1, 2)
    expect(probe.result).toEqual({ error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("fails with the error of upstream", () => {
    expect(both().send(1).fail(error).result).toEqual({ error })
  })

  it("fails once, though all sinks fail", () => {
    const errors: unknown[] = []
    const wiring = new Wiring()
    const graph = Source.failed(error).to(Sink.combine([Sink.ignore(), Sink.count()]))
    wiring.closedChain(graph.chain, undefined, { resolve() {}, reject: (error) => errors.push(error) })
    const host = new ClockHost(new TestClock())
    host.run = new Run(wiring.stages, host)
    host.event(() => host.run?.start())
    expect(errors).toEqual([error])
  })

  it("keeps the results of the sinks that have ended while it hibernates", () => {
    const probe = Probe.sink(() => Sink.combine([Sink.head<undefined>(), Sink.toArray<undefined>()]))
    probe.send(undefined).hibernate().send(undefined).hibernate()
    expect(probe.result).toBe(undefined)
    expect(probe.complete().result).toEqual({ value: [undefined, [undefined, undefined]] })
  })

  it("has nothing to keep before a sink has", () => {
    expect(Probe.sink(() => Sink.combine([Sink.ignore(), Sink.head()])).save()).toEqual([])
  })

  it("is a part of another one", async () => {
    const inner = Sink.combine([Sink.count(), Sink.last<number>()])
    expect(await Source.range(1, 3).runWith(Sink.combine([inner, Sink.head<number>()]))).toEqual([[3, 3], 1])
  })
})
