import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { stageStep } from "../../src/stream/engine/wiring.ts"
import { Flow } from "../../src/stream/flow.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Scan } from "../../src/stream/stages/elementwise.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { identity, type Numbers, steps } from "../support/operators.ts"
import { disconnected, offered, type Plan, sinks, sinkTable, sources, sourceTable } from "../support/plans.ts"
import { observe, scripts } from "../support/script.ts"

const runs = { flows: 4_000, sources: 1_000, sinks: 1_000, operators: 100 }

const operators = steps(1)
const anyStep = fc.oneof(...Object.values(operators))
const anySource = sources(anyStep)
const anySink = sinks(anyStep)
const withOffers = offered.map(({ text, make }): Plan<Numbers> => {
  return { text: `merge(${text})`, make: (world) => Flow.of<number>().merge(make(world)) }
})

/** A random flow: one in four starts with two unconnected ends. */
const anyFlow = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(identity) },
      { weight: 1, arbitrary: disconnected(anySource, anySink) },
    ),
    fc.array(fc.oneof({ weight: 9, arbitrary: anyStep }, { weight: 1, arbitrary: withOffers }), {
      maxLength: 5,
      size: "max",
    }),
  )
  .map(([ends, below]): Plan<Numbers> => {
    const text = [ends, ...below].map((step) => step.text).join(".")
    return { text, make: (world) => below.reduce((flow, step) => flow.via(step.make(world)), ends.make(world)) }
  })

/** Checks that hibernation changes no output of blueprints made by `plans`. */
function sleepIsInvisible<T>(
  plans: fc.Arbitrary<Plan<T>>,
  start: (make: () => T) => Probe<number, unknown>,
  numRuns: number,
) {
  const shown = plans.map((plan) => ({ ...plan, [fc.toStringMethod]: () => plan.text }))
  const property = fc.property(shown, scripts, ({ make }, script) => {
    const run = (sleeps: boolean) => observe((world) => start(() => make(world)), script, sleeps)
    expect(run(true)).toEqual(run(false))
  })
  fc.assert(property, { numRuns })
}

function methodsOf(prototype: object): string[] {
  const own = Object.getOwnPropertyNames(prototype)
  const parent: object = Object.getPrototypeOf(prototype)
  return parent === Object.prototype ? own : [...own, ...methodsOf(parent)]
}

const staticsOf = (type: object) =>
  Object.getOwnPropertyNames(type).filter((name) => !/^(length|name|prototype)$/.test(name))

describe("hibernation is invisible", () => {
  it("in a flow", () => {
    sleepIsInvisible(anyFlow, (make) => Probe.flow(make), runs.flows)
  })

  it("in a source", () => {
    sleepIsInvisible(anySource, (make) => Probe.source(make), runs.sources)
  })

  const settings = { minBackoff: 5, maxBackoff: 20, randomFactor: 0 }

  it("in a source that restarts", () => {
    const counts = fc.constantFrom(0, 2, 100)
    const restarting = fc
      .tuple(anySource, counts, fc.boolean())
      .map(([source, maxRestarts, always]): Plan<Source<number>> => {
        const start = always ? RestartSource.withBackoff : RestartSource.onFailuresWithBackoff
        const text = `restart(${source.text}, ${maxRestarts}, ${always})`
        return { text, make: (world) => start({ ...settings, maxRestarts }, () => source.make(world)) }
      })
    sleepIsInvisible(restarting, (make) => Probe.source(make), runs.sources)
  })

  it("in a flow that restarts", () => {
    const counts = fc.constantFrom(0, 2, 100)
    const restarting = fc.tuple(anyStep, counts, fc.boolean()).map(([flow, maxRestarts, always]): Plan<Numbers> => {
      const start = always ? RestartFlow.withBackoff : RestartFlow.onFailuresWithBackoff
      const text = `restart(${flow.text}, ${maxRestarts}, ${always})`
      return { text, make: (world) => start({ ...settings, maxRestarts }, () => flow.make(world)) }
    })
    sleepIsInvisible(restarting, (make) => Probe.flow(make), runs.sources)
  })

  it("in the result of a sink", () => {
    sleepIsInvisible(anySink, (make) => Probe.sink(make), runs.sinks)
  })

  it.each(Object.entries(operators))("in a flow of %s alone", (_, operator) => {
    sleepIsInvisible(operator, (make) => Probe.flow(make), runs.operators)
  })

  it("but not if a stage does not save its state", () => {
    class Forgetful extends Scan<number, number> {
      override save(): undefined {}
    }
    const forgetful = stageStep("forgetful", "keeps", () => new Forgetful(0, (sum, n) => sum + n))
    const plan = { text: "forgetful", make: () => new Flow<number, number>([forgetful]) }
    expect(() => sleepIsInvisible(fc.constant(plan), (make) => Probe.flow(make), 200)).toThrow("Property failed")
  })

  it("but not if a function keeps state of its own", () => {
    const make = () => {
      let count = 0
      return Flow.of<number>().map((n) => n + count++)
    }
    expect(() => sleepIsInvisible(fc.constant({ text: "", make }), (make) => Probe.flow(make), 200)).toThrow(
      "Property failed",
    )
  })
})

describe("the list is complete", () => {
  it("of the operators", () => {
    const internal = ["constructor", "of", "identity", "rest", "with", "stage", "concatStage"]
    // The scripts here are synchronous, and these wait for promises. `to` makes a sink, and every sink here is made by it.
    const elsewhere = ["mapAsync", "mapAsyncUnordered", "mapAsyncPartitioned", "foldAsync", "to"]
    // It cannot hibernate.
    elsewhere.push("prefixAndTail")
    expect(new Set(methodsOf(Flow.prototype))).toEqual(new Set([...internal, ...elsewhere, ...Object.keys(operators)]))
  })

  it("of the flows of two ends", () => {
    expect(staticsOf(Flow)).toEqual(["of", "fromSinkAndSource", "fromSinkAndSourceCoupled"])
  })

  it("of the sources", () => {
    // Two wait for promises. The delivered times of a schedule are known to the clock of a target only.
    const elsewhere = ["fromAsync", "fromPromise", "schedule"]
    expect(new Set(staticsOf(Source))).toEqual(new Set([...elsewhere, ...Object.keys(sourceTable)]))
  })

  it("of the sinks", () => {
    expect(staticsOf(Sink).toSorted()).toEqual(Object.keys(sinkTable).toSorted())
  })
})

describe("former bugs of hibernation stay fixed:", () => {
  it("flatMapConcat requests an element while a source runs", () => {
    const probe = Probe.flow(() => Flow.of<number>().flatMapConcat(() => Source.single(1))).send(0)
    expect(probe.demand).toBe(false)
    expect(probe.hibernate().demand).toBe(false)
  })

  it("flatMapConcat drops a source that had continued after a failure", () => {
    const seen: number[] = []
    const ticks = Source.tick(10, { initialDelay: 10 }).alsoTo(Sink.forEach((n) => seen.push(n)))
    const probe = Probe.flow(() => Flow.of<number>().flatMapConcat(() => ticks))
    probe.unbounded().send(0).fail(new Error("over")).advance(50)
    expect(seen).toEqual([])
    expect(probe.clock.pending).toBe(0)
  })

  it("merge holds back the element that had arrived", () => {
    const probe = Probe.flow(() => Flow.of<number>().merge(Source.never()))
    expect(probe.send(1).hibernate().request(1).received).toEqual([1])
  })

  it("zipLatest loses the one element it has had", () => {
    const probe = Probe.flow(() => Flow.of<number>().zipLatest(Source.tick(10, { initialDelay: 10 }))).unbounded()
    expect(probe.hibernate().send(1).hibernate().advance(10).received).toEqual([[1, 0]])
  })

  it("a tick that was switched on while another was overdue fires for the times before", () => {
    let running = false
    const other = Source.tick(10).map((n) => `other ${n}`)
    const probe = Probe.source(() => Source.tick(10, { while: () => running }).merge(other)).unbounded()
    probe.clock.stall(45)
    running = true
    expect(probe.request(0).hibernate().advance(0).received).toEqual(["other 0", "other 4"])
    expect(probe.advance(5).received).toEqual(["other 0", "other 4", 5, "other 5"])
  })

  it("an ended queue takes offered elements", () => {
    let queue = Source.queue<number>(1)
    const probe = Probe.source(() => {
      queue = Source.queue<number>(1)
      return queue.source
    })
    queue.offer(1)
    expect(queue.offer(2)).toBe("failed")
    probe.hibernate()
    expect(queue.offer(3)).toBe("closed")
  })
})
