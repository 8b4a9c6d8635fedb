import { none } from "../engine/emitter.ts"
import { Stage } from "../engine/stage.ts"
import { SavedSlot } from "./single-slot.ts"

/** Replaces a failure by one last element. */
export class Recover<T> extends SavedSlot<T> {
  constructor(private readonly f: (error: unknown) => T | undefined) {
    super()
  }

  protected onElement(element: T): void {
    this.held = element
  }

  override onFail(error: unknown): void {
    try {
      const last = this.f(error)
      this.held = last === undefined ? none : last
    } catch (thrown) {
      this.failDown(thrown)
      return
    }
    if (this.held === none) this.failDown(error)
    else this.drain()
  }
}

export class MapError<T> extends Stage<T, T> {
  constructor(private readonly f: (error: unknown) => unknown) {
    super()
  }

  push(element: T): boolean {
    return this.down.push(element)
  }

  override onFail(error: unknown): void {
    let mapped: unknown
    try {
      mapped = this.f(error) ?? error
    } catch (thrown) {
      mapped = thrown
    }
    this.failDown(mapped)
  }
}

/** The way in which a stream has ended. */
export type Termination = { type: "completed" } | { type: "cancelled" } | { type: "failed"; error: unknown }

export class OnTermination<T> extends Stage<T, T> {
  constructor(private readonly f: (termination: Termination) => void) {
    super()
  }

  push(element: T): boolean {
    return this.down.push(element)
  }

  override onComplete(): void {
    this.report({ type: "completed" })
    this.completeDown()
  }

  override onFail(error: unknown): void {
    this.report({ type: "failed", error })
    this.failDown(error)
  }

  override onCancel(cause?: unknown): void {
    this.report(cause === undefined ? { type: "cancelled" } : { type: "failed", error: cause })
    this.cancelUp(cause)
  }

  private report(termination: Termination): void {
    try {
      this.f(termination)
    } catch (error) {
      this.failStage(error)
    }
  }
}

/** The state of a stream that `monitor` reports. */
export type StreamState<T> = { type: "initialized" } | { type: "received"; element: T } | Termination

export class Monitor<T> extends OnTermination<T> {
  /** True at the first start, false after a restore. */
  private isNew = false

  constructor(private readonly listener: (state: StreamState<T>) => void) {
    super(listener)
  }

  override onStart(): void {
    this.isNew = true
  }

  override begin(): void {
    if (this.isNew) this.tryReport({ type: "initialized" })
  }

  override push(element: T): boolean {
    return this.tryReport({ type: "received", element }) && super.push(element)
  }

  private tryReport(state: StreamState<T>): boolean {
    try {
      this.listener(state)
      return true
    } catch (error) {
      return this.failStage(error)
    }
  }
}

export class Log<T> extends OnTermination<T> {
  constructor(
    private readonly name: string,
    private readonly log: (...line: unknown[]) => void,
  ) {
    super(({ type, ...details }) => log(`${name}: ${type}`, ...Object.values(details)))
  }

  override push(element: T): boolean {
    try {
      this.log(`${this.name}:`, element)
    } catch (error) {
      return this.failStage(error)
    }
    return super.push(element)
  }
}
