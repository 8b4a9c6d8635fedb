import { aValue, checkReturned, nothingAwaited, readPredicate } from "../checks.ts"
import { SinkStage } from "../engine/sink-stage.ts"
import { NoSuchElementError } from "../errors.ts"

export class ForEach<In> extends SinkStage<In, void> {
  constructor(private readonly f: (element: In) => void) {
    super()
  }

  push(element: In): boolean {
    try {
      const returned: unknown = this.f(element)
      if (typeof returned === "object") checkReturned(this, "f", returned, nothingAwaited)
    } catch (error) {
      return this.failStage(error)
    }
    return !this.inClosed
  }

  override onComplete(): void {
    this.succeed()
  }
}

export class Cancelled extends SinkStage<unknown, void> {
  override ask(): void {}

  override begin(): void {
    if (this.inClosed) return
    this.cancelUp()
    this.succeed()
  }

  push(): boolean {
    return false
  }

  override onComplete(): void {
    this.succeed()
  }
}

export class Fold<In, Result> extends SinkStage<In, Result, [Result]> {
  private isChecked = false

  constructor(
    private result: Result,
    private readonly f: (result: Result, element: In) => Result,
  ) {
    super()
  }

  push(element: In): boolean {
    try {
      this.result = this.f(this.result, element)
      if (!this.isChecked) checkReturned(this, "f", this.result, aValue)
      this.isChecked = true
    } catch (error) {
      return this.failStage(error)
    }
    this.markDirty()
    return true
  }

  override onComplete(): void {
    this.succeed(this.result)
  }

  override save(): [Result] {
    return [this.result]
  }

  override restore([result]: [Result]): void {
    this.result = result
  }
}

/** The first element. `optional`: `undefined` for an empty stream, in place of an error. */
export class Head<In> extends SinkStage<In, In | undefined> {
  constructor(private readonly optional: boolean) {
    super()
  }

  push(element: In): boolean {
    this.cancelUp()
    this.succeed(element)
    return false
  }

  override onComplete(): void {
    if (this.optional) this.succeed(undefined)
    else this.failDown(noSuchElement(this))
  }
}

/** The last element. `optional`: `undefined` for an empty stream, in place of an error. */
export class Last<In> extends SinkStage<In, In | undefined, [In]> {
  protected kept: [In] | undefined

  constructor(private readonly optional: boolean) {
    super()
  }

  push(element: In): boolean {
    this.kept = [element]
    this.markDirty()
    return true
  }

  override onComplete(): void {
    if (this.kept || this.optional) this.succeed(this.kept?.[0])
    else this.failDown(noSuchElement(this))
  }

  override save(): [In] | undefined {
    return this.kept
  }

  override restore(kept: [In]): void {
    this.kept = kept
  }
}

/** Folds the elements, beginning with the first one. */
export class Reduce<In> extends Last<In> {
  constructor(private readonly f: (value: In, element: In) => In) {
    super(false)
  }

  override push(element: In): boolean {
    if (!this.kept) return super.push(element)
    try {
      const value = this.f(this.kept[0], element)
      checkReturned(this, "f", value, aValue)
      return super.push(value)
    } catch (error) {
      return this.failStage(error)
    }
  }
}

function noSuchElement({ step }: SinkStage): NoSuchElementError {
  return new NoSuchElementError(`Sink.${step?.name} of a stream that ended without an element`)
}

/** Returns `decisive` at the first element for which the predicate does; the opposite when the stream completes before. */
export class Decide<In> extends SinkStage<In, boolean> {
  constructor(
    private readonly predicate: (element: In) => boolean,
    private readonly decisive: boolean,
  ) {
    super()
  }

  push(element: In): boolean {
    try {
      if (readPredicate(this, "predicate", this.predicate(element)) !== this.decisive) return true
    } catch (error) {
      return this.failStage(error)
    }
    this.cancelUp()
    this.succeed(this.decisive)
    return false
  }

  override onComplete(): void {
    this.succeed(!this.decisive)
  }
}

export class OnComplete extends SinkStage<unknown, void> {
  constructor(private readonly f: (error?: unknown) => void) {
    super()
  }

  push(): boolean {
    return true
  }

  override onComplete(): void {
    try {
      this.f()
      this.succeed()
    } catch (error) {
      this.failDown(error)
    }
  }

  override onFail(error: unknown): void {
    try {
      this.f(error)
      this.failDown(error)
    } catch (thrown) {
      this.failDown(thrown)
    }
  }
}
