import { describe, expect, it } from "vitest"
import { ClockHost } from "../../src/stream/clock-host.ts"
import { assertDurable, fingerprint } from "../../src/stream/engine/fingerprint.ts"
import { Run, type Saved } from "../../src/stream/engine/run.ts"
import { Wiring } from "../../src/stream/engine/wiring.ts"
import { RestoreError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

const error = new Error("broken")

/** Everything that makes a source while a flow runs, with a source that has begun and is not done. */
const nested: Record<string, (source: () => Source<number>) => Probe<number, number>> = {
  flatMapConcat: (source) => Probe.flow(() => Flow.of<number>().flatMapConcat(source)).send(0),
  flatMapMerge: (source) => Probe.flow(() => Flow.of<number>().flatMapMerge(2, source)).send(0, 0),
  recoverWith: (source) => Probe.flow(() => Flow.of<number>().recoverWith(source)).fail(error),
  lazy: (source) => Probe.source(() => Source.lazy(source)),
  "flatMapConcat in lazy": (source) => Probe.source(() => Source.lazy(() => Source.single(0).flatMapConcat(source))),
}

describe.each(Object.entries(nested))("a source that changes in a deploy, in %s (fault 10)", (_, start) => {
  function deployed(before: Source<number>, after: Source<number>) {
    let source = before
    const probe = start(() => source).request(1)
    source = after
    return probe
  }
  const counted = () => Source.range(1, 5).map((n) => n)

  it("continues if its steps are the same", () => {
    expect(deployed(counted(), counted()).hibernate().request(1).received).toEqual(
      deployed(counted(), counted()).request(1).received,
    )
  })

  it("gets no state of the other: restoring throws", () => {
    const seen: unknown[] = []
    const changed = counted()
      .scan(100, (sum, n) => sum + n)
      .log("changed", (...line) => seen.push(line))
    const probe = deployed(counted(), changed)
    expect(() => probe.hibernate()).toThrow(RestoreError)
    expect(seen).toEqual([])
    expect(probe.received).toEqual([1])
  })

  it("is distinguished from one with fewer steps, and from one whose own inner source has changed", () => {
    const inner = (source: Source<number>) => Source.single(0).flatMapConcat(() => source)
    expect(() => deployed(counted(), Source.range(1, 5)).hibernate()).toThrow(RestoreError)
    expect(() => deployed(inner(counted()), inner(Source.range(1, 5))).hibernate()).toThrow(RestoreError)
    expect(() => deployed(inner(counted()), inner(counted())).hibernate()).not.toThrow()
  })
})

describe("a snapshot that does not fit", () => {
  it("throws before any stage has started", () => {
    const started: unknown[] = []
    let source = Source.range(1, 5)
    const probe = Probe.flow(() =>
      Flow.of<number>()
        .alsoTo(Flow.of<number>().to(Sink.onComplete((end) => started.push(end))))
        .flatMapConcat(() => source)
        .recover(() => 0)
        .statefulMap(
          () => started.push("created"),
          (state, n) => [state, n],
          () => void started.push("ended"),
        ),
    )
    probe.request(1).send(0)
    started.length = 0
    source = source.map((n) => n)
    expect(() => probe.hibernate()).toThrow('"flatMapConcat", step 3 of the flow: the function makes another source')
    expect(started).toEqual([])
  })

  it("is one of recoverWith whose function now lets the error pass", () => {
    let source: Source<number> | undefined = Source.range(1, 5)
    const probe = Probe.flow(() => Flow.of<number>().recoverWith(() => source)).fail(error)
    source = undefined
    expect(() => probe.hibernate()).toThrow(RestoreError)
  })

  it("is one with more stages than the flow has", () => {
    const make = [() => Flow.of<number>().drop(1).drop(2).drop(3), () => Flow.of<number>()]
    let deploy = 0
    const probe = Probe.flow(() => make[deploy]?.() ?? Flow.of<number>()).unbounded()
    probe.send(1, 2, 3, 4)
    deploy++
    expect(() => probe.hibernate()).toThrow(RestoreError)
  })
})

describe("a change to be saved", () => {
  const counting = () =>
    Flow.of<number>()
      .drop(2)
      .scan(0, (sum, n) => sum + n)
      .zipWithIndex()

  it("is reported once for all changes between two saves (fault 4)", () => {
    const probe = Probe.flow(counting).unbounded()
    probe.save()
    for (const n of [1, 2, 3]) {
      expect(probe.send(n, n).changes).toBe(1)
      probe.save()
      expect(probe.changes).toBe(0)
    }
    expect(probe.hibernate().send(4).received.at(-1)).toEqual([14, 5])
  })

  it("is saved in the order of the flow", () => {
    const probe = Probe.flow(counting).unbounded().send(1, 2, 3)
    expect(probe.save().map(([position]) => position)).toEqual([1, 2, 3])
  })
})

describe("a snapshot that was not made by these stages", () => {
  it.each([
    ["nothing like it", [[0, 0, undefined, "nonsense"]]],
    ["a state that cannot be read", [[0, 0, undefined, 7]]],
    ["a stage that there is not", [[7, 0, undefined, 1]]],
    ["no position", [[-1, 0, undefined, 1]]],
  ] as const)("throws: %s", (_, entries) => {
    const wiring = new Wiring()
    wiring.chain(Flow.of<number>().flatMapConcat(() => Source.empty<number>()).chain, undefined)
    const host = new ClockHost(new TestClock())
    const run = new Run(wiring.stages, host)
    const snapshot = entries.map(([position, closed, due, state]): Saved => [position, closed, due, state])
    expect(() => run.start(snapshot)).toThrow(RestoreError)
  })
})

describe("the fingerprint", () => {
  const steps = (flow: Flow<number, unknown>) => flow.chain
  const counter = steps(Flow.of<number>().scan(0, (n) => n + 1))

  it("distinguishes steps by their names and order", () => {
    const flow = Flow.of<number>()
    const shapes = [flow.take(1), flow.drop(1), flow.take(1).drop(1), flow.drop(1).take(1), flow]
    expect(new Set(shapes.map((shape) => fingerprint(steps(shape)))).size).toBe(shapes.length)
    expect(fingerprint(steps(flow.take(1)))).toBe(fingerprint(steps(flow.take(2))))
  })

  it("has the author's version in it (fault 10)", () => {
    const versions = [undefined, "1", "2", 2.5, "", "scan"].map((version) => fingerprint(counter, version))
    expect(new Set(versions).size).toBe(versions.length)
    expect(fingerprint(counter, "1")).toBe(fingerprint(counter, "1"))
    expect(fingerprint(counter, 1)).toBe(fingerprint(counter, "1"))
  })

  it("does not show whether a flow is durable", () => {
    expect(() => assertDurable(counter)).not.toThrow()
  })
})
