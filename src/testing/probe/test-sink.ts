import { stageStep } from "../../stream/engine/wiring.ts"
import { Sink } from "../../stream/sink.ts"
import { type End, OutputEnd } from "./ends.ts"

/**
 * A sink that a test moves by hand: it takes as many elements as were requested. It lies outside of the flow, so it goes on when
 * the flow has slept.
 *
 * @example
 * ```ts
 * const log = new TestSink<string>()
 * flowTest(() => Flow.of<string>().alsoTo(log.sink))
 * log.request(2)
 * ```
 */
export class TestSink<T> {
  readonly received: T[] = []
  /** How the stream into it ended. */
  ended: End | undefined
  /** How many elements are still asked for. */
  requested = 0
  readonly sink: Sink<T> = new Sink([stageStep("testSink", "keeps", () => this.start())])
  private running: OutputEnd<T> | undefined

  /** Asks for `count` more elements. */
  request(count: number): this {
    const { running } = this
    if (running) running.run.event(() => running.request(count))
    else this.requested += count
    return this
  }

  /** Asks for elements without end. */
  unbounded(): this {
    return this.request(Infinity)
  }

  /** Takes nothing more; a cause means that it has failed. */
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
