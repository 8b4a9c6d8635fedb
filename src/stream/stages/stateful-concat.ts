import { anIterable, aPair, checkReturned } from "../checks.ts"
import { Emitter, type None, none } from "../engine/emitter.ts"

/**
 * Emits any number of elements for each element, by a function of a state that is a plain value. The stage behind
 * `mapConcat`, `grouped`, `sliding`, `intersperse` and `statefulMapConcat`.
 */
export class StatefulConcat<State, In, Out> extends Emitter<In, Out, [state: State, pending: readonly Out[]]> {
  private state: State | None = none
  private pending: readonly Out[] = []
  private position = 0

  constructor(
    private readonly create: () => State,
    private readonly f: (state: State, element: In) => readonly [State, Iterable<Out>],
    private readonly atEnd?: (state: State) => Iterable<Out>,
  ) {
    super()
  }

  override begin(): void {
    try {
      if (!this.inClosed) this.current()
    } catch (error) {
      this.failStage(error)
    }
  }

  protected onElement(element: In): void {
    const next = this.f(this.current(), element)
    checkReturned(this, "f", next, aPair)
    this.state = next[0]
    this.pending = this.toArray("f", next[1])
    this.position = 0
  }

  protected next(): Out | None {
    return this.position < this.pending.length ? (this.pending[this.position++] as Out) : none
  }

  protected isDrained(): boolean {
    return this.position >= this.pending.length
  }

  override onComplete(): void {
    try {
      if (this.atEnd) {
        const last = this.toArray("atEnd", this.atEnd(this.current()))
        this.pending = [...this.pending.slice(this.position), ...last]
        this.position = 0
      }
    } catch (error) {
      this.failStage(error)
      return
    }
    this.drain()
  }

  override save(): [State, readonly Out[]] | undefined {
    return this.state === none ? undefined : [this.state, this.pending.slice(this.position)]
  }

  override restore([state, pending]: [State, readonly Out[]]): void {
    this.state = state
    this.pending = pending
  }

  private current(): State {
    if (this.state === none) this.state = this.create()
    return this.state
  }

  private toArray(f: string, elements: Iterable<Out>): readonly Out[] {
    if (Array.isArray(elements)) return elements
    checkReturned(this, f, elements, anIterable)
    return Array.from(elements)
  }
}
