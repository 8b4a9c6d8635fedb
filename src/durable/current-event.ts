interface EventfulObject {
  /** Runs an effect when the event is saved. */
  whenSaved(effect: () => void): void
}

/** The object whose event is being handled; events are synchronous, so there is one at a time. */
let current: EventfulObject | undefined

/** Runs an effect that leaves the object once the current event is saved; at once outside an event. */
export function whenSaved(effect: () => void): void {
  if (current) current.whenSaved(effect)
  else effect()
}

/** Runs the handler of an event of an object. */
export function asCurrent<T>(object: EventfulObject, handler: () => T): T {
  const outer = current
  current = object
  try {
    return handler()
  } finally {
    current = outer
  }
}
