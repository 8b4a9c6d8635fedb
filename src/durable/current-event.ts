import { type Logger, log } from "../stream/logger.ts"

export interface ObjectInEvent {
  /** Where its log entries go. */
  readonly log: Logger
  /** Runs an effect when the event is saved. */
  whenSaved(effect: () => void): void
}

/** The object that is handling an event. Events are synchronous, so there is at most one. */
export const currentEvent: { object: ObjectInEvent | undefined } = { object: undefined }

/** Runs an effect that leaves the object, when the current event is saved, or at once outside an event. */
export function whenSaved(effect: () => void): void {
  if (currentEvent.object) currentEvent.object.whenSaved(effect)
  else effect()
}

/** The logger of the object that is handling an event, or that of the Worker outside an event. */
export function currentLog(): Logger {
  return currentEvent.object?.log ?? log
}
