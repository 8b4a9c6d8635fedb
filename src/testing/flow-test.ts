import type { Duration } from "../stream/duration.ts"
import { Flow } from "../stream/flow.ts"
import { ExpectationError } from "./errors.ts"
import { isEqual } from "./match.ts"
import { Probe } from "./probe/probe.ts"
import { show } from "./show.ts"
import { TestClock } from "./test-clock.ts"

/**
 * Runs a flow on a clock that stands still, between an input and an output that the test moves. `sleep` saves the flow, throws
 * the instance away and goes on with a new one, as an object does that hibernates.
 *
 * @param make makes the flow, and again after each sleep. It may close over no state; a test finds such state
 * @example
 * ```ts
 * const counting = () => Flow.of<string>().scan(0, (count) => count + 1)
 * flowTest(counting).send("a").sleep().send("b").expect(0, 1, 2).advance("1 minute").expectNothing()
 * ```
 */
export function flowTest<In, Out>(make: () => Flow<In, Out>, clock: TestClock = new TestClock()): FlowTest<In, Out> {
  if (typeof make !== "function") {
    throw new TypeError(
      "flowTest takes the function that makes the flow, and got the flow itself: a flow that is made once keeps what its closures hold. Write flowTest(() => flow)",
    )
  }
  return new FlowTest(make, clock)
}

/** A flow under test. */
export class FlowTest<In, Out> {
  private readonly probe: Probe<In, Out>
  /** How much of what came out was expected. */
  private seen = 0
  private asked = false

  constructor(
    make: () => Flow<In, Out>,
    readonly clock: TestClock,
  ) {
    this.probe = Probe.flow(() => checked(make()), clock)
  }

  /** Sends elements into the flow; an error where it asks for none. */
  send(...elements: In[]): this {
    this.start()
    for (const element of elements) {
      if (!this.probe.demand) throw new ExpectationError(`The flow does not ask for ${show(element)}${this.state}`)
      this.probe.send(element)
    }
    return this
  }

  /** Asks for so many elements. Without it the flow may emit as many as it likes. */
  request(count: number): this {
    this.asked = true
    this.probe.request(count)
    return this
  }

  /** The flow is saved, and goes on in a new instance. */
  sleep(): this {
    this.start()
    this.probe.hibernate()
    return this
  }

  /** Time goes by, and every timer fires when it is due. */
  advance(duration: Duration): this {
    this.start()
    this.clock.advance(duration)
    return this
  }

  /** The client sends nothing more. */
  complete(): this {
    this.start()
    this.probe.complete()
    return this
  }

  /** The input fails. */
  fail(error: unknown): this {
    this.start()
    this.probe.fail(error)
    return this
  }

  /** The output is wanted no more. */
  cancel(cause?: unknown): this {
    this.start()
    this.probe.cancel(cause)
    return this
  }

  /** The next elements that came out are these. */
  expect(...elements: Out[]): this {
    this.start()
    const next = this.probe.received.slice(this.seen, this.seen + elements.length)
    if (!isEqual(next, elements)) {
      throw new ExpectationError(`Expected ${list(elements)}, and ${this.rest()}`, elements, next)
    }
    this.seen += elements.length
    return this
  }

  /** Nothing has come out but what was expected. */
  expectNothing(): this {
    this.start()
    if (this.probe.received.length > this.seen) {
      throw new ExpectationError(`Expected nothing, and ${this.rest()}`, [], this.probe.received.slice(this.seen))
    }
    return this
  }

  /** The flow has completed, and nothing has come out but what was expected. */
  expectCompleted(): this {
    this.expectNothing()
    if (this.probe.ended !== "completed") {
      throw new ExpectationError(`Expected the flow to complete, and it ${this.end}`, "completed", this.probe.ended)
    }
    return this
  }

  /** The flow has failed with an error that matches: its class, or what is in its message. */
  expectFailure(error?: string | RegExp | (abstract new (...args: never[]) => unknown)): this {
    this.start()
    const { ended } = this.probe
    const failed = typeof ended === "object" ? ended.failed : undefined
    if (typeof ended !== "object" || !fits(failed, error)) {
      throw new ExpectationError(`Expected the flow to fail with ${String(error)}, and it ${this.end}`, error, failed)
    }
    return this
  }

  /** What came out, all of it. */
  get received(): readonly Out[] {
    return this.probe.received
  }

  /** Whether the flow would take an element. */
  get demand(): boolean {
    this.start()
    return this.probe.demand
  }

  /** A flow emits without being asked, unless the test asks itself. */
  private start(): void {
    if (this.asked) return
    this.asked = true
    this.probe.unbounded()
  }

  private rest(): string {
    const rest = this.probe.received.slice(this.seen)
    const came = rest.length === 0 ? "nothing came" : `${list(rest)} came`
    return `${came}${this.state}`
  }

  private get state(): string {
    return this.probe.ended === undefined ? "" : `; the flow ${this.end}`
  }

  private get end(): string {
    const { ended } = this.probe
    if (ended === undefined) return "runs on"
    return ended === "completed" ? "has completed" : `has failed with ${show(ended.failed)}`
  }
}

const list = (elements: readonly unknown[]) => elements.map(show).join(", ")

function fits(failed: unknown, error?: string | RegExp | (abstract new (...args: never[]) => unknown)): boolean {
  if (error === undefined) return true
  if (typeof error === "function") return failed instanceof error
  const message = failed instanceof Error ? failed.message : String(failed)
  return typeof error === "string" ? message.includes(error) : error.test(message)
}

function checked<In, Out>(flow: Flow<In, Out>): Flow<In, Out> {
  if (flow instanceof Flow) return flow
  throw new TypeError(`The function of a flowTest must return a Flow, and returned ${show(flow)}`)
}
