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
  /** An event that is in no other has begun. */
  protected abstract beginEvent(): void
  /** It ends. */
  protected abstract finishEvent(): void
  /** It has ended, in any case. */
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

  /** Begins an event, which `end` ends even after an error. Messages use them, because each would need a handler of its own. */
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
