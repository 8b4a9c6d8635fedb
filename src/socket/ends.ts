import { Backlog, type Overflow } from "../stream/stages/backlog.ts"
import { SinkStage } from "../stream/stages/sink.ts"

/** What the two ends of a flow tell the connection between them. */
export interface Peer<Out> {
  send(element: Out): void
  /** The flow takes no more messages. */
  inputDone(): void
  /** The flow has no more messages. */
  outputDone(): void
  /** The socket has been closed for as long as its flow may go on. */
  lingered(): void
  failed(error: unknown): void
}

/** Where messages enter the flow: they wait here while it has no demand. */
export class Inbox<In> extends Backlog<In> {
  constructor(
    private readonly peer: Peer<never>,
    bound: number,
    overflow: Overflow,
  ) {
    super(bound, overflow)
  }

  /** A `BufferOverflowError` if it is full and the strategy is `fail`. */
  offer(element: In): void {
    this.put(element)
  }

  override onCancel(cause?: unknown): void {
    if (cause === undefined) this.peer.inputDone()
    else this.peer.failed(cause)
  }
}

/** How long, in milliseconds, a flow may work on what came before its socket was closed. */
const longestLinger = 30_000

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

  /** The socket is closed, but the flow is not done: its time is limited from now on. */
  linger(): void {
    if (this.due === Infinity) this.wakeAt(this.run.now() + longestLinger)
  }

  override onTimer(): void {
    this.peer.lingered()
  }

  override end(): void {
    this.wakeAt(Infinity)
    super.end()
  }

  override onComplete(): void {
    this.peer.outputDone()
  }

  override onFail(error: unknown): void {
    this.peer.failed(error)
  }
}
