/** State that is saved at the end of an event. */
export interface Unsaved {
  /**
   * Connections are saved last, because a session stores the messages that it sends, and the messages of an actor are dropped if the actor
   * cannot be stored.
   */
  readonly isConnection?: boolean
  save(): void
}

/**
 * Everything in an object that an event has changed: connections, shared sources and actors. Most events change one thing, which is not put
 * into the set, because filling and emptying a set takes longer than the rest of a save.
 */
export class DirtySet {
  private first: Unsaved | undefined
  private readonly others = new Set<Unsaved>()

  get isEmpty(): boolean {
    return this.first === undefined
  }

  add(unsaved: Unsaved): void {
    if (this.isEmpty) this.first = unsaved
    else if (this.first !== unsaved) this.others.add(unsaved)
  }

  /** Returns whether it was dirty. */
  delete(unsaved: Unsaved): boolean {
    if (this.first !== unsaved) return this.others.delete(unsaved)
    const [next] = this.others
    if (next) this.others.delete(next)
    this.first = next
    return true
  }

  /** Saves the state that is dirty now. Saving can make state dirty again, which the next call saves. */
  save(): void {
    const { first } = this
    this.first = undefined
    if (this.others.size === 0) {
      first?.save()
      return
    }
    const all = first ? [first, ...this.others] : [...this.others]
    this.others.clear()
    for (const unsaved of all) if (!unsaved.isConnection) unsaved.save()
    for (const unsaved of all) if (unsaved.isConnection) unsaved.save()
  }
}
