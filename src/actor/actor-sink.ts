import { SinkStage } from "../stream/engine/sink-stage.ts"
import { sinkStep } from "../stream/engine/wiring.ts"
import { ActorFailedError } from "../stream/errors.ts"
import { Sink as StreamSink } from "../stream/sink.ts"
import type { ActorRef, AnyRef } from "./actor-ref.ts"
import { ActorScope } from "./actor-scope.ts"
import type { Letter, Receiver } from "./letter.ts"

/** Messages that an actor is told besides the elements. */
export interface ActorSinkOptions<M> {
  /** Before the first element, once: not when the flow wakes up. */
  onInitMessage?: M
  /** When the stream has completed, as when the client has left. */
  onCompleteMessage?: M
  /** When the stream has failed. */
  onFailureMessage?: (error: unknown) => M
}

/** The sinks of streams, and one that is an actor. */
export class Sink<In, Result = void> extends StreamSink<In, Result> {
  /**
   * Tells every element to an actor. It always has demand: the bound is that of the actor's mailbox. If the actor fails, so does
   * the stream, which closes the socket with 1011.
   *
   * - **Cancels when** the actor has stopped
   * - **Hibernates:** stateless
   */
  static actorRef<M>(ref: ActorRef<M>, options: ActorSinkOptions<NoInfer<M>> = {}): StreamSink<M> {
    return new StreamSink([sinkStep("actorRef", "keeps", () => new ActorSinkStage(ref, options))])
  }
}

/** Tells an actor the elements of a stream, and watches it: the stream ends when the actor does. */
class ActorSinkStage<M> extends SinkStage<M, void> implements Receiver {
  ref!: AnyRef
  scope!: ActorScope
  private isFresh = false
  private isThere = false

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
    if (!this.inClosed) this.enter()
    super.ask()
  }

  override begin(): void {
    const { onInitMessage } = this.options
    if (this.inClosed) return
    if (!this.isFresh) {
      this.scope.system.restore([{ watched: this.target.path, watcher: this.ref.path }])
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
    this.leave()
  }

  override onComplete(): void {
    const { onCompleteMessage } = this.options
    this.leave()
    if (onCompleteMessage !== undefined) this.target.tell(onCompleteMessage)
    this.succeed()
  }

  override onFail(error: unknown): void {
    const { onFailureMessage } = this.options
    this.leave()
    if (onFailureMessage) this.target.tell(onFailureMessage(error))
    this.failDown(error)
  }

  private enter(): void {
    if (this.isThere) return
    this.isThere = true
    this.scope = ActorScope.of(this.run)
    this.ref = this.scope.system.ref(this.scope.pathOf(this))
    this.scope.system.add(this)
  }

  private leave(): void {
    if (this.isThere) this.scope.system.remove(this)
  }
}
