import { describe, expect, it } from "vitest"
import { assertDurable } from "../../src/stream/engine/fingerprint.ts"
import { Wiring } from "../../src/stream/engine/wiring.ts"
import { PinnedFlowError, StreamTimeoutError } from "../../src/stream/errors.ts"
import { Flow, type Tail } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

const error = new Error("broken")
const start = (count: number) => Probe.flow(() => Flow.of<number>().prefixAndTail(count))

/** The tail that a probe has received, run between two more ends on the same clock. */
function tailOf({ received, clock }: ReturnType<typeof start>) {
  const tail = received[0]?.[1]
  if (!tail) throw new Error("There is no tail")
  return Probe.source(() => Source.lazy(() => tail), clock)
}

const prefixes = (probe: ReturnType<typeof start>) => probe.received.map(([prefix]) => prefix)

describe("prefixAndTail", () => {
  it.each([
    ["of nothing", 10, 0, [], []],
    ["of less than the prefix", 10, 3, [1, 2, 3], []],
    ["of just the prefix", 3, 3, [1, 2, 3], []],
    ["of more", 2, 4, [1, 2], [3, 4]],
    ["with a prefix of none", 0, 3, [], [1, 2, 3]],
  ])("emits the prefix and the tail %s", async (_, count, length, prefix, rest) => {
    const [head, tail] = await Source.range(1, length).prefixAndTail(count).runWith(Sink.head())
    expect(head).toEqual(prefix)
    expect(await tail.runWith(Sink.toArray())).toEqual(rest)
  })

  it("emits once, and completes while the tail goes on", () => {
    const probe = start(1).unbounded().send(1)
    expect(prefixes(probe)).toEqual([[1]])
    expect(probe.ended).toBe("completed")
    expect(probe.cancelled).toBe(undefined)
  })

  it("requests the prefix on demand only, also an empty one", () => {
    const [one, none] = [start(1), start(0)]
    expect(one.demand).toBe(false)
    expect(one.request(1).demand).toBe(true)
    expect(none.received).toEqual([])
    expect(prefixes(none.request(1))).toEqual([[]])
    expect(none.demand).toBe(false)
  })

  it("keeps a short prefix until there is demand", () => {
    const probe = start(2).complete()
    expect(probe.ended).toBe(undefined)
    expect(prefixes(probe.request(1))).toEqual([[]])
    expect(probe.ended).toBe("completed")
  })

  it("requests an element of the tail when the tail has demand", () => {
    const probe = start(1).unbounded().send(1)
    expect(probe.demand).toBe(false)
    const tail = tailOf(probe)
    expect(probe.demand).toBe(false)
    tail.request(1)
    expect(probe.demand).toBe(true)
    expect(probe.send(2).demand).toBe(false)
    expect(tail.request(1).received).toEqual([2])
    probe.send(3)
    expect(tail.received).toEqual([2, 3])
  })

  it("completes the tail when upstream completes, before or after the tail has started", () => {
    const [before, after] = [start(1).unbounded().send(1), start(1).unbounded().send(1)]
    const tail = tailOf(before).unbounded()
    before.complete()
    after.complete()
    expect(tail.ended).toBe("completed")
    expect(tailOf(after).unbounded().ended).toBe("completed")
  })

  it("fails the tail when upstream fails, before or after the tail has started", () => {
    const [before, after] = [start(1).unbounded().send(1), start(1).unbounded().send(1)]
    const tail = tailOf(before).unbounded()
    before.fail(error)
    after.fail(error)
    expect(tail.ended).toEqual({ failed: error })
    expect(tailOf(after).unbounded().ended).toEqual({ failed: error })
  })

  it("fails when upstream fails before the prefix is complete", () => {
    const probe = start(3).request(1).send(1).fail(error)
    expect(probe.received).toEqual([])
    expect(probe.ended).toEqual({ failed: error })
  })

  it("cancels upstream when downstream cancels before the prefix is complete, or before there is demand", () => {
    expect(start(3).request(1).send(1).cancel().cancelled).toBe(true)
    expect(start(0).cancel().cancelled).toBe(true)
    expect(start(1).cancel(error).cancelled).toEqual({ cause: error })
  })

  it("cancels upstream when the tail cancels, with its cause", () => {
    const [done, failed] = [start(1).unbounded().send(1), start(1).unbounded().send(1)]
    tailOf(done).unbounded().cancel()
    tailOf(failed).unbounded().cancel(error)
    expect(done.cancelled).toBe(true)
    expect(failed.cancelled).toEqual({ cause: error })
  })

  it("continues the tail when downstream has cancelled after the prefix", async () => {
    const [[first], tail] = await Source.range(1, 3).prefixAndTail(1).runWith(Sink.head())
    expect(first).toBe(1)
    expect(await tail.runWith(Sink.toArray())).toEqual([2, 3])
  })

  it("has a tail that runs once", async () => {
    const [, tail] = await Source.range(1, 3).prefixAndTail(1).runWith(Sink.head())
    const all: number[] = []
    const probe = Probe.source(() => Source.lazy(() => tail))
    probe.request(1)
    await expect(tail.runWith(Sink.forEach((n) => all.push(n)))).rejects.toThrow("runs once")
    expect(all).toEqual([])
    expect(probe.unbounded().received).toEqual([2, 3])
    expect(probe.ended).toBe("completed")
  })

  it("cancels upstream when the tail is not run within 5 seconds; the tail fails then", () => {
    const probe = start(1).unbounded().send(1)
    expect(probe.advance(4_999).cancelled).toBe(undefined)
    expect(probe.advance(1).cancelled).toBe(true)
    expect(tailOf(probe).unbounded().ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })

  it.each<[string, (probe: ReturnType<typeof start>) => unknown]>([
    ["runs", (probe) => tailOf(probe).unbounded()],
    ["is empty", (probe) => probe.complete()],
  ])("sets no timer for a tail that %s", (_, act) => {
    const probe = start(1).unbounded().send(1)
    expect(probe.clock.pending).toBe(1)
    act(probe)
    expect(probe.clock.pending).toBe(0)
  })

  it("feeds a tail that runs in the same flow", () => {
    const probe = Probe.flow(() =>
      Flow.of<number>()
        .prefixAndTail(1)
        .flatMapConcat(([prefix, tail]) => Source.from(prefix).concat(tail.map((n) => n * 10))),
    )
    probe.request(2).send(1, 2)
    expect(probe.received).toEqual([1, 20])
    expect(probe.unbounded().send(3).complete().received).toEqual([1, 20, 30])
    expect(probe.ended).toBe("completed")
  })

  it("ends with a tail in the same flow that ends first", () => {
    const probe = Probe.flow(() =>
      Flow.of<number>()
        .prefixAndTail(1)
        .flatMapConcat(([, tail]) => tail.take(2)),
    )
    expect(probe.unbounded().send(1, 2, 3).received).toEqual([2, 3])
    expect(probe.ended).toBe("completed")
    expect(probe.cancelled).toBe(true)
  })

  it("works in the tail of itself, and for 10,000 elements", async () => {
    const all = await Source.range(1, 10_000)
      .prefixAndTail(1)
      .flatMapConcat(([first, rest]) =>
        rest.prefixAndTail(1).flatMapConcat(([second, tail]) => Source.from([...first, ...second]).concat(tail)),
      )
      .runWith(Sink.toArray())
    expect(all).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1))
  })

  it("keeps the timers of upstream for the tail", async () => {
    const clock = new TestClock()
    let rest: Tail<number> | undefined
    const keep = Sink.forEach<[number[], Tail<number>]>(([, tail]) => {
      rest = tail
    })
    const ticks = Flow.of<number>().merge(Source.tick("1 second"))
    void Source.never<number>().via(ticks.prefixAndTail(1)).runWith(keep, { clock })
    const received = rest?.take(2).runWith(Sink.toArray(), { clock })
    clock.advance(2_000)
    expect(await received).toEqual([1, 2])
  })

  it("is refused in a Durable Object, and the error names the remedy", () => {
    const wiring = new Wiring()
    wiring.chain(Flow.of<number>().prefixAndTail(1).chain, undefined)
    const refused = () => assertDurable(wiring.steps)
    expect(refused).toThrow(PinnedFlowError)
    expect(refused).toThrow("use flatMapPrefix")
  })

  it.each([-1, 1.5, Number.NaN])("takes no %d for a count", (count) => {
    expect(() => Flow.of().prefixAndTail(count)).toThrow(RangeError)
  })
})
