import { type None, none } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"

/** Requests elements asynchronously, one at a time. */
export abstract class AsyncSource<Out, State = unknown> extends SourceStage<Out, State> {
  private received: Out | None = none
  private waiting = false
  protected ended = false

  /** Called on demand, and only after the promise before has settled. */
  protected abstract request(): Promise<IteratorResult<Out>>
  /** Whether the received element is known to be the last. */
  protected abstract isLast(): boolean

  protected next(): Out | None {
    const element = this.received
    this.received = none
    if (element !== none) {
      this.ended = this.isLast()
      return element
    }
    if (this.waiting || this.ended) return none
    this.waiting = true
    this.request().then(
      (result) => this.later(() => this.onResult(result)),
      (error) => this.later(() => this.failDown(error)),
    )
    return none
  }

  protected isDrained(): boolean {
    return this.ended
  }

  /** A result that arrives after downstream has cancelled causes no event. */
  private later(handler: () => void): void {
    if (!this.outClosed) this.run.event(handler)
  }

  private onResult(result: IteratorResult<Out>): void {
    this.waiting = false
    if (result.done) this.ended = true
    else this.received = result.value
    this.drain()
  }
}

/** Calls `make` on the first demand, and again if the object hibernated before the promise settled. */
export class FromPromise<Out> extends AsyncSource<Out> {
  constructor(private readonly make: () => Promise<Out> | Out) {
    super()
  }

  protected async request(): Promise<IteratorResult<Out>> {
    return { done: false, value: await this.make() }
  }

  protected isLast(): boolean {
    return true
  }
}
