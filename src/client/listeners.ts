/** Calls listeners by the type of event. */
export interface Listeners<Events> {
  /** Calls `listener` for each event of a type. The returned function removes the listener. */
  on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void
  emit<Type extends keyof Events>(type: Type, value: Events[Type]): void
}

export function makeListeners<Events>(): Listeners<Events> {
  const all = new Set<readonly [type: keyof Events, listener: (value: never) => void]>()
  return {
    on(type, listener) {
      const entry = [type, listener] as const
      all.add(entry)
      return () => void all.delete(entry)
    },
    emit(type, value) {
      for (const [of, listener] of [...all]) if (of === type) call(listener, value as never)
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
