import type { Logger } from "../stream/logger.ts"
import { currentEvent, type ObjectInEvent } from "./current-event.ts"

/** The events of an object. One within another is part of it. */
export abstract class ObjectEvents implements ObjectInEvent {
  abstract readonly log: Logger
  /** The number of events that are nested in one another. */
  private depth = 0
  /** The object that was handling an event when this one began to. */
  private outer: ObjectInEvent | undefined

  abstract whenSaved(effect: () => void): void
  /** An event that is in no other begins. */
  protected abstract beginEvent(): void
  /** The handler of such an event has returned or thrown. */
  protected abstract finishEvent(): void
  /** Such an event has ended, also if `beginEvent` or `finishEvent` has thrown. */
  protected abstract leaveEvent(): void

  get isInEvent(): boolean {
    return this.depth > 0
  }

  /** Runs a handler as an event. */
  event<T>(handler: () => T): T {
    try {
      this.begin()
      return handler()
    } finally {
      this.end()
    }
  }

  /** Begins an event without a handler, because a message would need a function of its own. Call `end` in a `finally`, also if this throws. */
  begin(): void {
    this.depth++
    if (this.depth > 1) return
    this.outer = currentEvent.object
    currentEvent.object = this
    this.beginEvent()
  }

  end(): void {
    try {
      if (this.depth === 1) this.finishEvent()
    } finally {
      this.depth--
      if (this.depth === 0) {
        currentEvent.object = this.outer
        this.leaveEvent()
      }
    }
  }
}
