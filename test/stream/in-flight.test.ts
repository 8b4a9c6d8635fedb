import { describe, expect, it } from "vitest"
import { ClockHost } from "../../src/stream/clock-host.ts"
import { Run } from "../../src/stream/engine/run.ts"
import { Wiring } from "../../src/stream/engine/wiring.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { QueueContent, QueueStage } from "../../src/stream/stages/queue.ts"
import { ForEach } from "../../src/stream/stages/sinks.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

/** A flow downstream of an entry that the test drives. */
class Running {
  private readonly content = new QueueContent<string>(16, "fail")
  private readonly entry = new QueueStage(this.content)
  private readonly clock = new TestClock()

  constructor(flow: Flow<string, unknown>) {
    const wiring = new Wiring()
    wiring.add(new ForEach(() => {}), wiring.chain(flow.chain, wiring.add(this.entry, undefined)))
    const host = new ClockHost(this.clock)
    const run = new Run(wiring.stages, host)
    host.run = run
    host.event(() => run.start())
  }

  send(...elements: string[]): this {
    for (const element of elements) this.content.offer(element)
    return this
  }

  complete(): this {
    this.content.end()
    return this
  }

  advance(duration: number): this {
    this.clock.advance(duration)
    return this
  }

  get hasInFlight(): boolean {
    return this.entry.hasInFlight()
  }
}

const flow = Flow.of<string>()
const slow = flow.delay(1_000)
const late = flow.delay(2_000)

describe("hasInFlight", () => {
  it("is true while an element may still come in", () => {
    expect(new Running(flow).hasInFlight).toBe(true)
    expect(new Running(flow).send("a").hasInFlight).toBe(true)
  })

  it("is false when the input has ended and no element was held up", () => {
    expect(new Running(flow.map(String)).send("a").complete().hasInFlight).toBe(false)
  })

  it("is false below the last stage", () => {
    expect(new ForEach(() => {}).down.hasInFlight()).toBe(false)
  })

  it("is true while an element is still on its way", () => {
    const running = new Running(slow).send("a").complete()
    expect(running.hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("is true while an element from before the flow cancelled its input is still on its way", () => {
    const running = new Running(flow.take(1).via(slow)).send("a")
    expect(running.hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("is true while elements wait for demand", () => {
    const running = new Running(flow.throttle(1, "1 second")).send("a", "b", "c").complete()
    expect(running.advance(1_000).hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("counts elements for the sink of a disconnected flow, and not those of its source", () => {
    const running = new Running(Flow.fromSinkAndSource(slow.to(Sink.ignore()), Source.tick(1))).send("a").complete()
    expect(running.hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("counts the elements of a source whose sink has ended it", () => {
    const numbers = Source.range(1, 3).concat(Source.never())
    const running = new Running(Flow.fromSinkAndSourceCoupled(Sink.head<string>(), numbers).delay(1_000)).send("a")
    expect(running.hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("is false when a sink has completed", () => {
    expect(new Running(Flow.fromSinkAndSource(Sink.head<string>(), Source.never())).send("a").hasInFlight).toBe(false)
  })
})

describe("hasInFlight at a junction with a source", () => {
  it("is false when all elements have passed it, although the source continues", () => {
    const running = new Running(flow.merge(Source.tick(1)))
    expect(running.send("a").hasInFlight).toBe(true)
    expect(running.complete().hasInFlight).toBe(false)
  })

  it("is true while the junction has not taken an element", () => {
    const running = new Running(flow.zip(Source.tick(1_000, { initialDelay: 1_000 }))).send("a").complete()
    expect(running.hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("is false once the junction is cancelled, with any elements left (fault 4)", () => {
    const running = new Running(flow.zip(Source.never()).takeWithin(1_000)).send("a").complete()
    expect(running.hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("ends at the junction, after which elements cannot be distinguished from those of the source", () => {
    expect(new Running(flow.merge(Source.never()).delay(1_000)).send("a").complete().hasInFlight).toBe(false)
  })

  it("continues after the junction when the source has ended", () => {
    const running = new Running(flow.merge(Source.empty()).delay(1_000)).send("a").complete()
    expect(running.hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })
})

describe("hasInFlight at a fork", () => {
  it("is true while one of the branches has one", () => {
    const running = new Running(flow.broadcast(slow, late)).send("a").complete()
    expect(running.advance(1_000).hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("counts a branch that ends in a sink", () => {
    const running = new Running(flow.alsoTo(slow.to(Sink.ignore()))).send("a").complete()
    expect(running.hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })

  it("counts elements after the join of the branches", () => {
    const running = new Running(flow.broadcast(slow, flow).via(slow)).send("a").complete()
    expect(running.advance(1_000).hasInFlight).toBe(true)
    expect(running.advance(1_000).hasInFlight).toBe(false)
  })
})
