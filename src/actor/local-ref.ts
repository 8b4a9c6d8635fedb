import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { ActorRef, AskTimeoutError, type PoisonPill } from "./actor-ref.ts"
import type { ActorSystem, Letter, Receiver } from "./actor-system.ts"

/** A ref within a system. */
export class LocalRef<M> extends ActorRef<M> {
  constructor(
    private readonly system: ActorSystem,
    readonly path: string,
  ) {
    super()
  }

  tell(message: M | PoisonPill): void {
    this.system.tell(this.path, { message })
  }

  ask<Reply>(message: M, timeout: Duration): Promise<Reply> {
    return ask(this.system, this.path, message, timeout)
  }
}

let questions = 0

/** Asks whoever is at a path. */
export function ask<Reply>(system: ActorSystem, path: string, message: unknown, timeout: Duration): Promise<Reply> {
  const duration = toMilliseconds(timeout)
  return new Promise((resolve, reject) => {
    const question = new Question(system, (answer) => {
      over()
      resolve(answer as Reply)
    })
    const cancel = system.clock.at(system.clock.now() + duration, () => {
      over()
      reject(new AskTimeoutError(`No answer from ${path} within ${duration} ms`))
    })
    const over = () => {
      cancel()
      system.remove(question)
    }
    system.add(question)
    system.tell(path, { message, sender: question.ref })
  })
}

/** Whoever waits for an answer. It is in memory only: an answer that comes after that was lost is a dead letter. */
class Question implements Receiver {
  readonly ref: ActorRef<unknown>
  readonly scope: undefined

  constructor(
    system: ActorSystem,
    private readonly answer: (message: unknown) => void,
  ) {
    this.ref = new LocalRef(system, `/?${++questions}`)
  }

  receive({ message }: Letter): void {
    this.answer(message)
  }

  watchersChanged(): void {}
}
