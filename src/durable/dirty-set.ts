/** State that is saved at the end of an event. */
export interface Unsaved {
  /**
   * Connections are saved last, because a session stores the messages that it sends, and the messages of an actor are dropped if the actor
   * cannot be stored.
   */
  readonly isConnection?: boolean
  save(): void
}

/** Everything in an object that an event has changed: connections, shared sources and actors. */
export class DirtySet {
  private readonly all = new Set<Unsaved>()

  get isEmpty(): boolean {
    return this.all.size === 0
  }

  add(unsaved: Unsaved): void {
    this.all.add(unsaved)
  }

  /** Returns whether it was dirty. */
  delete(unsaved: Unsaved): boolean {
    return this.all.delete(unsaved)
  }

  /** Saves the state that is dirty now. Saving can make state dirty again, which the next call saves. */
  save(): void {
    const all = [...this.all]
    this.all.clear()
    for (const unsaved of all) if (!unsaved.isConnection) unsaved.save()
    for (const unsaved of all) if (unsaved.isConnection) unsaved.save()
  }
}
