import { anIteratorResult, checkReturned } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"

/** Elements that arrive some time after they were asked for, one at a time. */
abstract class Awaited<Out> extends SourceStage<Out> {
  private arrived: Out | None = none
  private waiting = false
  private ended = false

  /** What the next element is awaited from. */
  protected abstract request(): Promise<IteratorResult<Out>>
  /** Whether the element just received was the last, as far as is known. */
  protected abstract isLast(): boolean

  protected next(): Out | None {
    const element = this.arrived
    this.arrived = none
    if (element !== none) {
      this.ended = this.isLast()
      return element
    }
    if (this.waiting || this.ended) return none
    this.waiting = true
    this.request().then(
      (result) => this.run.event(() => this.receive(result)),
      (error) => this.run.event(() => this.failDown(error)),
    )
    return none
  }

  protected isDrained(): boolean {
    return this.ended
  }

  private receive(result: IteratorResult<Out>): void {
    this.waiting = false
    if (result.done) this.ended = true
    else this.arrived = result.value
    this.drain()
  }
}

/** Asks for its promise on the first demand, and once more if the object slept before the promise was settled. */
export class FromPromise<Out> extends Awaited<Out> {
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

/** A live iterator is lost when the object sleeps: it pins the object. */
export class FromAsync<Out> extends Awaited<Out> {
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
    // Ignores what its clean-up throws: downstream has cancelled.
    cleanUp().catch(() => {})
  }
}
