import { waitUntil } from "cloudflare:workers"
import { ActorRef, AskTimeoutError, type Kill, type PoisonPill } from "../actor/actor-ref.ts"
import { decodeRefs, encodeRefs } from "../actor/ref-encoding.ts"
import { systemClock } from "../stream/clock.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { assertStorable } from "../stream/storable.ts"
import { currentLog, whenSaved } from "./current-event.ts"

/** A binding to the class of a `FlowObject`, such as `env.CHAT_ROOM`. */
export interface ObjectNamespace {
  getByName(name: string): object
}

/** The methods of a `FlowObject` that a remote ref calls. */
interface ActorStub {
  sluiceTell(name: string, message: unknown): Promise<void>
  sluiceAsk(name: string, message: unknown, timeout: number): Promise<unknown>
}

/**
 * The ref of an actor of another Durable Object. It has the guarantees of a network: a message arrives at most once, and the messages
 * of one ref arrive in order until one is lost. A lost message is logged. Inside an object, a message leaves when the event is
 * saved. `ask` rejects with an `AskTimeoutError` after its timeout, and with an `Error` if the object has no such actor. A remote
 * ref cannot be watched, stored in `state`, or sent in a message.
 *
 * A message must be a value that structured clone takes, without refs, because a ref is valid in its own object only. `tell` throws a
 * `TypeError` otherwise, and `ask` rejects with one.
 *
 * @param namespace the binding of the class
 * @param object the name of the object, as for `getByName`
 * @param actor the name of the actor, as in `this.actor(name, …)`
 *
 * @example
 * ```ts
 * const lobby = remoteActor<{ type: "say"; text: string }>(env.CHAT_ROOM, "lobby", "room")
 * lobby.tell({ type: "say", text: "Hello" })
 * ```
 */
export function remoteActor<M>(namespace: ObjectNamespace, object: string, actor: string): ActorRef<M> {
  return new RemoteRef(() => namespace.getByName(object) as ActorStub, object, actor)
}

class RemoteRef<M> extends ActorRef<M> {
  readonly path: string
  /** One stub for all calls, because the calls of different stubs may overtake each other. */
  private stub: ActorStub

  constructor(
    private readonly newStub: () => ActorStub,
    object: string,
    private readonly actor: string,
  ) {
    super()
    this.stub = newStub()
    this.path = `//${object}/${actor}`
  }

  tell(message: M | PoisonPill | Kill): void {
    const encoded = this.encoded(message)
    const log = currentLog()
    whenSaved(() => {
      const told = this.call((stub) => stub.sluiceTell(this.actor, encoded))
      // Without `waitUntil` the runtime may drop the message at the end of the current request.
      waitUntil(told.catch((cause) => log({ level: "error", event: "message lost", actor: this.path, cause })))
    })
  }

  ask<Reply>(message: M, timeout: Duration): Promise<Reply> {
    // Nothing is awaited before the call, so that messages arrive in the order of the calls.
    return new Promise((resolve, reject) => {
      const duration = toMilliseconds(timeout)
      const encoded = this.encoded(message)
      const timedOut = () => new AskTimeoutError(`No answer from ${this.path} within ${duration} ms`)
      let isOver = false
      // From now on, because the event may not be saved, or be a transaction that waits for the answer.
      const cancel = systemClock.at(systemClock.now() + duration, () => {
        isOver = true
        reject(timedOut())
      })
      whenSaved(() => {
        if (isOver) return
        const answer = this.call((stub) => stub.sluiceAsk(this.actor, encoded, duration)) as Promise<Reply>
        answer.finally(cancel).then(resolve, (error) => {
          // The remote timeout may fire first. RPC drops the error's class, so recreate it.
          reject(error instanceof Error && error.name === "AskTimeoutError" ? timedOut() : error)
        })
      })
    })
  }

  /** Calls the object, with a new stub after a failure that its code has not thrown: a crash or a deploy breaks a stub for good. */
  private call<T>(method: (stub: ActorStub) => Promise<T>): Promise<T> {
    const { stub } = this
    return method(stub).catch((error) => {
      const isThrownThere = error instanceof Error && "remote" in error && error.remote === true
      if (!isThrownThere && this.stub === stub) this.stub = this.newStub()
      throw error
    })
  }

  /**
   * Encodes `PoisonPill` and `Kill`, which structured clone refuses. Throws a `TypeError` for refs and for values that structured clone
   * refuses, at once, so that the sender gets the error.
   */
  private encoded(message: M | PoisonPill | Kill): unknown {
    const encoded = encodeRefs(message)
    assertStorable(encoded, `The message for ${this.path}`, "message")
    decodeRefs(encoded, (path) => {
      throw new TypeError(`The ref of ${path} cannot be told to ${this.path}: it means nothing outside its own object`)
    })
    return encoded
  }
}
