import type { None } from "../stream/engine/emitter.ts"
import type { DropStrategy } from "../stream/overflow.ts"
import { ExternalSource } from "../stream/stages/external-source.ts"
import type { ConnectionEvents } from "./connection-events.ts"
import type { LimitGuard } from "./limits.ts"

/** Where messages enter the flow. They wait here while the flow has no demand. */
export class Inbox<In> extends ExternalSource<In> {
  /** @param inFlight with so many waiting messages the client of the guard sends no further one */
  constructor(
    private readonly connection: ConnectionEvents<never>,
    bufferSize: number,
    overflow: DropStrategy,
    private readonly guard?: LimitGuard,
    private readonly inFlight = Infinity,
  ) {
    super(bufferSize, overflow)
  }

  /** Adds an element. Throws a `BufferOverflowError` if the inbox is full and the strategy is `fail`. */
  offer(element: In): void {
    const dropped = this.put(element)
    if (dropped > 0) this.connection.onMessagesDropped(dropped)
  }

  protected override next(): In | None {
    if (this.waiting >= this.inFlight) this.guard?.countPause(this.run.now())
    return super.next()
  }

  /** The cause of a failure comes out of the flow or of one of its sinks, unless a later stage recovers from it. */
  override onCancel(): void {
    this.connection.onInputCancelled()
  }
}
