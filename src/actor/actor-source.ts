import { requirePositiveInteger } from "../stream/argument.ts"
import type { Duration } from "../stream/duration.ts"
import { stageStep } from "../stream/engine/wiring.ts"
import type { DropStrategy } from "../stream/overflow.ts"
import { Source as StreamSource } from "../stream/source.ts"
import { ExternalSource } from "../stream/stages/external-source.ts"
import { ActorRef, Failure, PoisonPill } from "./actor-ref.ts"
import { ActorScope } from "./actor-scope.ts"
import type { Letter, Receiver } from "./letter.ts"
import { ask } from "./local-ref.ts"

/** What holds the messages that a client does not take yet. */
export interface ActorSourceOptions {
  /** How many messages wait. Default 16. */
  bufferSize?: number
  /** What happens to one more. Default `dropNew`; `fail` fails the flow with a `BufferOverflowError`, which closes with 1013. */
  overflow?: DropStrategy
}

/** A source that is an actor, and where to tell it something. */
export interface ActorSource<Out> {
  readonly ref: ActorRef<Out | Failure>
  readonly source: StreamSource<Out>
}

/** The sources of streams, and one that is an actor. */
export class Source<Out> extends StreamSource<Out> {
  /**
   * A source that emits what its ref is told. Create one for each connection: it runs once. `PoisonPill` completes it after
   * what still waits, a `Failure` fails it. Its end is the end of an actor: whoever watches the ref is told.
   *
   * - **Emits when** its ref is told something and downstream wants it
   * - **Completes when** its ref is told `PoisonPill`
   * - **Hibernates:** keeps what waits; the ref leads to it as before
   *
   * @example
   * ```ts
   * const out = Source.actorRef<string>({ bufferSize: 64, overflow: "dropHead" })
   * out.ref.tell("Welcome")
   * const flow = Flow.fromSinkAndSource(Sink.ignore(), out.source)
   * ```
   */
  static actorRef<Out>({ bufferSize = 16, overflow = "dropNew" }: ActorSourceOptions = {}): ActorSource<Out> {
    requirePositiveInteger("The bufferSize of an actorRef", bufferSize)
    const ref = new SourceRef<Out>()
    const make = () => new ActorSourceStage(ref, bufferSize, overflow)
    return { ref, source: new StreamSource([stageStep("actorRef", "keeps", make)]) }
  }
}

/** The ref of a source. It leads nowhere before its flow runs. */
export class SourceRef<Out> extends ActorRef<Out | Failure> {
  stage: ActorSourceStage<Out> | undefined

  get path(): string {
    return this.running.path
  }

  tell(message: Out | Failure | PoisonPill): void {
    this.running.scope.system.tell(this.path, { message })
  }

  ask<Reply>(message: Out | Failure, timeout: Duration): Promise<Reply> {
    return ask(this.running.scope.system, this.path, message, timeout)
  }

  private get running(): ActorSourceStage<Out> {
    if (this.stage) return this.stage
    throw new Error(
      "The ref of a Source.actorRef leads nowhere before its flow runs: hand it over in the onInitMessage of Sink.actorRef",
    )
  }
}

/** The head of a flow that is an actor: it emits what it is told. */
export class ActorSourceStage<Out> extends ExternalSource<Out> implements Receiver {
  path = ""
  scope!: ActorScope

  constructor(
    readonly ref: SourceRef<Out>,
    bufferSize: number,
    overflow: DropStrategy,
    /** It has ended, and its actor with it. */
    private readonly onEnd: () => void = () => {},
  ) {
    super(bufferSize, overflow)
  }

  override ask(): void {
    if (this.path === "" && !this.outClosed) this.enter()
    super.ask()
  }

  receive({ message }: Letter): void {
    this.run.event(() => {
      if (message === PoisonPill) this.end()
      else if (message instanceof Failure) this.failDown(message.cause)
      else this.offer(message as Out)
    })
  }

  watchersChanged(): void {
    this.markDirty()
  }

  override onCancel(): void {
    this.leave()
  }

  protected override completeDown(): void {
    super.completeDown()
    this.leave()
  }

  override failDown(error: unknown): void {
    super.failDown(error)
    this.leave()
  }

  private enter(): void {
    if (this.ref.stage) throw new Error("A Source.actorRef runs once: create a new one for each connection")
    this.ref.stage = this
    this.scope = ActorScope.of(this.run)
    this.path = this.scope.pathOf(this)
    this.scope.system.add(this)
  }

  private offer(element: Out): void {
    try {
      if (this.ended) this.scope.system.lose(this.path)
      else this.put(element)
    } catch (error) {
      this.failDown(error)
    }
  }

  private leave(): void {
    if (this.path !== "") this.scope.system.remove(this)
    this.onEnd()
  }
}
