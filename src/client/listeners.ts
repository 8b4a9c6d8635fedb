/**
 * Calls listeners by the type of event. An event that a listener causes comes after the one that the listener has got, so that all
 * listeners get the events in one order.
 */
export interface Listeners<Events> {
  /** Calls `listener` for each event of a type. The returned function removes the listener. */
  on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void
  emit<Type extends keyof Events>(type: Type, value: Events[Type]): void
}

export function makeListeners<Events>(): Listeners<Events> {
  const all = new Set<readonly [type: keyof Events, listener: (value: never) => void]>()
  const events: [type: keyof Events, value: unknown][] = []
  return {
    on(type, listener) {
      const entry = [type, listener] as const
      all.add(entry)
      return () => void all.delete(entry)
    },
    emit(type, value) {
      // A call further up the stack goes on with this event.
      if (events.push([type, value]) > 1) return
      for (const [type, value] of events)
        for (const entry of [...all]) if (entry[0] === type && all.has(entry)) call(entry[1], value as never)
      events.length = 0
    },
  }
}

/** An error of a listener is reported as uncaught, because it must keep neither the client nor other listeners from going on. */
function call<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
