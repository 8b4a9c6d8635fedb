import { readCost } from "../checks.ts"
import { none } from "../engine/emitter.ts"
import { GroupedWithin } from "./rate.ts"

/** Groups up to a total weight too. An element that is heavier than that is a group alone. */
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

  /** An element is taken only while there is room for a group that it does not fit into. */
  protected override onElement(element: T): void {
    const cost = readCost(this, this.cost(element))
    if (this.group.length > 0 && this.weight + cost > this.maxWeight) this.close()
    this.group.push(element)
    this.weight += cost
    if (this.weight >= this.maxWeight || this.group.length === this.count) this.close()
    else if (this.group.length === 1) this.wakeAt(this.run.now() + this.duration)
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
    // A complete group that stays here takes no element.
    this.weight = 0
  }
}
