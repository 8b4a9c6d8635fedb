interface EventfulObject {
  /** Runs an effect when the event is saved. */
  whenSaved(effect: () => void): void
}

/** The object whose event is being handled. Events are synchronous, so there is one at a time. */
export const currentEvent: { object: EventfulObject | undefined } = { object: undefined }

/** Runs an effect that leaves the object once the current event is saved; at once outside an event. */
export function whenSaved(effect: () => void): void {
  if (currentEvent.object) currentEvent.object.whenSaved(effect)
  else effect()
}
