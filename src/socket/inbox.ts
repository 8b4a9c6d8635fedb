import type { DropStrategy } from "../stream/overflow.ts"
import { ExternalSource } from "../stream/stages/external-source.ts"
import type { ConnectionEvents } from "./connection-events.ts"

/** Where messages enter the flow. They wait here while the flow has no demand. */
export class Inbox<In> extends ExternalSource<In> {
  constructor(
    private readonly connection: ConnectionEvents<never>,
    bufferSize: number,
    overflow: DropStrategy,
  ) {
    super(bufferSize, overflow)
  }

  /** A `BufferOverflowError` if it is full and the strategy is `fail`. */
  offer(element: In): void {
    const dropped = this.put(element)
    if (dropped > 0) this.connection.onMessagesDropped(dropped)
  }

  override onCancel(cause?: unknown): void {
    if (cause === undefined) this.connection.onInputCancelled()
    else this.connection.fail(cause)
  }
}
