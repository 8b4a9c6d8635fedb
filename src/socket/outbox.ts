import type { Clock } from "../stream/clock.ts"
import { SinkStage } from "../stream/engine/sink-stage.ts"
import { CloseCode, CloseError } from "./close.ts"
import type { ConnectionEvents } from "./connection-events.ts"
import type { SlowReaderStrategy } from "./limits.ts"

/** How long a flow may work on earlier messages after its socket was closed, in milliseconds. */
const drainTimeout = 30_000
/** How long to wait before a slow client is polled, in milliseconds: twice as long each time. */
const shortestPoll = 20
const longestPoll = 2_000
/**
 * Polls set no alarms: workerd keeps an object in memory while it has bytes for a client. An alarm on this grid, in milliseconds,
 * polls a slow client whose object was evicted all the same.
 */
const alarmGrid = 10_000
/** How many messages wait for a slow client where the oldest are dropped. */
const maxHeldMessages = 16

type SavedOutbox<Out> = [drainDeadline: number, held: Out[]]

/** Where messages leave the flow. While the client is slow, the outbox polls how much is buffered for it. */
export class Outbox<Out> extends SinkStage<Out, void, SavedOutbox<Out>> {
  private drainDeadline = Infinity
  private held: Out[] = []
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
    if (this.isSlow) return this.strategy === "fail" ? this.slowDown() : this.hold(element)
    try {
      this.connection.send(element)
    } catch (error) {
      this.connection.fail(error)
      return this.failStage(error)
    }
    return !this.inClosed && (!this.connection.isSlow() || this.slowDown())
  }

  /** The socket is closed and the flow has not ended: limits the time that it has left. */
  startDrainTimeout(): void {
    if (this.drainDeadline < Infinity) return
    this.drainDeadline = this.run.now() + drainTimeout
    this.wakeAt(Math.min(this.due, this.drainDeadline))
  }

  override onTimer(): void {
    if (this.run.now() >= this.drainDeadline) this.connection.onDrainTimeout()
    else this.checkDrained()
    if (this.isBehind && this.connection.isPolled) this.setAlarm()
  }

  override end(): void {
    this.cancelPoll?.()
    this.wakeAt(Infinity)
    super.end()
  }

  override onComplete(): void {
    this.flush()
    this.connection.onOutputComplete()
  }

  override onFail(error: unknown): void {
    this.connection.fail(error)
  }

  override save(): SavedOutbox<Out> | undefined {
    const isFresh = this.drainDeadline === Infinity && this.held.length === 0
    return isFresh ? undefined : [this.drainDeadline, this.held]
  }

  override restore([drainDeadline, held]: SavedOutbox<Out>): void {
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
    this.cancelPoll?.()
    this.wakeAt(this.drainDeadline)
    this.flush()
    super.ask()
  }

  /** Holds messages as for a slow client, until `checkDrained` finds that the connection is not slow. */
  pause(): void {
    this.isSlow = true
    this.cancelPoll?.()
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

  private hold(element: Out): boolean {
    const isFull = this.strategy === "dropNew" || this.held.length === maxHeldMessages
    if (isFull) this.connection.onMessagesDropped(1)
    if (this.strategy === "dropNew") return true
    if (isFull) this.held.shift()
    this.held.push(element)
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

  /** All slow clients of an object share the times of the grid. */
  private setAlarm(): void {
    const next = (Math.floor(this.run.now() / alarmGrid) + 2) * alarmGrid
    this.wakeAt(Math.min(next, this.drainDeadline))
  }

  private flush(): void {
    for (const element of this.held.splice(0)) this.connection.send(element)
  }
}
