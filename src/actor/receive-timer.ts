import { ReceiveTimeout } from "./signal.ts"
import type { QueuedTimer, TimerQueue } from "./timer-queue.ts"

/** The part of an actor that its receive timer uses. */
interface ReceiveTimerOwner {
  readonly path: string
  readonly queue: TimerQueue
  now(): number
  onTimeout(message: ReceiveTimeout): void
  changed(): void
}

/** A receive timer as it is saved; without `due` its message waits to be handled. */
export type SavedReceiveTimer = readonly [timeout: number, due: number | undefined]

/** Sends an actor a `ReceiveTimeout` when it has got no message for a time. */
export class ReceiveTimer implements QueuedTimer {
  heapIndex = -1
  /** When it fires; `Infinity` for never. */
  due = Infinity
  readonly path: string
  /** After the other timers of its actor. */
  readonly order = Infinity
  private timeout: number | undefined

  constructor(private readonly owner: ReceiveTimerOwner) {
    this.path = owner.path
  }

  /** @param timeout in milliseconds */
  set(timeout: number): void {
    this.timeout = timeout
    this.restart()
  }

  cancel(): void {
    if (this.timeout === undefined) return
    this.timeout = undefined
    this.move(Infinity)
    this.owner.changed()
  }

  /** The actor has handled a message. */
  restart(): void {
    if (this.timeout === undefined) return
    this.move(this.owner.now() + this.timeout)
    this.owner.changed()
  }

  fire(): void {
    if (this.timeout === undefined) return
    this.move(Infinity)
    this.owner.changed()
    this.owner.onTimeout(new ReceiveTimeout(this.timeout))
  }

  save(): SavedReceiveTimer | undefined {
    return this.timeout === undefined ? undefined : [this.timeout, this.due === Infinity ? undefined : this.due]
  }

  restore([timeout, due = Infinity]: SavedReceiveTimer): void {
    this.timeout = timeout
    this.move(due)
  }

  private move(due: number): void {
    const { queue } = this.owner
    queue.delete(this)
    this.due = due
    if (due < Infinity) queue.add(this)
  }
}
