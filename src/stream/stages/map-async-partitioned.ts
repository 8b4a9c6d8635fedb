import { isPrimitive, wrongReturn } from "../checks.ts"
import type { Primitive } from "./elementwise.ts"
import { MapAsync, type Pending } from "./map-async.ts"

/** Works on one input of each partition at a time. */
export class MapAsyncPartitioned<In, Partition extends Primitive, Out> extends MapAsync<In, Out> {
  constructor(
    parallelism: number,
    private readonly partitioner: (element: In) => Partition,
    f: (element: In, partition: Partition) => Promise<Out> | Out,
  ) {
    super(parallelism, true, (input, partition) => f(input, partition as Partition))
  }

  protected override onElement(input: In): void {
    const partition = this.partitioner(input)
    if (!isPrimitive(partition)) throw wrongReturn(this, "partitioner", partition, "a primitive value, such as an id")
    const entry = { input, partition }
    this.entries.push(entry)
    this.onPending(entry)
  }

  /** Starts the oldest input of its partition only. */
  protected override onPending(entry: Pending<In>): void {
    if (this.oldest(entry.partition) === entry) this.start(entry)
  }

  protected override onFree({ partition }: Pending<In>): void {
    const next = this.oldest(partition)
    if (next) this.start(next)
  }

  private oldest(partition: unknown): Pending<In> | undefined {
    const isOf = (entry: object): entry is Pending<In> =>
      "input" in entry &&
      "partition" in entry &&
      (entry.partition === partition || Object.is(entry.partition, partition))
    return this.entries.find(isOf)
  }
}
