import { systemClock } from "../stream/clock.ts"
import type { CloseError } from "./close.ts"
import type { ConnectionEvents } from "./connection-events.ts"
import { Inbox } from "./inbox.ts"
import type { AllLimits } from "./limits.ts"
import { Outbox } from "./outbox.ts"

/** The part of an outgoing connection that its two ends call. */
export interface ClientEvents<Out> extends ConnectionEvents<Out> {
  readonly isOpen: boolean
  /** The last message that was received has been emitted. */
  onInboxDrained(): void
}

/** Where messages of the upstream enter the flow. */
export class ClientInbox<In> extends Inbox<In> {
  /** Fails the flow after the buffered messages, because the upstream sent them before its close. */
  failure: CloseError | undefined

  constructor(
    private readonly client: ClientEvents<never>,
    { maxQueuedMessages, queueOverflow }: AllLimits,
  ) {
    super(client, maxQueuedMessages, queueOverflow)
  }

  /** Ends after the buffered messages and the given last ones. */
  endWith(last: readonly In[], failure?: CloseError): void {
    this.failure = failure
    this.end(...last)
  }

  /** A failure of the graph around the connection closes it with the code of the failure. */
  override onCancel(cause?: unknown): void {
    if (cause === undefined) super.onCancel()
    else this.client.fail(cause)
  }

  /** Fails at once. */
  failNow(error: unknown): void {
    this.failDown(error)
  }

  protected override onDrained(): void {
    if (this.failure) this.failDown(this.failure)
    else this.completeDown()
    this.client.onInboxDrained()
  }
}

/** Where messages for the upstream leave the flow. While there is no connection it is paused, as for a slow reader. */
export class ClientOutbox<Out> extends Outbox<Out> {
  constructor(
    private readonly client: ClientEvents<Out>,
    { slowReader }: AllLimits,
  ) {
    super(client, slowReader, systemClock)
  }

  /** There is no demand before the first connection is open. */
  override ask(): void {
    if (this.client.isOpen) super.ask()
  }

  /** Closes the connection, because the graph around it has ended. */
  override end(): void {
    this.stop()
    this.client.onInputCancelled()
  }

  /** Sends the held messages, and signals demand. */
  onOpen(): void {
    this.ask()
    this.checkDrained()
  }

  /** Takes no more messages. */
  stop(): void {
    super.end()
  }
}
