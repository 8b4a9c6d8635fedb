import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type None, none as nothing } from "../../src/stream/engine/emitter.ts"
import { SourceStage } from "../../src/stream/engine/source-stage.ts"
import { Stage } from "../../src/stream/engine/stage.ts"
import { stageStep } from "../../src/stream/engine/wiring.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { identity, steps } from "../support/operators.ts"
import { apply, scripts } from "../support/script.ts"
import { TestEnvironment } from "../support/test-environment.ts"

const error = new Error("broken")
const none = Source.empty<number>()
const three = () => Source.range(1, 3)
const iterated = () => Source.from(new Set([1, 2, 3]))

/** Ways to put a junction below a source that would emit at once. */
const junctions: Record<string, (source: Source<number>) => Source<unknown>> = {
  nothing: (source) => source,
  merge: (source) => source.merge(none),
  "merge, below": (source) => none.merge(source),
  mergePrioritized: (source) => source.mergePrioritized(none, 1, 1),
  interleave: (source) => source.interleave(none, 1),
  concat: (source) => source.concat(none),
  prepend: (source) => source.prepend(none),
  orElse: (source) => source.orElse(none),
  zip: (source) => source.zip(three()),
  zipLatest: (source) => source.zipLatest(three()),
  broadcast: (source) => source.broadcast(Flow.of<number>(), Flow.of<number>()),
  partition: (source) => source.partition(() => 1, Flow.of<number>(), Flow.of<number>()),
  balance: (source) => source.balance(Flow.of<number>(), Flow.of<number>()),
  alsoTo: (source) => source.alsoTo(Sink.ignore()).merge(none),
  flatMapMerge: (source) => source.flatMapMerge(2, (n) => Source.single(n)),
  recoverWith: (source) => source.recoverWith(() => undefined).merge(none),
  buffer: (source) => source.buffer(2, "backpressure").merge(none),
  mapAsyncPartitioned: (source) =>
    source
      .mapAsyncPartitioned(
        2,
        () => 0,
        (n) => n,
      )
      .merge(none),
  mapAsync: (source) => source.mapAsync(2, (n) => n).merge(none),
}

describe.each(Object.entries(junctions))(
  "above %s no element moves before the whole graph has begun (fault 12)",
  (_, below) => {
    it.each([0, -1])("where take(%d) ends at once", (count) => {
      for (const source of [three, iterated]) {
        const probe = Probe.source(() => below(source().take(count))).unbounded()
        expect(probe.received).toEqual([])
        expect(probe.ended).toBe("completed")
      }
    })

    it("where a sink on the side cancels at once", () => {
      const probe = Probe.source(() => below(three().alsoTo(Sink.cancelled()))).unbounded()
      expect(probe.received).toEqual([])
      expect(probe.ended).toBe("completed")
    })

    it("where it runs into a sink", async () => {
      expect(await below(iterated().take(0)).runWith(Sink.toArray())).toEqual([])
    })

    it("inside a source that was made while the flow runs", () => {
      const source = () => below(three().take(0))
      const made = [
        Probe.source(() => three().flatMapConcat(source)),
        Probe.source(() => three().flatMapMerge(2, source)),
        Probe.source(() => Source.failed(error).recoverWith(source)),
      ]
      for (const probe of made) {
        expect(probe.unbounded().received).toEqual([])
        expect(probe.ended).toBe("completed")
      }
    })
  },
)

/** Records its begin, and the elements that pass it. */
class Gate<T> extends Stage<T, T> {
  constructor(private readonly notes: unknown[]) {
    super()
  }

  override begin(): void {
    this.notes.push("begins")
  }

  push(element: T): boolean {
    this.notes.push(element)
    return this.down.push(element)
  }
}

describe("an element that a stage emits before others have begun waits for them", () => {
  const gate = (notes: unknown[]) => new Flow<number, number>([stageStep("gate", "keeps", () => new Gate(notes))])
  const nested: Record<string, (flow: Flow<number, number>) => Flow<number, number>> = {
    flatMapConcat: (flow) => flow.flatMapConcat((n) => Source.from([n, n])),
    flatMapMerge: (flow) => flow.flatMapMerge(2, (n) => Source.from([n, n])),
    buffer: (flow) => flow.buffer(4, "backpressure"),
  }

  it.each(Object.entries(nested))("%s, after it was restored", (_, operator) => {
    const notes: unknown[] = []
    const probe = Probe.guarded(() => operator(gate(notes)).via(gate(notes))).send(1)
    const [, ...before] = notes.splice(0)
    expect(before).toContain("begins")
    probe.requested = 1
    probe.hibernate()
    expect(notes).toEqual(["begins", "begins", 1])
    expect(probe.early).toBe(0)
  })
})

it("an element that is offered to a queue while another stage begins waits until all have begun", () => {
  const offering = (offer: () => void) => {
    class Offering extends Gate<number> {
      override begin(): void {
        offer()
      }
    }
    return new Flow<number, number>([stageStep("offering", "stateless", () => new Offering([]))])
  }
  let isRestored = false
  const probe = Probe.guarded(() => {
    const queue = Source.queue<number>(4)
    const into = offering(() => isRestored && queue.offer(1)).to(Sink.ignore())
    return Flow.fromSinkAndSource(into, queue.source)
  })
  isRestored = true
  probe.requested = 2
  expect(probe.hibernate().received).toEqual([1])
  expect(probe.early).toBe(0)
})

/** A source that ends, or emits, only after it was restored. */
class Restored extends SourceStage<string> {
  constructor(
    private readonly isRestored: () => boolean,
    private element: string | undefined,
  ) {
    super()
  }

  override begin(): void {
    this.markDirty()
    if (this.isRestored() && this.element === undefined) this.completeDown()
  }

  protected next(): string | None {
    const { element } = this
    if (!this.isRestored() || element === undefined) return nothing
    this.element = undefined
    return element
  }

  protected isDrained(): boolean {
    return false
  }
}

it("a nested source that ends while it begins lets no other source move", () => {
  const notes: unknown[] = []
  let isRestored = false
  const source = (n: number) => {
    const make = () => new Restored(() => isRestored, n === 1 ? undefined : "emitted")
    return new Source<string>([stageStep("restored", "keeps", make)]).log("inner", (...line) => notes.push(line[1]))
  }
  const gate = new Flow<number, number>([stageStep("gate", "keeps", () => new Gate(notes))])
  // The source that emits is restored before the one that ends.
  const probe = Probe.guarded(() => gate.flatMapMerge(2, (n) => source(3 - n)))
  probe.send(1, 2)
  isRestored = true
  notes.length = 0
  probe.requested = 1
  probe.hibernate()
  expect(notes.filter((note) => note !== undefined)).toEqual(["begins", "emitted"])
})

it("a stage has a position only in the flow itself, and not in a nested source", () => {
  const positions: unknown[] = []
  class Placed extends Stage<number, number> {
    override begin(): void {
      positions.push(this.run.positionOf(this))
    }

    push(element: number): boolean {
      return this.down.push(element)
    }
  }
  const placed = new Flow<number, number>([stageStep("placed", "stateless", () => new Placed())])
  const probe = Probe.flow(() => placed.flatMapConcat((n) => Source.single(n).via(placed)))
  probe.unbounded().send(1)
  expect(positions).toEqual([1, undefined])
})

describe("of any operators below one another", () => {
  const anyStep = fc.oneof(...Object.values(steps(1)))
  const anyFlow = fc.array(anyStep, { minLength: 1, maxLength: 4 })

  it("none moves an element before every stage has begun, hibernating or not", () => {
    const property = fc.property(anyFlow, scripts, (below, script) => {
      const environment = new TestEnvironment()
      const make = () => below.reduce((flow, step) => flow.via(step.make(environment)), identity.make(environment))
      const probe = Probe.guarded(make)
      for (const happening of script) {
        apply(happening, probe, environment)
        if (happening.sleeps) probe.hibernate()
      }
      expect(probe.early).toBe(0)
    })
    fc.assert(property, { numRuns: 500 })
  })
})
