import { type None, none } from "../stream/emitter.ts"
import { enqueue } from "../stream/overflow.ts"
import { Stage } from "../stream/stage.ts"
import { SinkStage } from "../stream/stages/sink.ts"
import { SourceStage } from "../stream/stages/source.ts"
import type { InboxOverflow } from "./limits.ts"

/** What the two ends of a flow tell the connection between them. */
export interface Peer<Out> {
  send(element: Out): void
  /** The flow takes no more messages. */
  inputDone(): void
  /** The flow has no more messages. */
  outputDone(): void
  failed(error: unknown): void
}

/** Where messages enter the flow: they wait here while it has no demand. */
export class Inbox<In> extends SourceStage<In, [elements: In[], ended: boolean]> {
  private elements: In[] = []
  private ended = false

  constructor(
    private readonly peer: Peer<never>,
    private readonly bound: number,
    private readonly overflow: InboxOverflow,
  ) {
    super()
  }

  /** A `BufferOverflowError` if it is full and the strategy is `fail`. */
  offer(element: In): void {
    if (this.ended || this.outClosed) return
    enqueue(this.elements, element, this.bound, this.overflow)
    this.changed()
    this.drain()
  }

  /** No more messages but, where given, a last one; those that wait are still taken. */
  end(...last: In[]): void {
    if (this.ended || this.outClosed) return
    this.ended = true
    this.elements.push(...last)
    this.changed()
    this.drain()
  }

  override onCancel(cause?: unknown): void {
    if (cause === undefined) this.peer.inputDone()
    else this.peer.failed(cause)
  }

  protected next(): In | None {
    return this.elements.length > 0 ? (this.elements.shift() as In) : none
  }

  protected isDrained(): boolean {
    return this.ended && this.elements.length === 0
  }

  override save(): [In[], boolean] | undefined {
    return this.ended || this.elements.length > 0 ? [this.elements, this.ended] : undefined
  }

  override restore([elements, ended]: [In[], boolean]): void {
    this.elements = elements
    this.ended = ended
  }
}

/** Where messages leave the flow. */
export class Outbox<Out> extends SinkStage<Out, void> {
  constructor(private readonly peer: Peer<Out>) {
    super()
  }

  push(element: Out): boolean {
    try {
      this.peer.send(element)
    } catch (error) {
      this.peer.failed(error)
      return this.failStage(error)
    }
    return !this.inClosed
  }

  /** Nobody is there any more to send to. */
  end(): void {
    this.cancelUp()
  }

  override onComplete(): void {
    this.peer.outputDone()
  }

  override onFail(error: unknown): void {
    this.peer.failed(error)
  }
}
