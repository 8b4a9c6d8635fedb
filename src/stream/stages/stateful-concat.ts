import { Emitter, type None, none } from "../emitter.ts"

/**
 * Any number of elements out of each element in, by a function of a state that is a plain value: the one stage behind
 * every operator that expands, gathers or separates elements.
 */
export class StatefulConcat<State, In, Out> extends Emitter<In, Out, [state: State, pending: readonly Out[]]> {
  private state: State
  private pending: readonly Out[] = []
  private position = 0

  constructor(
    create: () => State,
    private readonly f: (state: State, element: In) => readonly [State, Iterable<Out>],
    private readonly atEnd?: (state: State) => Iterable<Out>,
  ) {
    super()
    this.state = create()
  }

  protected take(element: In): void {
    const [state, elements] = this.f(this.state, element)
    this.state = state
    this.pending = toArray(elements)
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
      if (this.atEnd) this.pending = [...this.pending.slice(this.position), ...this.atEnd(this.state)]
    } catch (error) {
      this.failStage(error)
      return
    }
    if (this.atEnd) this.position = 0
    this.drain()
  }

  override save(): [State, readonly Out[]] {
    return [this.state, this.pending.slice(this.position)]
  }

  override restore([state, pending]: [State, readonly Out[]]): void {
    this.state = state
    this.pending = pending
  }
}

function toArray<T>(elements: Iterable<T>): readonly T[] {
  return Array.isArray(elements) ? elements : Array.from(elements)
}
