import { stageStep } from "../../stream/engine/wiring.ts"
import { Sink } from "../../stream/sink.ts"
import { type End, OutputEnd } from "./ends.ts"

/**
 * A sink that a test controls: it takes as many elements as were requested. It is outside of the flow, so it keeps its state when the
 * flow hibernates.
 *
 * @example
 * ```ts
 * const log = new TestSink<string>()
 * flowTest(() => Flow.of<string>().alsoTo(log.sink))
 * log.request(2)
 * ```
 */
export class TestSink<T> {
  /** The elements that the sink has taken. */
  readonly received: T[] = []
  /** The end of the stream into the sink; `undefined` before. */
  ended: End | undefined
  /** The number of elements that were requested and have not arrived. */
  requested = 0
  readonly sink: Sink<T> = new Sink([stageStep("testSink", "keeps", () => this.start())])
  private running: OutputEnd<T> | undefined

  /** Requests `count` more elements. */
  request(count: number): this {
    const { running } = this
    if (running) running.run.event(() => running.request(count))
    else this.requested += count
    return this
  }

  /** Makes the demand unlimited. */
  unbounded(): this {
    return this.request(Infinity)
  }

  /** Cancels the stream; a `cause` means that the sink has failed. */
  cancel(cause?: unknown): this {
    const { running } = this
    running?.run.event(() => running.cancelInput(cause))
    return this
  }

  private start(): OutputEnd<T> {
    this.running?.detach()
    this.running = new OutputEnd(this)
    return this.running
  }
}
