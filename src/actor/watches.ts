/** Somebody watches somebody: the paths of the two, and what the watcher is told in the end instead of `Terminated`. */
export interface Watch {
  readonly watched: string
  readonly watcher: string
  readonly message?: unknown
}

type Index = Map<string, Map<string, Watch>>

/** Who watches whom. */
export class Watches {
  private readonly byWatched: Index = new Map()
  private readonly byWatcher: Index = new Map()

  add(watch: Watch): void {
    entry(this.byWatched, watch.watched).set(watch.watcher, watch)
    entry(this.byWatcher, watch.watcher).set(watch.watched, watch)
  }

  /** Whether there was something to remove. */
  remove({ watched, watcher }: Watch): boolean {
    drop(this.byWatcher, watcher, watched)
    return drop(this.byWatched, watched, watcher)
  }

  of(watched: string): Watch[] {
    return [...(this.byWatched.get(watched)?.values() ?? [])]
  }

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
