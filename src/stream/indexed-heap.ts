/**
 * A set of items, the first in an order at hand. Adding and deleting take O(log n) comparisons. An item whose place in the order changes
 * must be deleted before, and added after.
 */
export class IndexedHeap<T> {
  /** The parent of the item at `i` is at `(i - 1) >> 1`, and comes before it. */
  private readonly items: T[] = []
  private readonly positions = new Map<T, number>()

  constructor(private readonly comesBefore: (one: T, other: T) => boolean) {}

  get size(): number {
    return this.items.length
  }

  get first(): T | undefined {
    return this.items[0]
  }

  add(item: T): void {
    if (this.positions.has(item)) return
    this.place(item, this.items.length)
    this.rise(item)
  }

  /** Returns whether it was in the heap. */
  delete(item: T): boolean {
    const position = this.positions.get(item)
    if (position === undefined) return false
    this.positions.delete(item)
    const last = this.items.pop() as T
    if (last === item) return true
    this.place(last, position)
    this.rise(last)
    this.sink(last)
    return true
  }

  clear(): void {
    this.items.length = 0
    this.positions.clear()
  }

  private rise(item: T): void {
    for (let at = this.at(item); at > 0; at = this.at(item)) {
      const parent = this.items[(at - 1) >> 1] as T
      if (!this.comesBefore(item, parent)) return
      this.swap(item, parent)
    }
  }

  private sink(item: T): void {
    for (let child = this.firstChild(item); child !== undefined; child = this.firstChild(item)) {
      if (!this.comesBefore(child, item)) return
      this.swap(item, child)
    }
  }

  /** The child that comes first. */
  private firstChild(item: T): T | undefined {
    const at = 2 * this.at(item) + 1
    const [left, right] = [this.items[at], this.items[at + 1]]
    return left !== undefined && right !== undefined && this.comesBefore(right, left) ? right : left
  }

  private swap(one: T, other: T): void {
    const at = this.at(one)
    this.place(one, this.at(other))
    this.place(other, at)
  }

  private place(item: T, at: number): void {
    this.items[at] = item
    this.positions.set(item, at)
  }

  private at(item: T): number {
    return this.positions.get(item) as number
  }
}
