import { Flow, Source, text, webSocket } from "sluice"
import { Actor, ActorFlow, DeadLetter, PoisonPill, Props, Sink } from "sluice/actor"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Keeps the dead letters of the object. */
class Undertaker extends Actor<string | DeadLetter> {
  override state: string[] = []

  receive(message: string | DeadLetter) {
    if (message instanceof DeadLetter) this.state.push(`${message.message} for ${message.recipient.path}`)
    else if (message === "begin") this.context.eventStream.subscribe(DeadLetter)
    else if (message === "end") this.context.eventStream.unsubscribe(DeadLetter)
    else this.context.sender.tell(this.state)
  }
}

class Shortlived extends Actor<string> {
  receive(message: string) {
    if (message === "odd") this.unhandled(message)
  }
}

class Guest extends Actor<string | DeadLetter> {
  receive() {
    this.context.eventStream.subscribe(DeadLetter)
  }
}

/** Stashes dead letters until it is asked for them. */
class Registrar extends Actor<string | DeadLetter> {
  private seen: string[] = []

  override preStart() {
    this.context.eventStream.subscribe(DeadLetter)
  }

  override behaviors = { open: this.whileOpen }

  receive(message: string | DeadLetter) {
    if (message instanceof DeadLetter) this.context.stash()
    else if (message === "open") {
      this.context.unstashAll()
      this.context.become("open")
    }
  }

  private whileOpen(message: string | DeadLetter) {
    if (message instanceof DeadLetter) this.seen.push(`${message.message} for ${message.recipient.path}`)
    else this.context.sender.tell(this.seen)
  }
}

class Cemetery extends FlowObject<unknown, string> {
  readonly undertaker = this.actor("undertaker", Props.of(Undertaker).withMailbox({ capacity: 2 }))
  readonly shortlived = this.actor("shortlived", Props.of(Shortlived).withMailbox({ capacity: 2 }))

  readonly registrar = this.actor("registrar", Props.of(Registrar))

  protected accept({ data }: ConnectionInfo<string>) {
    if (data === "guest")
      return webSocket.endpoint(
        text,
        ActorFlow.actorRef(() => Props.of(Guest)),
      )
    const commands: Record<string, () => void> = {
      odd: () => this.shortlived.tell("odd"),
      stop: () => this.shortlived.tell(PoisonPill),
      register: () => this.registrar.tell("register"),
      begin: () => this.undertaker.tell("begin"),
      end: () => this.undertaker.tell("end"),
    }
    const handled = Flow.of<string>().to(Sink.forEach((command: string) => commands[command]?.()))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(handled, Source.never<string>()))
  }
}

beforeEach(() => {
  logged()
})
afterEach(() => {
  vi.useRealTimers()
})

const seenBy = (object: MemoryObject<Cemetery>) => object.instance.undertaker.ask("seen", "1 minute")

describe("the event stream", () => {
  it("has the dead letters since an actor subscribed, with their receivers", async () => {
    const object = new MemoryObject(Cemetery)
    const client = await object.connect("client")
    for (const command of ["odd", "begin", "odd", "end", "odd"]) object.send(client, command)
    expect(await seenBy(object)).toEqual(["odd for /shortlived"])
  })

  it.each([false, true])("has dead letters that are stashed, hibernating in between: %s", async (sleeps) => {
    const object = new MemoryObject(Cemetery)
    const client = await object.connect("client")
    for (const command of ["register", "odd", "odd"]) object.send(client, command)
    if (sleeps) await object.evict()
    object.instance.registrar.tell("open")
    const seen = ["odd for /shortlived", "odd for /shortlived"]
    expect(await object.instance.registrar.ask("seen", "1 minute")).toEqual(seen)
  })

  it("continues after hibernation", async () => {
    const object = new MemoryObject(Cemetery)
    const client = await object.connect("client")
    object.send(client, "begin")
    await object.evict()
    object.send(client, "odd")
    await object.evict()
    expect(await seenBy(object)).toEqual(["odd for /shortlived"])
  })

  it("refuses an actor of a connection", async () => {
    const object = new MemoryObject(Cemetery)
    const guest = await object.connect("guest")
    object.send(guest, "subscribe")
    expect(guest.isClosed).toBe(true)
  })
})
