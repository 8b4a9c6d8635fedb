import { systemClock } from "../stream/clock.ts"
import type { CloseError } from "./close.ts"
import type { ConnectionEvents } from "./connection-events.ts"
import { Inbox } from "./inbox.ts"
import type { AllLimits } from "./limits.ts"
import type { CloseMessage } from "./message.ts"
import { Outbox } from "./outbox.ts"

/** The part of an outgoing connection that its two ends call. */
export interface ClientEvents<Out> extends ConnectionEvents<Out> {
  /** Whether there has been a connection. Until there is another, messages wait or are dropped, as `slowReader` says. */
  readonly hasBeenOpen: boolean
  readonly isOver: boolean
  /** The flow gets no more messages: they were emitted, or the flow has cancelled them. With the `failure` that has ended it. */
  onInboxClosed(failure?: unknown): void
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
    this.client.onInboxClosed(cause)
  }

  /** Fails at once. */
  failNow(error: unknown): void {
    this.failDown(error)
  }

  protected override onDrained(): void {
    if (this.failure) this.failDown(this.failure)
    else this.completeDown()
    this.client.onInboxClosed(this.failure)
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

  get isEmpty(): boolean {
    return this.held.length === 0
  }

  /** There is no demand before the first connection is open. */
  override ask(): void {
    if (this.client.hasBeenOpen) super.ask()
  }

  /** Drops messages for a connection that has ended, while its last messages wait for demand. */
  override push(element: Out): boolean {
    return !this.client.isOver && super.push(element)
  }

  /** Closes the connection, because the graph around it has ended. */
  override end(): void {
    this.stop()
    this.client.onInputCancelled()
  }

  /** Sends the held messages, and signals demand. */
  onOpen(): void {
    this.ask()
    if (this.inClosed) this.flush()
    else this.checkDrained()
  }

  /** Takes no more messages, and closes the next connection after the held ones. */
  endWith(close: CloseMessage): void {
    this.held.push(close)
    this.stop()
  }

  /** Takes no more messages; with the `cause` if the connection has failed. */
  stop(cause?: unknown): void {
    super.end(cause)
  }
}
