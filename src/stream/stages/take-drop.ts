import { readCost, readPredicate } from "../checks.ts"
import { Stage } from "../engine/stage.ts"
import { StreamLimitError } from "../errors.ts"
import { Collect } from "./elementwise.ts"

/** A stage that counts elements down. */
abstract class Countdown<T> extends Stage<T, T, number> {
  constructor(protected left: number) {
    super()
  }

  override save(): number {
    return this.left
  }

  override restore(left: number): void {
    this.left = left
  }
}

export class Take<T> extends Countdown<T> {
  override begin(): void {
    if (this.left === 0) this.finish()
  }

  push(element: T): boolean {
    this.left--
    this.markDirty()
    const more = this.down.push(element)
    return this.left > 0 ? more : this.finish()
  }
}

export class Drop<T> extends Countdown<T> {
  push(element: T): boolean {
    if (this.left === 0) return this.down.push(element)
    this.left--
    this.markDirty()
    return true
  }
}

export class Limit<T> extends Countdown<T> {
  push(element: T): boolean {
    if (this.left === 0) return this.failStage(new StreamLimitError("More elements than the limit allows"))
    this.left--
    this.markDirty()
    return this.down.push(element)
  }
}

export class LimitWeighted<T> extends Countdown<T> {
  constructor(
    max: number,
    private readonly cost: (element: T) => number,
  ) {
    super(max)
  }

  push(element: T): boolean {
    let left: number
    try {
      left = this.left - readCost(this, this.cost(element))
    } catch (error) {
      return this.failStage(error)
    }
    if (left < 0) return this.failStage(new StreamLimitError("The elements cost more than the limit allows"))
    this.left = left
    this.markDirty()
    return this.down.push(element)
  }
}

export class TakeWhile<T> extends Stage<T, T> {
  constructor(
    private readonly predicate: (element: T) => boolean,
    private readonly inclusive: boolean,
  ) {
    super()
  }

  push(element: T): boolean {
    let goesOn: boolean
    try {
      goesOn = readPredicate(this, "predicate", this.predicate(element))
    } catch (error) {
      return this.failStage(error)
    }
    if (goesOn) return this.down.push(element)
    if (this.inclusive) this.down.push(element)
    return this.finish()
  }
}

export class CollectWhile<In, Out> extends Collect<In, Out> {
  protected override onMissing(): boolean {
    return this.finish()
  }
}

export class DropWhile<T> extends Stage<T, T, true> {
  private dropping = true

  constructor(private readonly predicate: (element: T) => boolean) {
    super()
  }

  push(element: T): boolean {
    if (!this.dropping) return this.down.push(element)
    try {
      this.dropping = readPredicate(this, "predicate", this.predicate(element))
    } catch (error) {
      return this.failStage(error)
    }
    if (this.dropping) return true
    this.markDirty()
    return this.down.push(element)
  }

  override save(): true | undefined {
    return this.dropping ? undefined : true
  }

  override restore(): void {
    this.dropping = false
  }
}
