import { checkNames } from "../stream/author-value.ts"
import { SinkStage } from "../stream/engine/sink-stage.ts"
import { sinkStep } from "../stream/engine/wiring.ts"
import { ActorFailedError } from "../stream/errors.ts"
import { Sink as StreamSink } from "../stream/sink.ts"
import type { ActorRef, AnyRef } from "./actor-ref.ts"
import { ActorScope, hasRandomPath } from "./actor-scope.ts"
import type { Letter, Receiver } from "./letter.ts"

/** Messages that an actor gets besides the elements. Default: none. */
export interface ActorSinkOptions<M> {
  /** Sent once, before the first element. Not sent again after hibernation. */
  onInitMessage?: M
  /** Sent when the stream has completed, for example because the client has closed the socket. */
  onCompleteMessage?: M
  /** Makes the message that is sent when the stream has failed with `error`. */
  onFailureMessage?: (error: unknown) => M
}

/** The `Sink` of streams, extended by `actorRef`. */
export class Sink<In, Result = void> extends StreamSink<In, Result> {
  /**
   * Sends every element to an actor. The demand is unlimited, and the actor's mailbox is bounded instead. If the actor fails, the
   * stream fails with an `ActorFailedError`, which closes the socket with 1011. As Pekko's `Sink.actorRef`, with an
   * `onInitMessage` as in `Sink.actorRefWithBackpressure`.
   *
   * - **Cancels when** the actor has stopped
   * - **Hibernates:** stateless
   *
   * @throws TypeError for an unknown option
   *
   * @example
   * ```ts
   * type Said = { text: string } | { left: true }
   * const toRoom = (room: ActorRef<Said>) => Sink.actorRef(room, { onCompleteMessage: { left: true } })
   * ```
   */
  static actorRef<M>(ref: ActorRef<M>, options: ActorSinkOptions<NoInfer<M>> = {}): StreamSink<M> {
    const { onInitMessage, onCompleteMessage, onFailureMessage } = options
    checkNames("Sink.actorRef option", options, { onInitMessage, onCompleteMessage, onFailureMessage })
    return new StreamSink([sinkStep("actorRef", "keeps", () => new ActorSinkStage(ref, options))])
  }
}

/** Sends the elements of a stream to an actor, and watches it, so that the stream ends with the actor. */
class ActorSinkStage<M> extends SinkStage<M, void, string> implements Receiver {
  ref!: AnyRef
  scope!: ActorScope
  private isFresh = false
  private isRegistered = false
  private savedPath: string | undefined

  constructor(
    private readonly target: ActorRef<M>,
    private readonly options: ActorSinkOptions<M>,
  ) {
    super()
  }

  override onStart(): void {
    this.isFresh = true
    this.markDirty()
  }

  override ask(): void {
    if (!this.inClosed) this.register()
    super.ask()
  }

  override begin(): void {
    const { onInitMessage } = this.options
    if (this.inClosed) return
    if (!this.isFresh) {
      this.scope.system.watches.restore([{ watched: this.target.path, watcher: this.ref.path }])
      return
    }
    if (onInitMessage !== undefined) this.target.tell(onInitMessage)
    this.scope.system.watch(this.target, this)
  }

  push(element: M): boolean {
    this.target.tell(element)
    return !this.inClosed
  }

  /** The notice that the actor has stopped. */
  receive({ failure }: Letter): void {
    this.run.event(() => {
      if (failure) this.failStage(new ActorFailedError(`The actor ${this.target.path} has failed`))
      else {
        this.cancelUp()
        this.succeed()
      }
    })
  }

  watchersChanged(): void {
    this.markDirty()
  }

  override end(): void {
    super.end()
    this.unregister()
  }

  override onComplete(): void {
    const { onCompleteMessage } = this.options
    this.unregister()
    if (onCompleteMessage !== undefined) this.target.tell(onCompleteMessage)
    this.succeed()
  }

  override onFail(error: unknown): void {
    const { onFailureMessage } = this.options
    this.unregister()
    if (onFailureMessage) this.target.tell(onFailureMessage(error))
    this.failDown(error)
  }

  override save(): string | undefined {
    return this.isRegistered && hasRandomPath(this) ? this.ref.path : undefined
  }

  override restore(path: string): void {
    this.savedPath = path
  }

  private register(): void {
    if (this.isRegistered) return
    this.isRegistered = true
    this.scope = ActorScope.of(this.run)
    this.ref = this.scope.system.ref(this.savedPath ?? this.scope.pathOf(this))
    this.scope.system.add(this)
  }

  private unregister(): void {
    if (this.isRegistered) this.scope.system.remove(this)
  }
}
