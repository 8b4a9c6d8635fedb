/** One actor watches another: their paths, and the message that the watcher gets instead of `Terminated`. */
export interface Watch {
  readonly watched: string
  readonly watcher: string
  readonly message?: unknown
}

type Index = Map<string, Map<string, Watch>>

/** The watches of a system, by either side. */
export class DeathWatch {
  private readonly byWatched: Index = new Map()
  private readonly byWatcher: Index = new Map()

  add(watch: Watch): void {
    entry(this.byWatched, watch.watched).set(watch.watcher, watch)
    entry(this.byWatcher, watch.watcher).set(watch.watched, watch)
  }

  /** Whether there was such a watch. */
  remove({ watched, watcher }: Watch): boolean {
    drop(this.byWatcher, watcher, watched)
    return drop(this.byWatched, watched, watcher)
  }

  /** The watches on an actor. */
  of(watched: string): Watch[] {
    return [...(this.byWatched.get(watched)?.values() ?? [])]
  }

  /** The watches of an actor on others. */
  by(watcher: string): Watch[] {
    return [...(this.byWatcher.get(watcher)?.values() ?? [])]
  }
}

function entry(index: Index, key: string): Map<string, Watch> {
  const known = index.get(key)
  if (known) return known
  const fresh = new Map<string, Watch>()
  index.set(key, fresh)
  return fresh
}

function drop(index: Index, key: string, other: string): boolean {
  const found = index.get(key)
  if (!found?.delete(other)) return false
  if (found.size === 0) index.delete(key)
  return true
}
