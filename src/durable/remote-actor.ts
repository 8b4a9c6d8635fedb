import { waitUntil } from "cloudflare:workers"
import { ActorRef, AskTimeoutError, type PoisonPill } from "../actor/actor-ref.ts"
import { decodeRefs, encodeRefs } from "../actor/ref-encoding.ts"
import { systemClock } from "../stream/clock.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { log } from "../stream/logger.ts"
import { assertStorable } from "../stream/storable.ts"
import { whenSaved } from "./current-event.ts"

/** What is needed of a binding to the class of a `FlowObject`. */
export interface ObjectNamespace {
  getByName(name: string): object
}

/** The methods of a `FlowObject` that a remote ref calls. */
interface ActorStub {
  sluiceTell(name: string, message: unknown): Promise<void>
  sluiceAsk(name: string, message: unknown, timeout: number): Promise<unknown>
}

/**
 * The ref of an actor of a Durable Object, by the object's name and the actor's. It is used like a local one, but the guarantees
 * are those of a network: a message arrives at most once, those of one ref arrive in order until one is lost, and a lost one is
 * logged. What an object tells leaves when the event is saved. A message must be what structured clone takes; refs in it mean
 * nothing elsewhere and are a `TypeError`.
 *
 * @example
 * ```ts
 * const lobby = remoteActor<{ type: "say"; text: string }>(env.CHAT_ROOM, "lobby", "room")
 * lobby.tell({ type: "say", text: "Hello" })
 * ```
 */
export function remoteActor<M>(namespace: ObjectNamespace, object: string, actor: string): ActorRef<M> {
  return new RemoteRef(namespace.getByName(object) as ActorStub, object, actor)
}

class RemoteRef<M> extends ActorRef<M> {
  readonly path: string

  constructor(
    private readonly stub: ActorStub,
    object: string,
    private readonly actor: string,
  ) {
    super()
    this.path = `//${object}/${actor}`
  }

  tell(message: M | PoisonPill): void {
    const encoded = this.encoded(message)
    whenSaved(() => {
      const told = this.stub.sluiceTell(this.actor, encoded)
      // Without it the message would be lost with the request that it was told in.
      waitUntil(told.catch((cause) => log({ level: "error", event: "message lost", actor: this.path, cause })))
    })
  }

  ask<Reply>(message: M, timeout: Duration): Promise<Reply> {
    // Not awaited, so that what is told afterwards arrives afterwards.
    return new Promise((resolve) => {
      const duration = toMilliseconds(timeout)
      const encoded = this.encoded(message)
      whenSaved(() => resolve(this.askNow<Reply>(encoded, duration)))
    })
  }

  private askNow<Reply>(encoded: unknown, duration: number): Promise<Reply> {
    const timedOut = () => new AskTimeoutError(`No answer from ${this.path} within ${duration} ms`)
    const answer = this.stub.sluiceAsk(this.actor, encoded, duration).catch((error) => {
      // The remote timeout may fire first. RPC drops the error's class, so recreate it.
      throw error instanceof Error && error.name === "AskTimeoutError" ? timedOut() : error
    })
    let cancel = () => {}
    const late = new Promise<never>((_, reject) => {
      cancel = systemClock.at(systemClock.now() + duration, () => reject(timedOut()))
    })
    // The answer may fail after the timeout.
    answer.catch(() => {})
    return (Promise.race([answer, late]) as Promise<Reply>).finally(cancel)
  }

  /**
   * Structured clone takes no `PoisonPill`, and a ref means nothing outside its own object. Checked at once: later the error would
   * not be the sender's.
   */
  private encoded(message: M | PoisonPill): unknown {
    const encoded = encodeRefs(message)
    assertStorable(encoded, `The message for ${this.path}`, "message")
    decodeRefs(encoded, (path) => {
      throw new TypeError(`The ref of ${path} cannot be told to ${this.path}: it means nothing outside its own object`)
    })
    return encoded
  }
}
