import { requirePositiveInteger } from "./argument.ts"
import type { BlueprintKind } from "./blueprint.ts"
import { aFlow, anArray, anAsyncIterable, anIterable, aSink, chainOf, checkArgument, checkFunctions } from "./checks.ts"
import { type Duration, toMilliseconds } from "./duration.ts"
import type { Stage } from "./engine/stage.ts"
import { type Chain, stageStep } from "./engine/wiring.ts"
import { Flow } from "./flow.ts"
import { RunnableGraph, type RunOptions } from "./graph.ts"
import { RecoverOperators } from "./operators/recover.ts"
import type { DropStrategy } from "./overflow.ts"
import { requireDropStrategy } from "./overflow.ts"
import type { Sink } from "./sink.ts"
import { SourceQueue } from "./source-queue.ts"
import { FromAsync, FromPromise } from "./stages/async-source.ts"
import { Lazy } from "./stages/lazy.ts"
import { QueueContent, QueueStage } from "./stages/queue.ts"
import { Schedule } from "./stages/schedule.ts"
import { Failed, Indexed, Iterate, Never, Repeat, range, Unfold } from "./stages/sources.ts"
import { Tick } from "./stages/tick.ts"

interface SourceKind extends BlueprintKind {
  readonly type: Source<this["out"]>
  readonly flow: Flow<this["in"], this["out"]>
}

/**
 * Where a stream comes from: elements of type `Out`. An immutable blueprint; the operators return new ones.
 *
 * @example
 * ```ts
 * await Source.range(1, 3).map((n) => n * n).runWith(Sink.toArray()) // [1, 4, 9]
 * ```
 */
export class Source<out Out> extends RecoverOperators<SourceKind, never, Out> {
  get [Symbol.toStringTag](): "Source" {
    return "Source"
  }

  /**
   * No element at all.
   *
   * - **Completes when** it starts
   * - **Hibernates:** keeps that it is over
   */
  static empty<T = never>(): Source<T> {
    return source("empty", () => new Indexed<T>(0, () => undefined as T))
  }

  /**
   * Neither an element nor an end.
   *
   * - **Completes when** never
   * - **Hibernates:** stateless
   */
  static never<T = never>(): Source<T> {
    return new Source([stageStep("never", "stateless", () => new Never())])
  }

  /**
   * One element.
   *
   * - **Completes when** the element was emitted
   * - **Hibernates:** keeps whether it was
   */
  static single<T>(element: T): Source<T> {
    return source("single", () => new Indexed(1, () => element))
  }

  /**
   * The elements of an iterable, which is iterated anew for every run, and after hibernation as far as it had come: it
   * has to be the same each time. A generator object, which can be iterated once only, pins the object.
   *
   * - **Completes when** the iterable ends
   * - **Hibernates:** keeps how many were emitted; a generator object pins the object
   */
  static from<T>(iterable: Iterable<T>): Source<T> {
    if (Array.isArray(iterable)) return source("from", () => Indexed.of<T>(iterable))
    checkArgument("from: iterable", iterable, anIterable)
    const once = Object.is(iterable[Symbol.iterator](), iterable)
    const instead = "give from the elements as an array, or use unfold"
    return new Source([stageStep("from", once ? "pinned" : "keeps", () => new Iterate(iterable), instead)])
  }

  /**
   * The elements of an async iterable, asked for one at a time.
   *
   * - **Completes when** the iterable ends
   * - **Hibernates:** pins the object: a live iterator cannot be kept
   */
  static fromAsync<T>(iterable: AsyncIterable<T>): Source<T> {
    checkArgument("fromAsync: iterable", iterable, anAsyncIterable)
    const instead = "keep what it reads in storage and use unfold with mapAsync"
    return new Source([stageStep("fromAsync", "pinned", () => new FromAsync(iterable), instead)])
  }

  /**
   * What a promise resolves to. `make` is called on the first demand, and again where the object slept before the promise
   * was settled: at least once.
   *
   * - **Completes when** the element was emitted; a rejection fails the stream
   * - **Hibernates:** keeps whether the element was emitted
   */
  static fromPromise<T>(make: () => Promise<T> | T): Source<T> {
    return source("fromPromise", () => new FromPromise(make), { make })
  }

  /**
   * Whole numbers from `first` to `last`, both included, every `step`th of them. `last` may be `Infinity`; a `RangeError`
   * for other numbers, and for a `step` of 0.
   *
   * - **Completes when** `last` was reached
   * - **Hibernates:** keeps how many were emitted
   */
  static range(first: number, last: number, step = 1): Source<number> {
    return source("range", range(first, last, step))
  }

  /**
   * The source that `make` returns, made on the first demand. After hibernation `make` is called again, and the source goes on
   * from where it was; it must be the same source each time. What `make` throws fails the stream.
   *
   * - **Emits when** the source emits
   * - **Completes when** the source completes
   * - **Hibernates:** keeps what the source keeps
   *
   * @example `Source.lazy(() => Source.range(1, 3))`
   */
  static lazy<T>(make: () => Source<T>): Source<T> {
    return source("lazy", () => new Lazy<T>(make), { make })
  }

  /**
   * The same element without end.
   *
   * - **Completes when** never
   * - **Hibernates:** stateless
   */
  static repeat<T>(element: T): Source<T> {
    return new Source([stageStep("repeat", "stateless", () => new Repeat(element))])
  }

  /**
   * Elements made from a state, until `f` returns `undefined`: `f` returns the next state and the element.
   *
   * - **Completes when** `f` returns `undefined`
   * - **Hibernates:** keeps the state
   *
   * @example `Source.unfold(1, (n) => (n < 100 ? [n * 2, n] : undefined))` // 1, 2, 4 … 64
   */
  static unfold<State, T>(
    seed: State,
    f: (state: State) => readonly [state: State, element: T] | undefined,
  ): Source<T> {
    return source("unfold", () => new Unfold(seed, f), { f })
  }

  /**
   * The elements of an array, over and over.
   *
   * - **Completes when** never, or at once for an empty array
   * - **Hibernates:** keeps how many were emitted
   */
  static cycle<T>(elements: readonly T[]): Source<T> {
    checkArgument("cycle: elements", elements, anArray)
    const count = elements.length === 0 ? 0 : Infinity
    return source("cycle", () => new Indexed(count, (index) => elements[index % elements.length] as T))
  }

  /**
   * Fails at once.
   *
   * - **Completes when** never
   * - **Hibernates:** keeps that it is over
   */
  static failed<T = never>(error: unknown): Source<T> {
    return source("failed", () => new Failed(error))
  }

  /**
   * The number of the tick, from 0 on, every `every` after `initialDelay` (default 0: the first tick comes at once). Ticks sit
   * on a fixed grid: the clock may be late, the next tick is not. A tick for which there is no demand is dropped, and of several
   * that are overdue only the newest comes. With `while` there are ticks while it returns true; it is asked again after every
   * event, and while it returns false there is no timer.
   *
   * - **Emits when** a grid point is reached and downstream wants an element
   * - **Completes when** never
   * - **Hibernates:** keeps when it started, which tick is next and when it is due
   *
   * @example `Source.tick("1 second").map((n) => n + " s")`
   */
  static tick(
    every: Duration,
    { initialDelay = 0, while: condition }: { initialDelay?: Duration; while?: () => boolean } = {},
  ): Source<number> {
    const period = toMilliseconds(every, 1, "tick: every")
    const delay = toMilliseconds(initialDelay, 0, "tick: initialDelay")
    return source("tick", () => new Tick(period, delay, condition), condition === undefined ? {} : { while: condition })
  }

  /**
   * The time, in whole milliseconds, when the clock reaches the next time of `upcoming`: `upcoming(from)` returns the first time
   * at or after `from`, or `undefined` for none. It is asked again after every event, and while there is none there is no timer.
   * However late the clock is, one element comes for all the times that are overdue.
   *
   * - **Emits when** the time is reached and downstream wants an element
   * - **Completes when** never
   * - **Hibernates:** stateless: `upcoming` is asked again, so it must depend on durable state only
   *
   * @example `Source.schedule((from) => Math.ceil(from / 60_000) * 60_000)` // every full minute
   */
  static schedule(upcoming: (from: number) => number | undefined): Source<number> {
    return source("schedule", () => new Schedule(upcoming), { upcoming })
  }

  /**
   * A queue to offer elements to from outside, and the source of what was offered. It holds up to `bufferSize` elements for which
   * there is no demand yet; when it is full it does what `overflow` says. Create one for each connection: it runs once.
   *
   * - **Emits when** there is an element in the queue
   * - **Completes when** `complete` was called and the queue is empty
   * - **Hibernates:** keeps what is queued; the handle is made anew by the function that makes the flow
   */
  static queue<T>(bufferSize: number, overflow: DropStrategy = "fail"): SourceQueue<T> {
    requireDropStrategy("queue: overflow", overflow)
    const content = new QueueContent<T>(requirePositiveInteger("queue: bufferSize", bufferSize), overflow)
    const queued = source<T>("queue", () => new QueueStage(content))
    return new SourceQueue(content, queued)
  }

  /** This source, then `flow`. */
  via<B>(flow: Flow<Out, B>): Source<B> {
    return this.with(...chainOf("via: flow", flow, aFlow))
  }

  /** This source, then `sink`: a graph that can be run. */
  to<Result>(sink: Sink<Out, Result>): RunnableGraph<Result> {
    return new RunnableGraph([...this.chain, ...chainOf("to: sink", sink, aSink)])
  }

  /** Runs this source into `sink`; what the sink makes of it, or a rejection with what the stream failed with. */
  runWith<Result>(sink: Sink<Out, Result>, options?: RunOptions): Promise<Result> {
    return this.to(sink).run(options)
  }

  protected identity<T>(): Flow<T, T> {
    return Flow.of()
  }

  protected of<B>(chain: Chain): Source<B> {
    return new Source(chain)
  }
}

function source<T>(name: string, make: () => Stage<never, T>, functions: Record<string, unknown> = {}): Source<T> {
  checkFunctions(name, functions)
  return new Source([stageStep(name, "keeps", make)])
}
