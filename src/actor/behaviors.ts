import type { Actor } from "./actor.ts"

/** The most behaviors on top of one another. */
const maxDepth = 100

/** The names of an actor's behaviors, the current one last. Without one, `receive` handles the messages. */
export class Behaviors {
  private names: readonly string[] = []

  /** Throws an `Error` for a name that is not in the actor's `behaviors`. */
  become(actor: Actor<never>, name: string, discardOld: boolean): void {
    handlerOf(actor, name)
    const kept = discardOld ? this.names.slice(0, -1) : this.names
    if (kept.length >= maxDepth) {
      throw new Error(
        `${actor.constructor.name} has ${maxDepth} behaviors on top of one another: call unbecome, or leave out discardOld`,
      )
    }
    this.names = [...kept, name]
  }

  unbecome(): void {
    this.names = this.names.slice(0, -1)
  }

  /** Lets the current behavior handle a message. Returns its result. */
  handle(actor: Actor<unknown>, message: unknown): unknown {
    const name = this.names.at(-1)
    return name === undefined ? actor.receive(message) : handlerOf(actor, name).call(actor, message)
  }

  save(): readonly string[] {
    return this.names
  }

  /** Throws an `Error` for a name that is not in the actor's `behaviors`. */
  restore(actor: Actor<never>, names: readonly string[]): void {
    for (const name of names) handlerOf(actor, name)
    this.names = names
  }

  reset(): void {
    this.names = []
  }
}

function handlerOf<M>({ behaviors, constructor: { name: type } }: Actor<M>, name: string): (message: M) => unknown {
  const handler = Object.hasOwn(behaviors, name) ? behaviors[name] : undefined
  if (typeof handler === "function") return handler
  throw new Error(`${type} has no behavior "${name}": add it to the behaviors of ${type}`)
}
