import { type None, none } from "../engine/emitter.ts"
import { Stage } from "../engine/stage.ts"
import { StreamTimeoutError } from "../errors.ts"
import { SingleSlot } from "./single-slot.ts"

/** Emits its input and sets a timer `duration` after the start. */
abstract class Deadline<T> extends Stage<T, T> {
  constructor(private readonly duration: number) {
    super()
  }

  override onStart(): void {
    this.restart()
  }

  push(element: T): boolean {
    return this.down.push(element)
  }

  protected restart(): void {
    this.wakeAt(this.run.now() + this.duration)
  }
}

/** Ends the stream when the duration is over. */
export class TakeWithin<T> extends Deadline<T> {
  override onTimer(): void {
    this.finish()
  }
}

/** Drops elements until the duration is over. It compares the clock with each element and needs no timer. */
export class DropWithin<T> extends Stage<T, T, number> {
  private until = 0

  constructor(private readonly duration: number) {
    super()
  }

  override onStart(): void {
    this.until = this.run.now() + this.duration
    this.markDirty()
  }

  push(element: T): boolean {
    return this.run.now() < this.until ? true : this.down.push(element)
  }

  override save(): number {
    return this.until
  }

  override restore(until: number): void {
    this.until = until
  }
}

/** Holds back the demand until the duration is over. */
export class InitialDelay<T> extends Deadline<T> {
  private wanted = false

  override resume(): void {
    this.wanted = true
    if (this.due === Infinity) this.up.resume()
  }

  override onTimer(): void {
    if (this.wanted) this.up.resume()
  }
}

export class KeepAlive<T, B> extends SingleSlot<T, T | B, [held: (T | B)[], idle: boolean]> {
  private idle = false

  constructor(
    private readonly duration: number,
    private readonly inject: () => B,
  ) {
    super()
  }

  override onStart(): void {
    this.restart()
  }

  protected onElement(element: T): void {
    this.held = element
    this.restart()
  }

  /** Independent of the demand below, which an injection may use up while an element is asked for above. */
  protected override wants(): boolean {
    return this.held === none
  }

  protected override next(): T | B | None {
    const element = super.next()
    if (element !== none || !this.idle) return element
    this.restart()
    return this.inject()
  }

  override onTimer(): void {
    this.idle = true
    this.drain()
  }

  override onComplete(): void {
    this.idle = false
    this.wakeAt(Infinity)
    this.drain()
  }

  override save(): [(T | B)[], boolean] {
    return [this.saveHeld(), this.idle]
  }

  override restore([held, idle]: [(T | B)[], boolean]): void {
    this.restoreHeld(held)
    this.idle = idle
  }

  private restart(): void {
    this.idle = false
    this.wakeAt(this.run.now() + this.duration)
  }
}

/** Fails when the duration is over, counted from the last element or, without `sinceLast`, from the start. */
export class Timeout<T> extends Deadline<T> {
  constructor(
    duration: number,
    private readonly sinceLast: boolean,
    private readonly message: string,
  ) {
    super(duration)
  }

  override push(element: T): boolean {
    if (this.sinceLast) this.restart()
    return super.push(element)
  }

  override onTimer(): void {
    this.failStage(new StreamTimeoutError(this.message))
  }
}

/** Fails when the duration is over and no element has arrived. Its due time is its state: none after the first element. */
export class InitialTimeout<T> extends Timeout<T> {
  override push(element: T): boolean {
    this.wakeAt(Infinity)
    return super.push(element)
  }
}

/** Fails when an element is not followed by demand, or the start by the first demand, within the duration. */
export class BackpressureTimeout<T> extends Timeout<T> {
  private waiting = true

  override push(element: T): boolean {
    this.waiting = true
    if (this.down.push(element)) this.waiting = false
    else if (this.waiting && !this.outClosed) this.restart()
    return !this.waiting
  }

  override resume(): void {
    this.waiting = false
    this.wakeAt(Infinity)
    super.resume()
  }
}
