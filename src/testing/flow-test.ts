import type { Duration } from "../stream/duration.ts"
import type { Flow } from "../stream/flow.ts"
import { ExpectationError, requireExpected } from "./errors.ts"
import { checkedMake } from "./made-flow.ts"
import { isEqual } from "./match.ts"
import { Probe } from "./probe/probe.ts"
import { show } from "./show.ts"
import { TestClock } from "./test-clock.ts"

/**
 * Runs a flow between an input and an output that the test controls, on a clock that only the test advances. `sleep` saves the
 * flow, discards the instance and continues with a new one, as in an object that hibernates.
 *
 * @param make makes the flow, at the start and again after each sleep. State in its closures is lost by a sleep, as in an eviction
 * @param clock shared by flows that share the time. Default: a new clock, at 0
 * @throws a `TypeError` for a `make` that is no function or returns no flow
 * @example
 * ```ts
 * const counting = () => Flow.of<string>().scan(0, (count) => count + 1)
 * flowTest(counting).send("a").sleep().send("b").expect(0, 1, 2).advance("1 minute").expectNothing()
 * ```
 */
export function flowTest<In, Out>(make: () => Flow<In, Out>, clock: TestClock = new TestClock()): FlowTest<In, Out> {
  return new FlowTest(checkedMake("flowTest", make), clock)
}

/** A flow under test. Its expectations throw an `ExpectationError`. */
export class FlowTest<In, Out> {
  private readonly probe: Probe<In, Out>
  /** The number of received elements that were expected. */
  private seen = 0
  private asked = false

  constructor(
    make: () => Flow<In, Out>,
    readonly clock: TestClock,
  ) {
    this.probe = Probe.flow(make, clock)
  }

  /** Sends elements into the flow. Throws an `ExpectationError` for an element for which the flow has no demand. */
  send(...elements: In[]): this {
    this.start()
    for (const element of elements) {
      if (!this.probe.demand) throw new ExpectationError(`The flow does not ask for ${show(element)}${this.state}`)
      this.probe.send(element)
    }
    return this
  }

  /** Requests `count` more elements. The demand is unlimited unless this is called first, before the flow is used. */
  request(count: number): this {
    this.asked = true
    this.probe.request(count)
    return this
  }

  /**
   * Saves the flow, and continues in a new instance that is restored from the saved state. Throws a `PinnedFlowError` for a flow that
   * cannot hibernate.
   */
  sleep(): this {
    this.start()
    this.probe.hibernate()
    return this
  }

  /** Advances the clock. Every timer fires when it is due. */
  advance(duration: Duration): this {
    this.start()
    this.clock.advance(duration)
    return this
  }

  /** Completes the input, as when the client closes. */
  complete(): this {
    this.start()
    this.probe.complete()
    return this
  }

  /** Fails the input with `error`. */
  fail(error: unknown): this {
    this.start()
    this.probe.fail(error)
    return this
  }

  /** Cancels the output; with a `cause`, because downstream has failed with it. */
  cancel(cause?: unknown): this {
    this.start()
    this.probe.cancel(cause)
    return this
  }

  /** Expects that the next elements of the output equal these. Throws a `TypeError` without elements. */
  expect(...elements: Out[]): this {
    requireExpected(elements)
    this.start()
    const next = this.probe.received.slice(this.seen, this.seen + elements.length)
    if (!isEqual(next, elements)) {
      throw new ExpectationError(`Expected ${list(elements)}, and ${this.rest()}`, elements, next)
    }
    this.seen += elements.length
    return this
  }

  /** Expects that the output has no element beyond those that were expected. */
  expectNothing(): this {
    this.start()
    if (this.probe.received.length > this.seen) {
      throw new ExpectationError(`Expected nothing, and ${this.rest()}`, [], this.probe.received.slice(this.seen))
    }
    return this
  }

  /** Expects that the flow has completed, and that the output has no element beyond those that were expected. */
  expectCompleted(): this {
    this.expectNothing()
    if (this.probe.ended !== "completed") {
      throw new ExpectationError(`Expected the flow to complete, and it ${this.end}`, "completed", this.probe.ended)
    }
    return this
  }

  /** Expects that the flow has failed: with an error of a class, or with a string or a pattern in its message. Default: with any. */
  expectFailure(error?: string | RegExp | (abstract new (...args: never[]) => unknown)): this {
    this.start()
    const { ended } = this.probe
    const failed = typeof ended === "object" ? ended.failed : undefined
    if (typeof ended !== "object" || !fits(failed, error)) {
      throw new ExpectationError(`Expected the flow to fail${withError(error)}, and it ${this.end}`, error, failed)
    }
    return this
  }

  /** All elements of the output. */
  get received(): readonly Out[] {
    return this.probe.received
  }

  /** Whether the flow has demand for an element. */
  get demand(): boolean {
    this.start()
    return this.probe.demand
  }

  /** Makes the demand unlimited, unless the test has called `request`. */
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
    return this.probe.ended === undefined && !this.probe.cancelled ? "" : `; the flow ${this.end}`
  }

  private get end(): string {
    const { ended, cancelled } = this.probe
    if (ended === undefined) return cancelled ? "takes no more input" : "runs on"
    return ended === "completed" ? "has completed" : `has failed with ${show(ended.failed)}`
  }
}

const list = (elements: readonly unknown[]) => elements.map(show).join(", ")

/** The class of an error, or a part of its message. */
type Failure = string | RegExp | (abstract new (...args: never[]) => unknown)

function withError(error?: Failure): string {
  if (error === undefined) return ""
  return ` with ${error instanceof RegExp ? String(error) : typeof error === "string" ? show(error) : error.name}`
}

function fits(failed: unknown, error?: Failure): boolean {
  if (error === undefined) return true
  if (typeof error === "function") return failed instanceof error
  const message = failed instanceof Error ? failed.message : String(failed)
  // Not `test`, which continues after the last match of a global pattern.
  return typeof error === "string" ? message.includes(error) : message.search(error) >= 0
}
