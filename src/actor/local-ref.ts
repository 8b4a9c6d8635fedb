import type { Clock } from "../stream/clock.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { ActorRef, AskTimeoutError, type Kill, type PoisonPill } from "./actor-ref.ts"
import type { Letter, Receiver } from "./letter.ts"

/** The part of an actor system that its refs use. */
interface System {
  readonly host: {
    readonly clock: Clock
    whenSaved(effect: () => void): void
  }
  ref(path: string): ActorRef<unknown>
  add(receiver: Receiver): void
  remove(receiver: Receiver): void
  tell(path: string, letter: Letter): boolean
}

/** A ref of an actor in the same system. */
export class LocalRef<M> extends ActorRef<M> {
  constructor(
    private readonly system: System,
    readonly path: string,
  ) {
    super()
  }

  tell(message: M | PoisonPill | Kill): void {
    this.system.tell(this.path, { message })
  }

  ask<Reply>(message: M, timeout: Duration): Promise<Reply> {
    return ask(this.system, this.path, message, timeout)
  }
}

/** Sends a question to the actor of a path. */
export function ask<Reply>(system: System, path: string, message: unknown, timeout: Duration): Promise<Reply> {
  const duration = toMilliseconds(timeout)
  return new Promise((resolve, reject) => {
    const pending = new PendingAsk(system.ref(`/?${crypto.randomUUID()}`), (answer) => {
      system.remove(pending)
      // The answer waits until the actor's state is stored. If storing it fails, the ask times out.
      system.host.whenSaved(() => {
        cancel()
        resolve(answer as Reply)
      })
    })
    const cancel = system.host.clock.at(system.host.clock.now() + duration, () => {
      system.remove(pending)
      reject(new AskTimeoutError(`No answer from ${path} within ${duration} ms`))
    })
    system.add(pending)
    system.tell(path, { message, sender: pending.ref })
  })
}

/** A pending ask. It is in memory only, so an answer after an eviction is a dead letter. */
class PendingAsk implements Receiver {
  readonly scope: undefined

  constructor(
    readonly ref: ActorRef<unknown>,
    private readonly answer: (message: unknown) => void,
  ) {}

  receive({ message }: Letter): void {
    this.answer(message)
  }

  watchersChanged(): void {}
}
