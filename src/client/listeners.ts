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
  type Entry = readonly [type: keyof Events, listener: (value: never) => void]
  let all: readonly Entry[] = []
  let isCalling = false
  const later: [type: keyof Events, value: unknown][] = []
  const callAll = (type: keyof Events, value: unknown) => {
    for (const entry of all) if (entry[0] === type && all.includes(entry)) call(entry[1], value as never)
  }
  return {
    on(type, listener) {
      const entry = [type, listener] as const
      all = [...all, entry]
      return () => {
        all = all.filter((other) => other !== entry)
      }
    },
    emit(type, value) {
      if (isCalling) {
        // The call further up the stack goes on with this event.
        later.push([type, value])
        return
      }
      isCalling = true
      callAll(type, value)
      for (let event = later.shift(); event; event = later.shift()) callAll(...event)
      isCalling = false
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
