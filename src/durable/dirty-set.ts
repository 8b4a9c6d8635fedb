/** State that is saved at the end of an event. */
export interface Unsaved {
  /** Connections are saved last: what an actor has sent is taken back if the actor cannot be stored, and sessions store what they send. */
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

  /** Saves what is dirty now. Saving can make something dirty again, which is left for the next call. */
  save(): void {
    const all = [...this.all]
    this.all.clear()
    for (const unsaved of all) if (!unsaved.isConnection) unsaved.save()
    for (const unsaved of all) if (unsaved.isConnection) unsaved.save()
  }
}
