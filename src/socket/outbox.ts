import { nextAlarm } from "../stream/alarm-grid.ts"
import type { Clock } from "../stream/clock.ts"
import { SinkStage } from "../stream/engine/sink-stage.ts"
import { CloseCode, CloseError } from "./close.ts"
import type { ConnectionEvents, Frame } from "./connection-events.ts"
import type { SlowReaderStrategy } from "./limits.ts"
import { isCloseMessage } from "./message.ts"

/** How long a flow may work on earlier messages after its socket was closed, in milliseconds. */
const drainTimeout = 30_000
/** How long to wait before a slow client is polled, in milliseconds: twice as long each time. */
const shortestPoll = 20
const longestPoll = 2_000
/** How many messages wait for a slow client where the oldest are dropped. */
const maxHeldMessages = 16

type SavedOutbox = [drainDeadline: number, held: Frame[], isExtended?: true]

/** Where messages leave the flow. While the client is slow, the outbox polls how much is buffered for it. */
export class Outbox<Out> extends SinkStage<Out, void, SavedOutbox> {
  private drainDeadline = Infinity
  /** Whether the time for draining has begun again once. */
  private isExtended: true | undefined
  /** Encoded already, so that an element that the codec refuses fails the flow that has emitted it. */
  protected held: Frame[] = []
  private isSlow = false
  /** Whether the client is slow to acknowledge. It need not be polled then, because each acknowledgement is an event. */
  private isUnpolled = false
  private pollInterval = shortestPoll
  private cancelPoll: (() => void) | undefined

  constructor(
    private readonly connection: ConnectionEvents<Out>,
    private readonly strategy: SlowReaderStrategy,
    private readonly pollClock: Clock,
  ) {
    super()
  }

  get isBehind(): boolean {
    return this.isSlow && !this.inClosed
  }

  override ask(): void {
    // After a restore the first poll sends the held messages, before anything else.
    this.isSlow = !this.inClosed && (this.connection.isSlow() || this.held.length > 0)
    if (this.isSlow) this.pollClient()
    if (!this.isSlow || this.strategy !== "backpressure") super.ask()
  }

  push(element: Out): boolean {
    try {
      const frame = this.connection.encode(element)
      if (this.isSlow && frame !== undefined && !isCloseMessage(frame)) return this.hold(frame)
      if (frame !== undefined) this.connection.send(frame)
    } catch (error) {
      this.connection.fail(error)
      this.cancelUp(error)
    }
    return !this.inClosed && (!this.connection.isSlow() || this.slowDown())
  }

  /** The socket is closed and the flow has not ended: limits the time that it has left. */
  startDrainTimeout(): void {
    if (this.drainDeadline < Infinity) return
    this.drainDeadline = this.run.now() + drainTimeout
    this.wakeAt(Math.min(this.due, this.drainDeadline))
  }

  /**
   * The flow of a closed socket works again on what an eviction has interrupted. The event of the drain timeout may have restored it, which
   * would drop the results.
   */
  extendDrainTimeout(): void {
    if (this.drainDeadline > this.run.now() || this.isExtended) return
    this.isExtended = true
    this.drainDeadline = this.run.now() + drainTimeout
    this.wakeAt(this.drainDeadline)
    this.markDirty()
  }

  override onTimer(): void {
    if (this.run.now() >= this.drainDeadline) this.connection.onDrainTimeout()
    else this.checkDrained()
    if (this.isBehind && this.connection.isPolled) this.setAlarm()
  }

  override end(cause?: unknown): void {
    this.cancelPoll?.()
    this.wakeAt(Infinity)
    super.end(cause)
  }

  override onComplete(): void {
    this.connection.onOutputComplete()
  }

  override onFail(error: unknown): void {
    this.connection.fail(error)
  }

  override save(): SavedOutbox | undefined {
    const isFresh = this.drainDeadline === Infinity && this.held.length === 0
    if (isFresh) return undefined
    return this.isExtended ? [this.drainDeadline, this.held, true] : [this.drainDeadline, this.held]
  }

  override restore([drainDeadline, held, isExtended]: SavedOutbox): void {
    this.isExtended = isExtended
    this.drainDeadline = drainDeadline
    this.held = held
  }

  /** Resumes if the client has caught up. Called at each event of the connection, since it costs little. */
  checkDrained(): void {
    if (!this.isSlow || this.inClosed) return
    if (this.connection.isSlow()) {
      if (this.isUnpolled) this.pollClient()
      return
    }
    this.isSlow = false
    this.markDirty()
    this.connection.onCaughtUp?.()
    this.cancelPoll?.()
    this.wakeAt(this.drainDeadline)
    this.flush()
    // The held messages may have made the client slow again.
    this.ask()
  }

  /** Holds messages as for a slow client, until `checkDrained` finds that the connection is not slow. */
  pause(): void {
    this.isSlow = true
    this.cancelPoll?.()
  }

  /** Sends the held messages. Called before the close, because the flow has emitted them before. */
  flush(): void {
    for (const frame of this.held.splice(0)) this.connection.send(frame)
  }

  /** Drops the held messages. */
  drop(): void {
    this.held = []
  }

  private slowDown(): boolean {
    if (this.strategy === "fail") {
      this.connection.fail(new CloseError(CloseCode.tryAgainLater, "Too slow"))
      return false
    }
    this.isSlow = true
    this.pollClient()
    return this.strategy !== "backpressure"
  }

  private hold(frame: Frame): boolean {
    if (this.strategy === "fail") return this.slowDown()
    const isFull = this.strategy === "dropNew" || this.held.length === maxHeldMessages
    if (isFull) this.connection.onMessagesDropped(1)
    if (this.strategy === "dropNew") return true
    if (isFull) this.held.shift()
    this.held.push(frame)
    this.markDirty()
    return this.strategy === "dropHead"
  }

  private pollClient(): void {
    this.isUnpolled = !this.connection.isPolled
    if (this.isUnpolled) return
    this.pollInterval = shortestPoll
    this.schedulePoll()
    this.setAlarm()
  }

  private schedulePoll(): void {
    this.cancelPoll?.()
    this.cancelPoll = this.pollClock.at(this.pollClock.now() + this.pollInterval, () => {
      this.pollInterval = Math.min(this.pollInterval * 2, longestPoll)
      this.run.event(() => this.checkDrained())
      if (this.isBehind) this.schedulePoll()
    })
  }

  /** Polls set no alarms: workerd keeps an object in memory while it has bytes for a client. The alarm polls after a forced eviction. */
  private setAlarm(): void {
    this.wakeAt(Math.min(nextAlarm(this.run.now()), this.drainDeadline))
  }
}
