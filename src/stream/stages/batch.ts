import { aValue, checkReturned, readCost } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { SingleSlot } from "./single-slot.ts"

/** An element for which the held batch has no room. It starts the next batch. */
type Next<In> = [element: In, cost: number]

/** Combines elements that arrive without demand into one, up to a total cost. */
export class Batch<In, Out> extends SingleSlot<In, Out, [held: Out[], left: number, next: Next<In> | undefined]> {
  /** The cost for which the held batch has room. */
  private left = 0
  private waiting: Next<In> | undefined
  /** Checks the first results only, because a function is asynchronous always or never. */
  private readonly checked = { seed: false, aggregate: false }

  constructor(
    private readonly max: number,
    private readonly cost: (element: In) => number,
    private readonly seed: (element: In) => Out,
    private readonly aggregate: (held: Out, element: In) => Out,
  ) {
    super()
  }

  protected onElement(element: In): void {
    const cost = readCost(this, this.cost(element))
    this.startWaiting()
    if (this.held === none) this.start(element, cost)
    else if (cost > this.left) this.waiting = [element, cost]
    else {
      this.hold(this.aggregate(this.held, element), "aggregate")
      this.left -= cost
    }
  }

  protected override next(): Out | None {
    this.startWaiting()
    return super.next()
  }

  protected override wants(): boolean {
    return this.waiting === undefined || this.held === none
  }

  protected override isDrained(): boolean {
    return this.held === none && this.waiting === undefined
  }

  override save(): [Out[], number, Next<In> | undefined] {
    return [this.saveHeld(), this.left, this.waiting]
  }

  override restore([held, left, waiting]: [Out[], number, Next<In> | undefined]): void {
    this.restoreHeld(held)
    this.left = left
    this.waiting = waiting
  }

  /** Starts a batch only after the batch before was emitted, because an error from `seed` must not lose that batch. */
  private startWaiting(): void {
    if (this.held !== none || !this.waiting) return
    const [element, cost] = this.waiting
    this.waiting = undefined
    this.start(element, cost)
  }

  private start(element: In, cost: number): void {
    this.hold(this.seed(element), "seed")
    this.left = this.max - cost
  }

  private hold(batch: Out, returnedBy: "seed" | "aggregate"): void {
    if (!this.checked[returnedBy]) checkReturned(this, returnedBy, batch, aValue)
    this.checked[returnedBy] = true
    this.held = batch
  }
}
