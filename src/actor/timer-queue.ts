import { type HeapItem, IndexedHeap } from "../stream/indexed-heap.ts"

/** A timer of an actor that will fire. */
export interface QueuedTimer extends HeapItem {
  readonly due: number
  /** The path of its actor. */
  readonly path: string
  /** Its place among the timers of its actor that are due at the same time. */
  readonly order: number
  fire(now: number): void
}

/**
 * The timers of a tree of actors. At equal times the order is that of the actors' paths, then that in which an actor has started them,
 * which is the same after hibernation.
 */
export class TimerQueue extends IndexedHeap<QueuedTimer> {
  constructor() {
    super(comesBefore)
  }

  /** When the next timer fires; `Infinity` for never. */
  get due(): number {
    return this.first?.due ?? Infinity
  }

  /** Fires every timer that is due, the longest due first. */
  fireDue(now: number): void {
    for (let next = this.first; next && next.due <= now; next = this.first) next.fire(now)
  }
}

function comesBefore(one: QueuedTimer, other: QueuedTimer): boolean {
  if (one.due !== other.due) return one.due < other.due
  return one.path === other.path ? one.order < other.order : one.path < other.path
}
