import { ReceiveTimeout } from "./signal.ts"

/** What a receive timer needs from its actor. */
interface ReceiveTimerOwner {
  now(): number
  onTimeout(message: ReceiveTimeout): void
  changed(): void
}

/** A receive timer as it is saved; without `due` its message waits to be handled. */
export type SavedReceiveTimer = readonly [timeout: number, due: number | undefined]

/** Sends an actor a `ReceiveTimeout` when it has got no message for a time. */
export class ReceiveTimer {
  /** When it fires; `Infinity` for never. */
  due = Infinity
  private timeout: number | undefined

  constructor(private readonly owner: ReceiveTimerOwner) {}

  /** @param timeout in milliseconds */
  set(timeout: number): void {
    this.timeout = timeout
    this.restart()
  }

  cancel(): void {
    if (this.timeout === undefined) return
    this.timeout = undefined
    this.due = Infinity
    this.owner.changed()
  }

  /** The actor has handled a message. */
  restart(): void {
    if (this.timeout === undefined) return
    this.due = this.owner.now() + this.timeout
    this.owner.changed()
  }

  fire(): void {
    if (this.timeout === undefined) return
    this.due = Infinity
    this.owner.changed()
    this.owner.onTimeout(new ReceiveTimeout(this.timeout))
  }

  save(): SavedReceiveTimer | undefined {
    return this.timeout === undefined ? undefined : [this.timeout, this.due === Infinity ? undefined : this.due]
  }

  restore([timeout, due = Infinity]: SavedReceiveTimer): void {
    this.timeout = timeout
    this.due = due
  }
}
