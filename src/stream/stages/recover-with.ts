import { aSource, checkReturned } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import type { Inlet } from "../engine/fan-in-stage.ts"
import { placeOf } from "../engine/stage.ts"
import type { Chain } from "../engine/wiring.ts"
import { decodeError, type EncodedError, encodeError, RestoreError } from "../errors.ts"
import { SubSources } from "./sub-sources.ts"

/** Emits the input; after its failure, the elements of the source that `f` returns. */
export class RecoverWith<T> extends SubSources<T, T, EncodedError, number> {
  /** Taken on demand only and emitted in the same event, so it is never saved. */
  private held: T | None = none
  /** The next failure to recover from. */
  private pending: { error: unknown } | undefined
  private replacing = false

  constructor(
    private attempts: number,
    private readonly f: (error: unknown) => { chain: Chain } | undefined,
  ) {
    super()
  }

  protected override onElement(element: T): void {
    this.held = element
  }

  protected override next(): T | None {
    const element = this.held
    this.held = none
    return element === none ? super.next() : element
  }

  protected override isDrained(): boolean {
    return this.held === none && !this.pending && super.isDrained()
  }

  override onFail(error: unknown): void {
    this.replace(error)
  }

  override onInletFailure(error: unknown, inlet: Inlet): void {
    this.remove(inlet)
    this.replace(error)
  }

  protected chainFor(packed: EncodedError): Chain {
    const chain = this.chainOf(decodeError(packed))
    if (chain) return chain
    throw new RestoreError(`${placeOf(this)}: f returned a source before the flow was saved, and now undefined`)
  }

  protected saveState(): number {
    return this.attempts
  }

  protected override restoreState(attempts: number): void {
    this.attempts = attempts
  }

  /** A source may fail while it starts, so sources follow one another in a loop; recursion could exhaust the stack. */
  private replace(error: unknown): void {
    this.pending = { error }
    if (this.replacing) return
    this.replacing = true
    while (this.pending) {
      const { error } = this.pending
      this.pending = undefined
      this.recover(error)
    }
    this.replacing = false
  }

  private recover(error: unknown): void {
    try {
      const chain = this.attempts > 0 ? this.chainOf(error) : undefined
      if (!chain) {
        this.failStage(error)
        return
      }
      this.attempts--
      this.start(encodeError(error), chain)
    } catch (thrown) {
      this.failStage(thrown)
    }
  }

  private chainOf(error: unknown): Chain | undefined {
    const source = this.f(error)
    if (source !== undefined) checkReturned(this, "f", source, aSource)
    return source?.chain
  }
}
