/** One actor watches another. Has both paths, and the message that the watcher gets instead of `Terminated`. */
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
    entryOf(this.byWatched, watch.watched).set(watch.watcher, watch)
    entryOf(this.byWatcher, watch.watcher).set(watch.watched, watch)
  }

  /** Returns whether there was such a watch. */
  remove({ watched, watcher }: Watch): boolean {
    removeFrom(this.byWatcher, watcher, watched)
    return removeFrom(this.byWatched, watched, watcher)
  }

  /** The watches on an actor. */
  watchesOn(watched: string): Watch[] {
    return [...(this.byWatched.get(watched)?.values() ?? [])]
  }

  /** The watches of an actor on others. */
  watchesBy(watcher: string): Watch[] {
    return [...(this.byWatcher.get(watcher)?.values() ?? [])]
  }
}

function entryOf(index: Index, key: string): Map<string, Watch> {
  const known = index.get(key)
  if (known) return known
  const fresh = new Map<string, Watch>()
  index.set(key, fresh)
  return fresh
}

function removeFrom(index: Index, key: string, other: string): boolean {
  const found = index.get(key)
  if (!found?.delete(other)) return false
  if (found.size === 0) index.delete(key)
  return true
}
