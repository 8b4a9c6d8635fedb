import { beforeEach } from "vitest"
import { Actor, type ActorClass, ActorFlow, type ActorRef, PoisonPill, Props, Terminated } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import { type LogEntry, setLogger } from "../../src/stream/logger.ts"
import { Client } from "../support/client.ts"

/** The actions of all actors, in order. */
export const seen: string[] = []
/** The logged entries. */
export const logged: string[] = []

beforeEach(() => {
  seen.length = 0
  logged.length = 0
  setLogger((entry) => {
    if (entry.level !== "info") logged.push(lineOf(entry))
  })
})

/** `2 dead letters for /room`, or `/room: actor failed: stop Error: it`. */
export function lineOf({ event, actor, count, cause }: LogEntry): string {
  return count ? `${count} ${event} for ${actor}` : `${actor}: ${event} ${cause}`
}

/** Reports its lifecycle. */
export class RecordingActor extends Actor<string | Terminated> {
  constructor(protected readonly name = "root") {
    super()
  }

  override preStart(): void {
    seen.push(`${this.name} starts`)
  }

  override postStop(): void {
    seen.push(`${this.name} stops`)
  }

  receive(message: string | Terminated): void {
    if (message instanceof Terminated) seen.push(`${this.name} hears that ${nameOf(message.actor)} has stopped`)
    else this.hear(message)
  }

  protected hear(message: string): void {
    seen.push(`${this.name}: ${message}`)
    if (message === "stop") this.context.stop(this.self)
    if (message === "die") this.self.tell(PoisonPill)
    if (message.startsWith("throw")) throw new Error(message.slice(6))
  }
}

/** Runs commands on its children, such as "spawn a" and "watch a", and forwards "a <message>" to a. */
export class Parent extends RecordingActor {
  override readonly childTypes: Actor<never>["childTypes"] = { RecordingActor, Parent }

  protected override hear(message: string): void {
    const [verb = "", name = ""] = message.split(" ")
    const child = this.context.child(name) as ActorRef<string> | undefined
    const addressee = this.context.child(verb) as ActorRef<string> | undefined
    if (verb === "spawn") this.context.actorOf(this.propsOf(name), name)
    else if (addressee) addressee.tell(message.slice(verb.length + 1))
    else if (child) this.meet(verb, child)
    else super.hear(message)
  }

  protected propsOf(name: string): Props<string> {
    return name.startsWith("parent") ? Props.of(Parent, name) : Props.of(RecordingActor, name)
  }

  private meet(verb: string, child: ActorRef<string>): void {
    if (verb === "watch") this.context.watch(child)
    if (verb === "watchWith") this.context.watchWith(child, `${nameOf(child)} is gone`)
    if (verb === "unwatch") this.context.unwatch(child)
    if (verb === "stop") this.context.stop(child)
    if (verb === "poison") child.tell(PoisonPill)
  }
}

export function nameOf({ path }: { path: string }): string {
  return path.slice(path.lastIndexOf("/") + 1)
}

/** A client whose messages go to an actor. */
export class ActorClient extends Client<string, string> {
  constructor(private readonly make: (out: ActorRef<string>) => Props<string>) {
    super(text, ActorFlow.actorRef(make))
    this.open()
  }

  sleep(): this {
    return this.hibernate(ActorFlow.actorRef(this.make))
  }
}

/** A client of an actor of this class, whose constructor takes `out`. */
export function act(type: ActorClass<string, [ActorRef<string>]>): ActorClient {
  return new ActorClient((out) => Props.of(type, out))
}

/** A client of a recording actor. */
export function recordingClient(type: ActorClass<string, []> = Parent): ActorClient {
  return new ActorClient(() => Props.of(type))
}
