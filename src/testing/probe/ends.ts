import { SinkStage } from "../../stream/engine/sink-stage.ts"
import { Stage } from "../../stream/engine/stage.ts"

/** The end of a stream: completed, or failed with an error. */
export type End = "completed" | { failed: unknown }

/** The state of an input that a test controls. */
export interface InputState {
  /** Whether downstream has cancelled; with the cause if it has failed. */
  cancelled: true | { cause: unknown } | undefined
}

/** The state of an output that a test controls. */
export interface OutputState<T> {
  readonly received: T[]
  /** The end of the output; `undefined` before. */
  ended: End | undefined
  /** The number of elements that are requested and have not arrived. */
  requested: number
}

/** The stage of an input that a test controls. */
export class InputEnd<T> extends Stage<never, T> {
  wanted = false
  override inClosed = false

  constructor(private state: InputState) {
    super()
  }

  /** Detaches the stage from the test, because its instance is evicted. Pending elements in that instance are dropped. */
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

/** The stage of an output that a test controls. */
export class OutputEnd<T> extends SinkStage<T> {
  constructor(private state: OutputState<T>) {
    super()
  }

  /** Detaches the stage from the test, because its instance is evicted. Pending elements in that instance are dropped. */
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
