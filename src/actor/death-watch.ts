import { connectionOf } from "./letter.ts"

/** One actor watches another. Has both paths, and the message that the watcher gets instead of `Terminated`. */
export interface Watch {
  readonly watched: string
  readonly watcher: string
  readonly message?: unknown
}

/**
 * Stores the watches of an object's actors on actors of connections. A crash ends connections without an event, and their attachments
 * with them.
 */
export interface WatchStorage {
  /** Writes nothing for a watch that is stored. */
  put(watch: Watch): void
  delete(watch: Watch): void
  all(): readonly Watch[]
}

type Index = Map<string, Map<string, Watch>>

/** The watches of a system, by either side. */
export class DeathWatch {
  private readonly byWatched: Index = new Map()
  private readonly byWatcher: Index = new Map()
  /**
   * The connections of lost actors, which are at most those before the crash. The runtime may still report that their sockets have vanished,
   * which restores them.
   */
  private readonly lost = new Set<string>()

  constructor(private readonly storage: WatchStorage) {}

  /** Throws if storage refuses the watch. */
  add(watch: Watch): void {
    if (isStored(watch)) this.storage.put(watch)
    this.index(watch)
  }

  /** Adds saved watches, but none on a lost actor. */
  restore(watches: readonly Watch[]): void {
    for (const watch of watches) if (!this.isLost(connectionOf(watch.watched))) this.index(watch)
  }

  /** Stores the watches again, because storage has been emptied. */
  rewrite(): void {
    for (const watches of this.byWatched.values())
      for (const watch of watches.values()) if (isStored(watch)) this.storage.put(watch)
  }

  /** Removes a watch on an actor whose connection has ended without an event. */
  lose(watch: Watch): void {
    this.lost.add(connectionOf(watch.watched))
    this.remove(watch)
  }

  isLost(connection: string): boolean {
    return this.lost.has(connection)
  }

  /** Returns whether there was such a watch. */
  remove(watch: Watch): boolean {
    const { watched, watcher } = watch
    if (isStored(watch)) this.storage.delete(watch)
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

  private index(watch: Watch): void {
    entryOf(this.byWatched, watch.watched).set(watch.watcher, watch)
    entryOf(this.byWatcher, watch.watcher).set(watch.watched, watch)
  }
}

/** Whether a watch is that of an object's actor on an actor of a connection. */
function isStored({ watcher, watched }: Watch): boolean {
  return connectionOf(watcher) === "" && connectionOf(watched) !== ""
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
