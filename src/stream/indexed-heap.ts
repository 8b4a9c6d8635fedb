/** An item of at most one heap at a time. */
export interface HeapItem {
  /** Its position in the heap; -1 for an item that is in no heap. */
  heapIndex: number
}

/**
 * A binary heap: a set of items that returns the first one in an order. Adding and deleting take O(log n) comparisons. Before the place
 * of an item in the order changes, the item must be deleted; afterwards it is added again.
 */
export class IndexedHeap<T extends HeapItem> {
  /** The parent of the item at `i` is at `(i - 1) >> 1`, and comes before it. */
  private readonly items: T[] = []

  constructor(private readonly comesBefore: (one: T, other: T) => boolean) {}

  get size(): number {
    return this.items.length
  }

  get first(): T | undefined {
    return this.items[0]
  }

  add(item: T): void {
    if (item.heapIndex < 0) this.rise(item, this.items.length)
  }

  /** Returns whether it was in the heap. */
  delete(item: T): boolean {
    const position = item.heapIndex
    if (position < 0) return false
    item.heapIndex = -1
    const last = this.items.pop() as T
    if (last === item) return true
    if (this.rise(last, position) === position) this.sink(last, position)
    return true
  }

  clear(): void {
    for (const item of this.items.splice(0)) item.heapIndex = -1
  }

  /** Places an item at a position, or above it while the item comes before its parent. Returns the position of the item. */
  private rise(item: T, position: number): number {
    let at = position
    while (at > 0) {
      const parent = this.items[(at - 1) >> 1] as T
      if (!this.comesBefore(item, parent)) break
      this.place(parent, at)
      at = (at - 1) >> 1
    }
    this.place(item, at)
    return at
  }

  /** Places an item at a position, or below it while a child comes before the item. */
  private sink(item: T, position: number): void {
    let at = position
    for (let next = this.firstChild(at); next < this.items.length; next = this.firstChild(at)) {
      const child = this.items[next] as T
      if (!this.comesBefore(child, item)) break
      this.place(child, at)
      at = next
    }
    this.place(item, at)
  }

  /** The position of the child that comes first; a position beyond the last item if there is no child. */
  private firstChild(position: number): number {
    const at = 2 * position + 1
    const [left, right] = [this.items[at], this.items[at + 1]]
    return left !== undefined && right !== undefined && this.comesBefore(right, left) ? at + 1 : at
  }

  private place(item: T, at: number): void {
    this.items[at] = item
    item.heapIndex = at
  }
}
