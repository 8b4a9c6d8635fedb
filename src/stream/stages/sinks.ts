import { aValue, checkReturned, nothingAwaited } from "../checks.ts"
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

export class Head<In> extends SinkStage<In, In> {
  push(element: In): boolean {
    this.cancelUp()
    this.succeed(element)
    return false
  }

  override onComplete(): void {
    this.failDown(new NoSuchElementError("Sink.head of a stream that ended without an element"))
  }
}

export class Last<In> extends SinkStage<In, In, [In]> {
  private kept: [In] | undefined

  push(element: In): boolean {
    this.kept = [element]
    this.markDirty()
    return true
  }

  override onComplete(): void {
    if (this.kept) this.succeed(this.kept[0])
    else this.failDown(new NoSuchElementError("Sink.last of a stream that ended without an element"))
  }

  override save(): [In] | undefined {
    return this.kept
  }

  override restore(kept: [In]): void {
    this.kept = kept
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
