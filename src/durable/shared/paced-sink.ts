import { nextAlarm } from "../../stream/alarm-grid.ts"
import { type None, none } from "../../stream/engine/emitter.ts"
import { SinkStage } from "../../stream/engine/sink-stage.ts"
import type { Channel, Publisher } from "./channel.ts"

/** The sink of a hub whose slowest subscriber sets the pace: it holds one element while the buffer of a subscriber is full. */
export class PacedSink<T> extends SinkStage<T, void, [T]> implements Publisher {
  private held: T | None = none

  constructor(
    private readonly channel: Channel<T>,
    /** Restores the subscribers whose buffers are saved, because the channel checks only buffers in memory. */
    private readonly restoreBuffers: () => void,
    /** An element may be published later, as after a commit: then it calls `onError` for an error, and has no room until then. */
    private readonly publish: (element: T, onError: (cause: unknown) => boolean) => void,
  ) {
    super()
  }

  override ask(): void {
    if (this.held === none && this.hasRoom()) super.ask()
  }

  override advance(): void {
    this.flush()
    this.ask()
  }

  push(element: T): boolean {
    this.restoreBuffers()
    if (this.hasRoom()) this.pass(element)
    else this.hold(element)
    return this.held === none && !this.inClosed && this.hasRoom()
  }

  onRoom(): void {
    this.run.event(() => this.advance())
  }

  override onTimer(): void {
    this.onRoom()
  }

  /** A held element waits for room, although no other follows. */
  override onComplete(): void {
    this.flush()
  }

  override hasInFlight(): boolean {
    return this.held !== none || super.hasInFlight()
  }

  override onFail(error: unknown): void {
    this.leave()
    super.onFail(error)
  }

  override end(): void {
    this.held = none
    this.leave()
    super.end()
  }

  override save(): [T] | undefined {
    return this.held === none ? undefined : [this.held]
  }

  override restore([held]: [T]): void {
    this.held = held
  }

  private hold(element: T): void {
    this.held = element
    this.markDirty()
  }

  private flush(): void {
    if (this.held !== none) {
      this.restoreBuffers()
      if (!this.hasRoom()) return
      const { held } = this
      this.held = none
      this.markDirty()
      this.pass(held)
    }
    if (!this.inClosed || this.outClosed) return
    this.leave()
    this.succeed()
  }

  /** Publishes an element. An error fails this sink, not the subscriber that has made room. */
  private pass(element: T): void {
    try {
      this.publish(element, (cause) => this.abort(cause))
    } catch (error) {
      this.abort(error)
    }
  }

  /** Returns whether the stream had not ended yet. */
  private abort(error: unknown): boolean {
    if (this.outClosed) return false
    this.run.event(() => {
      this.leave()
      this.failStage(error)
    })
    return true
  }

  /** Without room the channel calls `onRoom` when there is some. The alarm does if an eviction has removed the sink from memory. */
  private hasRoom(): boolean {
    if (!this.channel.isFull) {
      this.wakeAt(Infinity)
      return true
    }
    this.channel.waiting.add(this)
    this.wakeAt(nextAlarm(this.run.now()))
    return false
  }

  private leave(): void {
    this.channel.waiting.delete(this)
    this.wakeAt(Infinity)
  }
}
