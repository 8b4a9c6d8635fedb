import { Emitter, type None, none } from "../engine/emitter.ts"

/** An input with a pending result. */
export interface Pending<In> {
  input: In
  /** The partition of the input, if inputs of one partition are processed one after the other. */
  partition?: unknown
}

/** An input with a pending result, or a result that is not yet emitted. */
type Entry<In, Out> = Pending<In> | { output: Out }

/** Saves the pending inputs and calls `f` for them again after a restore: at least once. */
export class MapAsync<In, Out> extends Emitter<In, Out, Entry<In, Out>[]> {
  protected entries: Entry<In, Out>[] = []

  constructor(
    private readonly parallelism: number,
    private readonly ordered: boolean,
    private readonly f: (element: In, partition: unknown) => Promise<Out> | Out,
  ) {
    super()
  }

  override begin(): void {
    for (const entry of this.entries) {
      if (!("input" in entry)) continue
      this.run.onWorkRestarted()
      this.onPending(entry)
    }
  }

  protected onElement(input: In): void {
    const entry = { input }
    this.entries.push(entry)
    this.onPending(entry)
  }

  /** An input has arrived, or was restored. */
  protected onPending(entry: Pending<In>): void {
    this.start(entry)
  }

  /** The result of an input has arrived. */
  protected onFree(_entry: Pending<In>): void {}

  protected next(): Out | None {
    const [entry] = this.entries
    if (!entry || "input" in entry) return none
    this.entries.shift()
    return entry.output
  }

  protected override wants(): boolean {
    return this.entries.length < this.parallelism
  }

  protected isDrained(): boolean {
    return this.entries.length === 0
  }

  override save(): Entry<In, Out>[] {
    return this.entries
  }

  override restore(entries: Entry<In, Out>[]): void {
    this.entries = entries
  }

  protected start(entry: Pending<In>): void {
    const work = async () => this.f(entry.input, entry.partition)
    work().then(
      (output) => this.run.event(() => this.onResult(entry, output)),
      (error) => this.run.event(() => this.failStage(error)),
    )
  }

  private onResult(entry: Pending<In>, output: Out): void {
    if (this.outClosed) return
    const index = this.entries.indexOf(entry)
    if (this.ordered) {
      this.entries[index] = { output }
    } else {
      // Results stand before pending inputs, in the order in which they resolved.
      this.entries.splice(index, 1)
      const results = this.entries.filter((entry) => "output" in entry).length
      this.entries.splice(results, 0, { output })
    }
    this.markDirty()
    this.onFree(entry)
    this.drain()
    this.ask()
  }
}
