import { anIteratorResult, checkReturned } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"

/** Requests elements asynchronously, one at a time. */
abstract class AsyncSource<Out> extends SourceStage<Out> {
  private received: Out | None = none
  private waiting = false
  private ended = false

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
      (result) => this.run.event(() => this.onResult(result)),
      (error) => this.run.event(() => this.failDown(error)),
    )
    return none
  }

  protected isDrained(): boolean {
    return this.ended
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

/** Pins the object, because a live iterator cannot be saved. */
export class FromAsync<Out> extends AsyncSource<Out> {
  private iterator: AsyncIterator<Out> | undefined

  constructor(private readonly iterable: AsyncIterable<Out>) {
    super()
  }

  protected async request(): Promise<IteratorResult<Out>> {
    this.iterator ??= this.iterable[Symbol.asyncIterator]()
    const result = await this.iterator.next()
    checkReturned(this, "next of the iterator", result, anIteratorResult)
    return result
  }

  protected isLast(): boolean {
    return false
  }

  override onCancel(): void {
    const cleanUp = async () => this.iterator?.return?.()
    // Ignores errors of the clean-up, because downstream has cancelled.
    cleanUp().catch(() => {})
  }
}
