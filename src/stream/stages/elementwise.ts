import { aValue, checkReturned, isPrimitive, readPredicate, wrongReturn } from "../checks.ts"
import { Emitter, type None, none } from "../engine/emitter.ts"
import { Stage } from "../engine/stage.ts"

export class MapStage<In, Out> extends Stage<In, Out> {
  constructor(private readonly f: (element: In) => Out) {
    super()
  }

  push(element: In): boolean {
    let mapped: Out
    try {
      mapped = this.f(element)
    } catch (error) {
      return this.failStage(error)
    }
    return this.down.push(mapped)
  }
}

export class Filter<In> extends Stage<In, In> {
  constructor(private readonly predicate: (element: In) => boolean) {
    super()
  }

  push(element: In): boolean {
    let passes: boolean
    try {
      passes = readPredicate(this, "predicate", this.predicate(element))
    } catch (error) {
      return this.failStage(error)
    }
    return passes ? this.down.push(element) : true
  }
}

export class Collect<In, Out> extends Stage<In, Out> {
  constructor(private readonly f: (element: In) => Out | undefined) {
    super()
  }

  push(element: In): boolean {
    let collected: Out | undefined
    try {
      collected = this.f(element)
    } catch (error) {
      return this.failStage(error)
    }
    return collected === undefined ? this.onMissing() : this.down.push(collected)
  }

  /** The function has returned `undefined`. */
  protected onMissing(): boolean {
    return true
  }
}

/** Emits the initial value like any emitter. After that, each element is pushed on directly, at the cost of one call. */
export class Scan<In, Out> extends Emitter<In, Out, [Out]> {
  private started = false
  private isChecked = false

  constructor(
    private value: Out,
    private readonly f: (value: Out, element: In) => Out,
  ) {
    super()
  }

  override push(element: In): boolean {
    try {
      this.value = this.f(this.value, element)
      // Checks the first result only, because a function is asynchronous always or never.
      if (!this.isChecked) checkReturned(this, "f", this.value, aValue)
      this.isChecked = true
    } catch (error) {
      return this.failStage(error)
    }
    this.markDirty()
    return this.down.push(this.value)
  }

  override resume(): void {
    if (this.started && !this.busy) this.up.resume()
    else super.resume()
  }

  protected onElement(): void {}

  protected next(): Out | None {
    if (this.started) return none
    this.started = true
    return this.value
  }

  protected override wants(): boolean {
    return this.started && this.open && !this.busy
  }

  protected isDrained(): boolean {
    return this.started
  }

  override save(): [Out] | undefined {
    return this.started ? [this.value] : undefined
  }

  override restore([value]: [Out]): void {
    this.value = value
    this.started = true
  }
}

export class ZipWithIndex<In> extends Stage<In, [element: In, index: number], number> {
  private index = 0

  push(element: In): boolean {
    this.markDirty()
    return this.down.push([element, this.index++])
  }

  override save(): number {
    return this.index
  }

  override restore(index: number): void {
    this.index = index
  }
}

export type Primitive = string | number | bigint | boolean | null | undefined

export class DistinctUntilChanged<In> extends Stage<In, In, [Primitive]> {
  private last: Primitive | None = none

  constructor(private readonly key: (element: In) => Primitive) {
    super()
  }

  push(element: In): boolean {
    let key: Primitive
    try {
      key = this.key(element)
      if (!isPrimitive(key)) throw wrongReturn(this, "key", key, "a primitive value, such as a string or a number")
    } catch (error) {
      return this.failStage(error)
    }
    // Treats NaN as equal to NaN, and 0 as equal to -0.
    if (this.last === key || (Number.isNaN(key) && Number.isNaN(this.last))) return true
    this.last = key
    this.markDirty()
    return this.down.push(element)
  }

  override save(): [Primitive] | undefined {
    return this.last === none ? undefined : [this.last]
  }

  override restore([last]: [Primitive]): void {
    this.last = last
  }
}
