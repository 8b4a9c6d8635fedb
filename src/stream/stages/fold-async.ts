import { Emitter, type None, none } from "../engine/emitter.ts"

/** Saves the value and the element that is being folded, and calls `f` for the element again after a restore: at least once. */
export class FoldAsync<In, Out> extends Emitter<In, Out, [value: Out, pending: In[]]> {
  /** The element that is being folded, if any. */
  private pending: In[] = []
  private hasEmitted = false

  constructor(
    private value: Out,
    private readonly f: (value: Out, element: In) => Promise<Out> | Out,
  ) {
    super()
  }

  override begin(): void {
    if (this.pending.length > 0) this.run.onWorkRestarted()
    this.start()
  }

  protected onElement(element: In): void {
    this.pending = [element]
    this.start()
  }

  protected next(): Out | None {
    if (!this.inClosed || this.hasEmitted || this.pending.length > 0) return none
    this.hasEmitted = true
    return this.value
  }

  protected override wants(): boolean {
    return this.open && this.pending.length === 0
  }

  /** The value is emitted only when upstream has completed. */
  protected isDrained(): boolean {
    return this.hasEmitted
  }

  override save(): [Out, In[]] {
    return [this.value, this.pending]
  }

  override restore([value, pending]: [Out, In[]]): void {
    this.value = value
    this.pending = pending
  }

  private start(): void {
    const [element] = this.pending
    if (this.pending.length === 0) return
    const work = async () => this.f(this.value, element as In)
    work().then(
      (value) => this.run.event(() => this.onResult(value)),
      (error) => this.run.event(() => this.failStage(error)),
    )
  }

  private onResult(value: Out): void {
    if (this.outClosed) return
    this.value = value
    this.pending = []
    this.markDirty()
    this.advance()
  }
}
