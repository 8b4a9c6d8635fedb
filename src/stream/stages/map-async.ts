import { Emitter, type None, none } from "../engine/emitter.ts"

/** An input whose result is not there yet, or a result that could not be emitted yet. */
type Entry<In, Out> = { input: In } | { output: Out }

/** Keeps the inputs that are being worked on; after a restore the work on them starts again: at least once. */
export class MapAsync<In, Out> extends Emitter<In, Out, Entry<In, Out>[]> {
  private entries: Entry<In, Out>[] = []

  constructor(
    private readonly parallelism: number,
    private readonly ordered: boolean,
    private readonly f: (element: In) => Promise<Out> | Out,
  ) {
    super()
  }

  override begin(): void {
    for (const entry of this.entries) this.start(entry)
  }

  protected onElement(input: In): void {
    const entry = { input }
    this.entries.push(entry)
    this.start(entry)
  }

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

  private start(entry: Entry<In, Out>): void {
    if ("output" in entry) return
    const work = async () => this.f(entry.input)
    work().then(
      (output) => this.run.event(() => this.finished(entry, output)),
      (error) => this.run.event(() => this.failStage(error)),
    )
  }

  private finished(entry: Entry<In, Out>, output: Out): void {
    if (this.outClosed) return
    const index = this.entries.indexOf(entry)
    if (this.ordered) {
      this.entries[index] = { output }
    } else {
      // Results wait in front of what is being worked on, in the order in which they came.
      this.entries.splice(index, 1)
      const results = this.entries.filter((entry) => "output" in entry).length
      this.entries.splice(results, 0, { output })
    }
    this.markDirty()
    this.drain()
    this.ask()
  }
}
