import { SinkStage } from "../../stream/engine/sink-stage.ts"
import { Stage } from "../../stream/engine/stage.ts"

/** How a stream ended. */
export type End = "completed" | { failed: unknown }

/** The state of an input that a test moves by hand. */
export interface InputState {
  /** Whether what is below has cancelled; with the cause where there was one. */
  cancelled: true | { cause: unknown } | undefined
}

/** The state of an output that a test moves by hand. */
export interface OutputState<T> {
  readonly received: T[]
  /** How the output ended. */
  ended: End | undefined
  /** How many elements are still asked for. */
  requested: number
}

/** The stage of an input that is moved by hand. */
export class InputEnd<T> extends Stage<never, T> {
  wanted = false
  override inClosed = false

  constructor(private state: InputState) {
    super()
  }

  /** Its instance is evicted: pending elements in it are dropped. */
  detach(): void {
    this.state = { cancelled: undefined }
  }

  push(): boolean {
    return false
  }

  send(element: T): void {
    this.wanted = false
    if (this.down.push(element)) this.wanted = true
    if (this.outClosed) this.wanted = false
  }

  override resume(): void {
    this.wanted = !this.outClosed
  }

  override onCancel(cause?: unknown): void {
    this.wanted = false
    this.state.cancelled = cause === undefined ? true : { cause }
  }
}

/** The stage of an output that is moved by hand. */
export class OutputEnd<T> extends SinkStage<T> {
  constructor(private state: OutputState<T>) {
    super()
  }

  /** Its instance is evicted: pending elements in it are dropped. */
  detach(): void {
    this.state = { received: [], ended: undefined, requested: 0 }
  }

  override ask(): void {
    if (this.state.requested > 0 && !this.inClosed) this.up.resume()
  }

  request(count: number): void {
    this.state.requested += count
    this.ask()
  }

  cancelInput(cause?: unknown): void {
    this.cancelUp(cause)
  }

  push(element: T): boolean {
    this.state.received.push(element)
    this.state.requested--
    return this.state.requested > 0
  }

  override onComplete(): void {
    this.state.ended = "completed"
  }

  override onFail(error: unknown): void {
    this.state.ended = { failed: error }
  }
}
