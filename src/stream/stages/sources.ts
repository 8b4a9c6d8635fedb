import { requireInteger } from "../argument.ts"
import { anArray, anIterable, anIteratorResult, aPair, checkArgument, checkReturned } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"
import { type Step, stageStep } from "../engine/wiring.ts"

export class Never extends SourceStage<never> {
  protected next(): None {
    return none
  }

  protected isDrained(): boolean {
    return false
  }
}

export class Repeat<Out> extends SourceStage<Out> {
  constructor(private readonly element: Out) {
    super()
  }

  protected next(): Out {
    return this.element
  }

  protected override markProgress(): void {}

  protected isDrained(): boolean {
    return false
  }
}

export class Failed extends SourceStage<never> {
  constructor(private readonly error: unknown) {
    super()
  }

  override advance(): void {
    this.failDown(this.error)
  }

  protected next(): None {
    return none
  }

  protected isDrained(): boolean {
    return false
  }
}

/** Emits `at(0)` to `at(count - 1)`. Its state is the number of emitted elements. */
abstract class Indexed<Out> extends SourceStage<Out, number> {
  private index = 0

  constructor(private readonly count: number) {
    super()
  }

  protected abstract at(index: number): Out

  protected next(): Out | None {
    return this.index < this.count ? this.at(this.index++) : none
  }

  protected isDrained(): boolean {
    return this.index >= this.count
  }

  override save(): number {
    return this.index
  }

  override restore(index: number): void {
    this.index = index
  }
}

/** Emits the elements of an array. */
export class Elements<Out> extends Indexed<Out> {
  constructor(
    protected readonly elements: readonly Out[],
    count = elements.length,
  ) {
    super(count)
  }

  protected at(index: number): Out {
    return this.elements[index] as Out
  }
}

class Cycle<Out> extends Elements<Out> {
  protected override at(index: number): Out {
    return super.at(index % this.elements.length)
  }
}

class Range extends Indexed<number> {
  constructor(
    private readonly first: number,
    private readonly stepSize: number,
    count: number,
  ) {
    super(count)
  }

  protected at(index: number): number {
    return this.first + index * this.stepSize
  }
}

/** Checks the arguments of `Source.range` and returns a function that makes its stage. */
export function range(first: number, last: number, step: number): () => Range {
  requireInteger("range: first", first)
  if (last !== -Infinity) requireInteger("range: last", last, { orInfinity: true })
  if (requireInteger("range: step", step) === 0) throw new RangeError("range: step is 0: write 1, or -1 to count down")
  const count = Math.max(0, Math.floor((last - first) / step) + 1)
  return () => new Range(first, step, count)
}

/** Checks the argument of `Source.cycle` and returns a function that makes its stage. */
export function cycle<T>(elements: readonly T[]): () => Cycle<T> {
  checkArgument("cycle: elements", elements, anArray)
  const count = elements.length === 0 ? 0 : Infinity
  return () => new Cycle(elements, count)
}

/** The step of `Source.from`. A generator object can be iterated only once, so it pins the object. */
export function iterateStep<T>(iterable: Iterable<T>): Step {
  if (Array.isArray(iterable)) return stageStep("from", "keeps", () => new Elements<T>(iterable))
  checkArgument("from: iterable", iterable, anIterable)
  const hibernates = Object.is(iterable[Symbol.iterator](), iterable) ? "pinned" : "keeps"
  const instead = "give from the elements as an array, or use unfold"
  return stageStep("from", hibernates, () => new Iterate(iterable), instead)
}

/** Reads one element ahead of the emitted ones. After a restore it makes the iterator anew and skips the emitted elements. */
export class Iterate<Out> extends SourceStage<Out, number> {
  private iterator: Iterator<Out> | undefined
  private ahead: IteratorResult<Out> | undefined
  private failure: { error: unknown } | undefined
  private count = 0

  constructor(private readonly iterable: Iterable<Out>) {
    super()
  }

  override begin(): void {
    if (!this.outClosed) this.readAhead(this.count)
  }

  protected next(): Out | None {
    if (!this.ahead || this.ahead.done) return none
    const { value } = this.ahead
    this.count++
    this.readAhead()
    return value
  }

  protected isDrained(): boolean {
    return this.ahead?.done === true
  }

  protected override onDrained(): void {
    if (this.failure) this.failDown(this.failure.error)
    else super.onDrained()
  }

  override onCancel(): void {
    try {
      this.iterator?.return?.()
    } catch {
      // Ignores errors of the clean-up, because downstream has cancelled.
    }
  }

  override save(): number {
    return this.count
  }

  override restore(count: number): void {
    this.count = count
  }

  /** An error of the iterator fails the stream, after the element before it. */
  private readAhead(skip = 0): void {
    try {
      this.iterator ??= this.iterable[Symbol.iterator]()
      for (let skipped = 0; skipped < skip; skipped++) this.iterator.next()
      this.ahead = this.iterator.next()
      checkReturned(this, "next of the iterator", this.ahead, anIteratorResult)
    } catch (error) {
      this.failure = { error }
      this.ahead = { done: true, value: undefined }
    }
  }
}

export class Unfold<State, Out> extends SourceStage<Out, [State] | []> {
  private state: [State] | []

  constructor(
    seed: State,
    private readonly f: (state: State) => readonly [State, Out] | undefined,
  ) {
    super()
    this.state = [seed]
  }

  protected next(): Out | None {
    if (this.state.length === 0) return none
    const step = this.f(this.state[0])
    if (step !== undefined) checkReturned(this, "f", step, aPair)
    this.state = step ? [step[0]] : []
    return step ? step[1] : none
  }

  protected isDrained(): boolean {
    return this.state.length === 0
  }

  override save(): [State] | [] {
    return this.state
  }

  override restore(state: [State] | []): void {
    this.state = state
  }
}
