import { requirePositiveInteger } from "../stream/argument.ts"
import { checkNames } from "../stream/author-value.ts"
import type { Duration } from "../stream/duration.ts"
import { stageStep } from "../stream/engine/wiring.ts"
import { type DropStrategy, requireDropStrategy } from "../stream/overflow.ts"
import { Source as StreamSource } from "../stream/source.ts"
import { ExternalSource, type SavedSource } from "../stream/stages/external-source.ts"
import { ActorRef, Failure, Kill, PoisonPill } from "./actor-ref.ts"
import { ActorScope, hasRandomPath } from "./actor-scope.ts"
import type { Letter, Receiver } from "./letter.ts"
import { ask } from "./local-ref.ts"
import { ActorKilledError } from "./signal.ts"

/** The buffer for messages that downstream does not take yet. */
export interface ActorSourceOptions {
  /** The number of messages in the buffer, at least 1. Default 16. */
  bufferSize?: number
  /** Which messages a full buffer drops. Default `dropNew`. `fail` fails the flow with a `BufferOverflowError`, which closes with 1013. */
  overflow?: DropStrategy
}

/** The options with their defaults. Throws for those that are out of bounds or unknown. */
export function checkedBuffer(options: ActorSourceOptions): Required<ActorSourceOptions> {
  const { bufferSize = 16, overflow = "dropNew" } = options
  checkNames("actorRef option", options, { bufferSize, overflow })
  requirePositiveInteger("The bufferSize of an actorRef", bufferSize)
  requireDropStrategy("The overflow of an actorRef", overflow)
  return { bufferSize, overflow }
}

/** A source that emits the messages of its ref. */
export interface ActorSource<Out> {
  readonly ref: ActorRef<Out | Failure>
  readonly source: StreamSource<Out>
}

/** The `Source` of streams, extended by `actorRef`. */
export class Source<Out> extends StreamSource<Out> {
  /**
   * A source that emits the messages sent to its ref. It runs once, so create one for each connection. `PoisonPill` completes it
   * after the buffered messages, a `Failure` or `Kill` fails it. When the source ends, watchers of the ref get `Terminated`. As Pekko's
   * `Source.actorRef`, but the ref is returned, and cannot be used before the flow runs: hand it over in the `onInitMessage` of
   * `Sink.actorRef`.
   *
   * - **Emits when** its ref has got a message and downstream has demand
   * - **Completes when** its ref has got `PoisonPill`
   * - **Hibernates:** keeps the buffered messages; the ref stays valid
   *
   * @throws RangeError for a `bufferSize` that is no positive integer or an unknown `overflow`, TypeError for an unknown option. Using the
   * ref before the flow runs is an `Error`, and so is running the source twice.
   *
   * @example
   * ```ts
   * const out = Source.actorRef<string>({ bufferSize: 64, overflow: "dropHead" })
   * const toRoom = (room: ActorRef<string | { joined: ActorRef<string> }>) =>
   *   Sink.actorRef(room, { onInitMessage: { joined: out.ref } })
   * const flow = (room: ActorRef<string | { joined: ActorRef<string> }>) => Flow.fromSinkAndSource(toRoom(room), out.source)
   * ```
   */
  static actorRef<Out>(options: ActorSourceOptions = {}): ActorSource<Out> {
    const { bufferSize, overflow } = checkedBuffer(options)
    const ref = new SourceRef<Out>()
    const make = () => new ActorSourceStage(ref, bufferSize, overflow)
    return { ref, source: new StreamSource([stageStep("actorRef", "keeps", make)]) }
  }
}

/** The ref of a source. Using it before its flow runs is an `Error`. */
export class SourceRef<Out> extends ActorRef<Out | Failure> {
  stage: ActorSourceStage<Out> | undefined

  get path(): string {
    return this.running.path
  }

  tell(message: Out | Failure | PoisonPill | Kill): void {
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

/** The stage of a `Source.actorRef`: emits the messages that its ref gets. */
export class ActorSourceStage<Out> extends ExternalSource<Out> implements Receiver {
  path = ""
  scope!: ActorScope

  constructor(
    readonly ref: SourceRef<Out>,
    bufferSize: number,
    overflow: DropStrategy,
    /** Called when the source has ended. */
    private readonly onEnd: () => void = () => {},
  ) {
    super(bufferSize, overflow)
  }

  get directSources(): readonly string[] {
    return [this.path]
  }

  override ask(): void {
    if (!this.isRegistered && !this.outClosed) this.register()
    super.ask()
  }

  receive({ message }: Letter): void {
    this.run.event(() => {
      if (message === PoisonPill) this.end()
      else if (message === Kill) this.failDown(new ActorKilledError(`${this.path} got Kill`))
      else if (message instanceof Failure) this.failDown(message.cause)
      else this.offer(message as Out)
    })
  }

  watchersChanged(): void {
    this.markDirty()
  }

  override onCancel(): void {
    this.unregister()
  }

  protected override completeDown(): void {
    super.completeDown()
    this.unregister()
  }

  override failDown(error: unknown): void {
    super.failDown(error)
    this.unregister()
  }

  override save(): SavedSource<Out> | undefined {
    const saved = super.save()
    if (!hasRandomPath(this)) return saved
    const [elements, ended] = saved ?? [[], false]
    return [elements, ended, this.path]
  }

  override restore(saved: SavedSource<Out>): void {
    super.restore(saved)
    this.path = saved[2] ?? ""
  }

  private get isRegistered(): boolean {
    return this.ref.stage === this
  }

  private register(): void {
    if (this.ref.stage) throw new Error("A Source.actorRef runs once: create a new one for each connection")
    this.ref.stage = this
    this.scope = ActorScope.of(this.run)
    this.path ||= this.scope.pathOf(this)
    if (hasRandomPath(this)) this.markDirty()
    this.scope.system.add(this)
  }

  private offer(element: Out): void {
    try {
      if (this.ended) this.scope.system.addDeadLetter(this.path, element)
      else this.put(element)
    } catch (error) {
      this.failDown(error)
    }
  }

  private unregister(): void {
    if (this.isRegistered) this.scope.system.remove(this)
    this.onEnd()
  }
}
