import { waitUntil } from "cloudflare:workers"
import { ActorRef, AskTimeoutError, type PoisonPill } from "../actor/actor-ref.ts"
import { pack, unpack } from "../actor/packing.ts"
import { systemClock } from "../stream/clock.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { log } from "../stream/logger.ts"

/** What is needed of a binding to the class of a `FlowObject`. */
export interface ObjectNamespace {
  getByName(name: string): object
}

/** The methods of a `FlowObject` that a far ref calls. */
interface ActorStub {
  tellActor(name: string, message: unknown): Promise<void>
  askActor(name: string, message: unknown, timeout: number): Promise<unknown>
}

/**
 * The ref of an actor of a Durable Object, by the object's name and the actor's. Code cannot tell it from a near one, but the
 * guarantees are those of a network: a message arrives at most once, those of one ref arrive in order until one is lost, and what
 * is lost is logged. A message must be what structured clone takes; refs in it would lead nowhere and are refused.
 *
 * @example `actorIn<Command>(c.env.CHAT_ROOM, "lobby", "room").tell({ type: "say", name: "the host", text: "Hello" })`
 */
export function actorIn<M>(namespace: ObjectNamespace, object: string, actor: string): ActorRef<M> {
  return new FarRef(namespace.getByName(object) as ActorStub, object, actor)
}

class FarRef<M> extends ActorRef<M> {
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
    const told = this.stub.tellActor(this.actor, this.packed(message))
    // Without it the message would be lost with the request that it was told in.
    waitUntil(told.catch((cause) => log({ level: "error", event: "message lost", endpoint: this.path, cause })))
  }

  async ask<Reply>(message: M, timeout: Duration): Promise<Reply> {
    const duration = toMilliseconds(timeout)
    const timedOut = () => new AskTimeoutError(`No answer from ${this.path} within ${duration} ms`)
    const answer = this.stub.askActor(this.actor, this.packed(message), duration).catch((error) => {
      // The object may be the first to lose patience, and of what it throws the class does not arrive.
      throw error instanceof Error && error.name === "AskTimeoutError" ? timedOut() : error
    })
    let cancel = () => {}
    const late = new Promise<never>((_, reject) => {
      cancel = systemClock.at(systemClock.now() + duration, () => reject(timedOut()))
    })
    // The answer may fail after nobody waits for it any more.
    answer.catch(() => {})
    return (Promise.race([answer, late]) as Promise<Reply>).finally(cancel)
  }

  /** Structured clone knows no `PoisonPill`, and a ref says nothing outside its own object. */
  private packed(message: M | PoisonPill): unknown {
    const packed = pack(message)
    unpack(packed, (path) => {
      throw new TypeError(`The ref of ${path} cannot be told to ${this.path}: it leads nowhere outside its own object`)
    })
    return packed
  }
}
