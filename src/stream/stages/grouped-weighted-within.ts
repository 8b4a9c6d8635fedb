import { readCost } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { GroupedWithin } from "./rate.ts"

/** Also bounds the total weight of a group. An element that is heavier than `maxWeight` is a group alone. */
export class GroupedWeightedWithin<T> extends GroupedWithin<T> {
  /** The weight of the group that is not yet closed. */
  private weight = 0

  constructor(
    private readonly maxWeight: number,
    private readonly cost: (element: T) => number,
    count: number,
    duration: number,
  ) {
    super(count, duration)
  }

  /**
   * Called only while `held` or `group` is empty, so a group that the element does not fit into can be closed. An element that costs
   * nothing joins a full group until the due time of that group.
   */
  protected override onElement(element: T): void {
    const cost = readCost(this, this.cost(element))
    // A full group has a due time while it waits for demand.
    const isOpen = this.group.length === 0 && this.due < Infinity
    if (cost === 0 && isOpen && this.held !== none && this.held.length < this.count) {
      this.held.push(element)
      return
    }
    if (this.group.length > 0 && this.weight + cost > this.maxWeight) this.close()
    this.group.push(element)
    this.weight += cost
    if (this.group.length === 1) this.wakeAt(this.run.now() + this.duration)
    if (this.weight > this.maxWeight || this.group.length === this.count) this.close()
    else if (this.weight === this.maxWeight) {
      const { due } = this
      this.close()
      if (this.group.length === 0) this.wakeAt(due)
    }
  }

  protected override next(): T[] | None {
    const group = super.next()
    if (this.held === none && this.group.length === 0) this.wakeAt(Infinity)
    return group
  }

  protected override wants(): boolean {
    return this.held === none || this.group.length === 0
  }

  override save(): [T[][], T[], number] {
    return [this.saveHeld(), this.group, this.weight]
  }

  override restore([ready, group, weight = 0]: [T[][], T[], number?]): void {
    super.restore([ready, group])
    this.weight = weight
  }

  protected override close(): void {
    super.close()
    // A closed group that stays in `group` takes no more elements, so its weight is not needed.
    this.weight = 0
  }
}
