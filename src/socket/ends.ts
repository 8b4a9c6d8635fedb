import type { Clock } from "../stream/clock.ts"
import { Backlog, type DropStrategy } from "../stream/stages/backlog.ts"
import { SinkStage } from "../stream/stages/sink.ts"
import { CloseCode, CloseError } from "./close.ts"
import type { SlowReaderStrategy } from "./limits.ts"

/** What the two ends of a flow tell the connection between them. */
export interface Peer<Out> {
  send(element: Out): void
  /** Whether there is too much on its way to the client. */
  isSlow(): boolean
  /** Whether a slow client has to be polled. */
  readonly isPolled: boolean
  dropped(count: number): void
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
    bufferSize: number,
    overflow: DropStrategy,
  ) {
    super(bufferSize, overflow)
  }

  /** A `BufferOverflowError` if it is full and the strategy is `fail`. */
  offer(element: In): void {
    const dropped = this.put(element)
    if (dropped > 0) this.peer.dropped(dropped)
  }

  override onCancel(cause?: unknown): void {
    if (cause === undefined) this.peer.inputDone()
    else this.peer.failed(cause)
  }
}

/** How long, in milliseconds, a flow may work on what came before its socket was closed. */
const longestLinger = 30_000
/**
 * How long to wait before looking whether a slow client has caught up, in milliseconds: twice as long each time. Its object
 * stays in memory meanwhile: workerd evicts none that has bytes for a client. So a look costs no alarm; one in a while has an alarm, in case that the object is evicted all the same.
 */
const shortestWait = 20
const longestWait = 2_000
const alarmGrid = 10_000
/** How many messages wait for a slow client where the oldest are dropped. */
const waitingRoom = 16

type SavedOutbox<Out> = [lingersUntil: number, waiting: Out[]]

/** Where messages leave the flow. While the client is slow it looks from time to time whether it still is. */
export class Outbox<Out> extends SinkStage<Out, void, SavedOutbox<Out>> {
  private lingersUntil = Infinity
  private waiting: Out[] = []
  private isSlow = false
  private wait = shortestWait
  private stopLooking: (() => void) | undefined

  constructor(
    private readonly peer: Peer<Out>,
    private readonly strategy: SlowReaderStrategy,
    private readonly looks: Clock,
  ) {
    super()
  }

  get isBehind(): boolean {
    return this.isSlow && !this.inClosed
  }

  override ask(): void {
    // What waited is sent by the first look, before anything else.
    this.isSlow = !this.inClosed && (this.peer.isSlow() || this.waiting.length > 0)
    if (this.isSlow) this.watch()
    if (!this.isSlow || this.strategy !== "backpressure") super.ask()
  }

  push(element: Out): boolean {
    if (this.isSlow) return this.strategy === "fail" ? this.slowDown() : this.hold(element)
    try {
      this.peer.send(element)
    } catch (error) {
      this.peer.failed(error)
      return this.failStage(error)
    }
    return !this.inClosed && (!this.peer.isSlow() || this.slowDown())
  }

  /** The socket is closed, but the flow is not done: its time is limited from now on. */
  linger(): void {
    if (this.lingersUntil < Infinity) return
    this.lingersUntil = this.run.now() + longestLinger
    this.wakeAt(Math.min(this.due, this.lingersUntil))
  }

  override onTimer(): void {
    if (this.run.now() >= this.lingersUntil) this.peer.lingered()
    else this.look()
    if (this.isBehind && this.peer.isPolled) this.setAlarm()
  }

  override end(): void {
    this.stopLooking?.()
    this.wakeAt(Infinity)
    super.end()
  }

  override onComplete(): void {
    this.flush()
    this.peer.outputDone()
  }

  override onFail(error: unknown): void {
    this.peer.failed(error)
  }

  override save(): SavedOutbox<Out> | undefined {
    const hasNothing = this.lingersUntil === Infinity && this.waiting.length === 0
    return hasNothing ? undefined : [this.lingersUntil, this.waiting]
  }

  override restore([lingersUntil, waiting]: SavedOutbox<Out>): void {
    this.lingersUntil = lingersUntil
    this.waiting = waiting
  }

  private slowDown(): boolean {
    if (this.strategy === "fail") {
      this.peer.failed(new CloseError(CloseCode.tryAgainLater, "Too slow"))
      return false
    }
    this.isSlow = true
    this.watch()
    return this.strategy !== "backpressure"
  }

  private hold(element: Out): boolean {
    const isFull = this.strategy === "dropNew" || this.waiting.length === waitingRoom
    if (isFull) this.peer.dropped(1)
    if (this.strategy === "dropNew") return true
    if (isFull) this.waiting.shift()
    this.waiting.push(element)
    this.changed()
    return this.strategy === "dropHead"
  }

  /** Whether the client has caught up; a look costs little, so every event of the connection takes one. */
  look(): void {
    if (!this.isSlow || this.inClosed || this.peer.isSlow()) return
    this.isSlow = false
    this.changed()
    this.stopLooking?.()
    this.wakeAt(this.lingersUntil)
    this.flush()
    super.ask()
  }

  private watch(): void {
    if (!this.peer.isPolled) return
    this.wait = shortestWait
    this.lookLater()
    this.setAlarm()
  }

  private lookLater(): void {
    this.stopLooking?.()
    this.stopLooking = this.looks.at(this.looks.now() + this.wait, () => {
      this.wait = Math.min(this.wait * 2, longestWait)
      this.run.event(() => this.look())
      if (this.isBehind) this.lookLater()
    })
  }

  /** On a grid, which all slow clients of an object share. */
  private setAlarm(): void {
    const next = (Math.floor(this.run.now() / alarmGrid) + 2) * alarmGrid
    this.wakeAt(Math.min(next, this.lingersUntil))
  }

  private flush(): void {
    for (const element of this.waiting.splice(0)) this.peer.send(element)
  }
}
