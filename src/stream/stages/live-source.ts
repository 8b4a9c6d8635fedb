import { nextAlarm } from "../alarm-grid.ts"
import { checkNames, wrongValue } from "../author-value.ts"
import { anAsyncIterable, anIteratorResult, checkArgument, checkFunctions, checkReturned } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { type Step, stageStep } from "../engine/wiring.ts"
import { EvictionError } from "../errors.ts"
import type { EvictionPolicy, LiveOptions, MakeAsync } from "../live-options.ts"
import { AsyncSource } from "./async-source.ts"

type Saved = [delivered: number, hasBegun: boolean, position: unknown]

/**
 * Iterates the async iterable that `make` returns. Aborts the signal if the stream ends before the iterable. Without a policy it pins the
 * object, because a live iterator cannot be saved.
 */
export class LiveSource<Out> extends AsyncSource<Out, Saved> {
  override readonly dependsOnOutside = false
  private iterator: AsyncIterator<Out> | undefined
  private controller: AbortController | undefined
  /** Lets the object hibernate again. */
  private letSleep: (() => void) | undefined
  private delivered = 0
  private position: unknown
  private hasBegun = false
  private wasEvicted = false

  constructor(
    private readonly make: MakeAsync<Out>,
    private readonly policy: EvictionPolicy<Out, unknown> | undefined,
  ) {
    super()
  }

  override advance(): void {
    if (this.wasEvicted && this.policy === "fail") this.failDown(new EvictionError("A live source was interrupted"))
    super.advance()
  }

  protected override next(): Out | None {
    // Ends without a new iterator, because no client would get its elements.
    if (this.run.isAbandoned) this.ended = true
    const element = super.next()
    if (element !== none && this.policy) this.count(element)
    return element
  }

  protected async request(): Promise<IteratorResult<Out>> {
    this.iterator ??= await this.openIterator()
    const result = await this.iterator.next()
    checkReturned(this, "next of the iterator", result, anIteratorResult)
    if (result.done) this.iterator = undefined
    return result
  }

  protected isLast(): boolean {
    return false
  }

  override onTimer(): void {
    if (this.letSleep) this.setAlarm()
  }

  /** Completes when the connection has closed, because no element can be delivered. */
  override onSettled(): void {
    if (this.run.isAbandoned) this.completeDown()
  }

  override onStop(): void {
    this.close()
    this.hasBegun = false
    this.markDirty()
  }

  override onCancel(): void {
    this.close()
  }

  protected override completeDown(): void {
    this.close()
    super.completeDown()
  }

  protected override failDown(error: unknown): void {
    this.close()
    super.failDown(error)
  }

  override save(): Saved | undefined {
    if (!this.policy || !(this.hasBegun || this.delivered > 0)) return undefined
    return [this.delivered, this.hasBegun, this.position]
  }

  override restore([delivered, hasBegun, position]: Saved): void {
    this.delivered = delivered
    this.position = position
    this.wasEvicted = hasBegun
  }

  private async openIterator(): Promise<AsyncIterator<Out>> {
    this.controller = new AbortController()
    this.letSleep = this.run.keepAwake()
    if (this.letSleep) this.setAlarm()
    this.hasBegun = true
    this.markDirty()
    const { signal } = this.controller
    const iterable = await this.makeFrom(signal)
    checkReturned(this, "make", iterable, anAsyncIterable)
    const iterator = iterable[Symbol.asyncIterator]()
    if (signal.aborted) cleanUp(iterator)
    return iterator
  }

  private makeFrom(signal: AbortSignal): ReturnType<MakeAsync<Out>> {
    const { policy, delivered } = this
    if (typeof policy === "object" && delivered > 0) return policy.continueFrom(this.position, signal)
    return this.make(signal, delivered)
  }

  private count(element: Out): void {
    this.delivered++
    if (typeof this.policy === "object") this.position = this.policy.position(element, this.position)
  }

  /** Aborts an iterator that has not ended. */
  private close(): void {
    const { iterator, controller } = this
    this.iterator = undefined
    this.controller = undefined
    this.letSleep?.()
    this.letSleep = undefined
    if (this.ended && !iterator) return
    controller?.abort()
    if (iterator) cleanUp(iterator)
  }

  private setAlarm(): void {
    this.wakeAt(nextAlarm(this.run.now()))
  }
}

/** The step of `Source.fromAsync`. */
export function liveStep<T>(source: AsyncIterable<T> | MakeAsync<T>, options?: LiveOptions<T, unknown>): Step {
  const make = typeof source === "function" ? source : undefined
  if (!make) checkArgument("fromAsync: iterable", source, anAsyncIterable)
  const policy = options && checkedPolicy(options.onEviction)
  if (options) checkNames("fromAsync option", options, { onEviction: policy })
  if (policy && !make) {
    const remedy = "write a function that makes it, because it is made again after an eviction"
    throw wrongValue("fromAsync: with onEviction the iterable is", source, remedy)
  }
  const instead = "write a function that makes the iterable, and say what an eviction does: { onEviction: … }"
  const stage = () => new LiveSource(make ?? (() => source as AsyncIterable<T>), policy)
  return stageStep("fromAsync", policy ? "keeps" : "pinned", stage, instead)
}

function checkedPolicy<T>(policy: EvictionPolicy<T, unknown>): EvictionPolicy<T, unknown> {
  if (policy === "restart" || policy === "fail") return policy
  if (typeof policy !== "object" || policy === null) {
    throw wrongValue("fromAsync: onEviction is", policy, 'write "restart", "fail", or { position, continueFrom }')
  }
  const { position, continueFrom } = policy
  checkFunctions("fromAsync", { position, continueFrom })
  return policy
}

/** Ignores errors of the clean-up, because downstream has cancelled. */
function cleanUp(iterator: AsyncIterator<unknown>): void {
  const returning = async () => iterator.return?.()
  returning().catch(() => {})
}
