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
      for (const [of, listener] of [...all]) if (of === type) listener(value as never)
    },
  }
}
