import type { BlueprintKind, SourceShape } from "./blueprint.ts"
import type { Duration } from "./duration.ts"
import { type Chain, stageStep } from "./engine/wiring.ts"
import { Flow } from "./flow.ts"
import { type CombineStrategy, combineStep, type ElementsOf, type Sources, zipStep } from "./joined-sources.ts"
import type { LiveOptions, MakeAsync } from "./live-options.ts"
import { RunOperators } from "./operators/running.ts"
import type { DropStrategy } from "./overflow.ts"
import { MaybeHandle } from "./source-maybe.ts"
import { QueueHandle } from "./source-queue.ts"
import { sourceStep } from "./source-step.ts"
import { FromPromise } from "./stages/async-source.ts"
import { Lazy } from "./stages/lazy.ts"
import { liveStep } from "./stages/live-source.ts"
import { QueueContent, queueStep } from "./stages/queue.ts"
import { Schedule } from "./stages/schedule.ts"
import { cycle, Elements, Failed, iterateStep, Never, Repeat, range, Unfold } from "./stages/sources.ts"
import { type TickOptions, tick } from "./stages/tick.ts"

interface SourceKind extends BlueprintKind {
  readonly type: Source<this["out"]>
  readonly flow: Flow<this["in"], this["out"]>
  readonly tail: Source<this["out"]>
}

/**
 * The beginning of a stream: it emits elements of type `Out`. An immutable blueprint; operators return new ones. Wrong arguments and
 * errors of functions are as for `Flow`.
 *
 * @example `await Source.range(1, 3).map((n) => n * n).runWith(Sink.toArray())` // [1, 4, 9]
 */
export class Source<out Out> extends RunOperators<SourceKind, Out> {
  /**
   * Emits no element.
   *
   * - **Completes when** it starts
   * - **Hibernates:** keeps whether it has completed
   */
  static empty<T = never>(): Source<T> {
    return new Source([sourceStep("empty", () => new Elements<T>([]))])
  }

  /**
   * Emits no element and never ends.
   *
   * - **Completes when** never
   * - **Hibernates:** stateless
   */
  static never<T = never>(): Source<T> {
    return new Source([stageStep("never", "stateless", () => new Never())])
  }

  /**
   * Emits one element.
   *
   * - **Completes when** the element was emitted
   * - **Hibernates:** keeps whether the element was emitted
   */
  static single<T>(element: T): Source<T> {
    return new Source([sourceStep("single", () => new Elements([element]))])
  }

  /**
   * Emits the elements of an iterable. Each run iterates it anew. After hibernation the flow iterates it again and skips the
   * emitted elements, so it must yield the same elements each time. A generator object can be iterated only once.
   *
   * - **Completes when** the iterable ends
   * - **Hibernates:** keeps the number of emitted elements; a generator object pins the object
   */
  static from<T>(iterable: Iterable<T>): Source<T> {
    return new Source([iterateStep(iterable)])
  }

  /**
   * Emits the elements of an async iterable, or of the one that a function makes on the first demand. Calls `next` on demand, after
   * its last promise has settled. Aborts the function's signal when the connection closes, the flow ends or downstream cancels.
   *
   * - **Completes when** the iterable ends, or the connection has closed; a rejection fails the stream
   * - **Hibernates:** keeps the object awake until it ends; `onEviction` decides on an eviction. Without `onEviction`, pins the object
   *
   * @example `Source.fromAsync((signal) => fetch("/feed", { signal }).then(serverSentEvents), { onEviction: "fail" })`
   */
  static fromAsync<T, P = number>(source: AsyncIterable<T> | MakeAsync<T>, options?: LiveOptions<T, P>): Source<T> {
    return new Source([liveStep(source, options)])
  }

  /**
   * Emits the value of the promise that `make` returns. Calls `make` on the first demand, and again if the object hibernated
   * before the promise settled: at least once.
   *
   * - **Completes when** the element was emitted; a rejection fails the stream
   * - **Hibernates:** keeps whether the element was emitted
   */
  static fromPromise<T>(make: () => Promise<T> | T): Source<T> {
    return new Source([sourceStep("fromPromise", () => new FromPromise(make), { make })])
  }

  /**
   * Emits integers from `first` to `last`, both included, in steps of `step` (default 1; negative to count down). `last` may
   * be `Infinity` or `-Infinity`. Throws a `RangeError` for other non-integers and for a `step` of 0.
   *
   * - **Completes when** `last` was reached
   * - **Hibernates:** keeps the number of emitted elements
   */
  static range(first: number, last: number, step = 1): Source<number> {
    return new Source([sourceStep("range", range(first, last, step))])
  }

  /**
   * Emits the elements of the source that `make` returns. Calls `make` on the first demand, and again after hibernation: it
   * must return a source with the same steps, which is then restored. An error from `make` fails the stream.
   *
   * - **Completes when** the source completes
   * - **Hibernates:** keeps the state of the source
   *
   * @example `Source.lazy(() => Source.range(1, 3))`
   */
  static lazy<T>(make: () => SourceShape<T>): Source<T> {
    return new Source([sourceStep("lazy", () => new Lazy<T>(make), { make })])
  }

  /**
   * Emits the same element without end.
   *
   * - **Completes when** never
   * - **Hibernates:** stateless
   */
  static repeat<T>(element: T): Source<T> {
    return new Source([stageStep("repeat", "stateless", () => new Repeat(element))])
  }

  /**
   * Emits elements computed from a state. `f` returns the next state, a new value, and the element, or `undefined` to complete.
   *
   * - **Completes when** `f` returns `undefined`
   * - **Hibernates:** keeps the state
   *
   * @example `Source.unfold(1, (n) => (n < 100 ? [n * 2, n] : undefined))` // 1, 2, 4 … 64
   */
  static unfold<State, T>(seed: State, f: (state: State) => readonly [State, T] | undefined): Source<T> {
    return new Source([sourceStep("unfold", () => new Unfold(seed, f), { f })])
  }

  /**
   * Repeats the elements of an array without end.
   *
   * - **Completes when** never; at once for an empty array
   * - **Hibernates:** keeps the number of emitted elements
   */
  static cycle<T>(elements: readonly T[]): Source<T> {
    return new Source([sourceStep("cycle", cycle(elements))])
  }

  /**
   * Fails with `error` at once.
   *
   * - **Completes when** never
   * - **Hibernates:** keeps whether it has failed
   */
  static failed<T = never>(error: unknown): Source<T> {
    return new Source([sourceStep("failed", () => new Failed(error))])
  }

  /**
   * Emits the number of the tick, from 0, at a fixed rate: every `every` (at least 1 ms) after `initialDelay` (default 0). A
   * late tick does not delay the next one. A tick without demand is dropped; of several overdue ticks only the newest is
   * emitted. While the option `while` returns false, there are no ticks and no timer. `while` is called again after every event.
   *
   * - **Completes when** never
   * - **Hibernates:** keeps the start time, the next tick and its due time
   *
   * @example `Source.tick("1 second").map((n) => n + " s")`
   */
  static tick(every: Duration, options?: TickOptions): Source<number> {
    return new Source([sourceStep("tick", tick(every, options))])
  }

  /**
   * Emits the current time at each time of a schedule, in whole milliseconds since the epoch. `upcoming(from)` returns the
   * first time at or after `from`, or `undefined` for none, which sets no timer. `upcoming` is called again after every event. All
   * overdue times together give one element. A time before `from` fails the stream with a `RangeError`.
   *
   * - **Completes when** never
   * - **Hibernates:** stateless; `upcoming` is called again, so it must depend on durable state only
   *
   * @example `Source.schedule((from) => Math.ceil(from / 60_000) * 60_000)` // every full minute
   */
  static schedule(upcoming: (from: number) => number | undefined): Source<number> {
    return new Source([sourceStep("schedule", () => new Schedule(upcoming), { upcoming })])
  }

  /**
   * A queue to offer elements to from outside the flow, and the source of these elements. It holds up to `bufferSize` elements
   * without demand; `overflow` (default `fail`) applies when it is full. Create one for each connection: it runs once.
   *
   * - **Completes when** `complete` was called and the queue is empty
   * - **Hibernates:** keeps the queued elements; the function that makes the flow makes the handle anew
   */
  static queue<T>(bufferSize: number, overflow?: DropStrategy): QueueHandle<T> & { readonly source: Source<T> } {
    const content = new QueueContent<T>(bufferSize, overflow)
    return Object.assign(new QueueHandle(content), { source: new Source<T>([queueStep("queue", content)]) })
  }

  /**
   * One element or none, given from outside the flow, and the source of it. Create one for each connection: it runs once.
   *
   * - **Completes when** `complete` was called and the element was emitted
   * - **Hibernates:** keeps the element; the function that makes the flow makes the handle anew
   */
  static maybe<T>(): MaybeHandle<T> & { readonly source: Source<T> } {
    const content = new QueueContent<T>(1, undefined, "Source.maybe")
    return Object.assign(new MaybeHandle(content), { source: new Source<T>([queueStep("maybe", content)]) })
  }

  /**
   * Emits the elements of several sources: `merge` (default) as they arrive, `concat` one source after the other.
   *
   * - **Completes when** all sources have completed
   * - **Hibernates:** keeps the states of the sources, one element of each, and the order of arrival
   *
   * @example `Source.combine([Source.single("a"), Source.tick("1 second")], "concat")`
   */
  static combine<const S extends Sources>(sources: S, strategy?: CombineStrategy): Source<ElementsOf<S>[number]> {
    return new Source([combineStep(sources, strategy)])
  }

  /**
   * Emits an array of one element of each source: all first elements, then all second ones.
   *
   * - **Completes when** one of the sources has completed and its last element was emitted
   * - **Hibernates:** keeps the states of the sources, and the elements without partners
   *
   * @example `Source.zipN([Source.range(1, 3), Source.cycle(["red", "blue"]), Source.tick("1 second")])`
   */
  static zipN<const S extends Sources>(sources: S): Source<ElementsOf<S>> {
    return new Source([zipStep(sources)])
  }

  protected identity<T>(): Flow<T, T> {
    return Flow.of()
  }

  protected rest<T>(chain: Chain): Source<T> {
    return new Source(chain)
  }

  protected of<B>(chain: Chain): Source<B> {
    return new Source(chain)
  }
}
