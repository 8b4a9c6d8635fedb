import { Flow, Source, text, webSocket } from "sluice"
import { Actor, type ActorRef, DeadLetter, PoisonPill, Props, Sink } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Cases of Pekko's specs of the event stream that the other tests do not have. */

const seen: string[] = []

/** Reports dead letters once it has got "subscribe". */
class Subscriber extends Actor<string | DeadLetter> {
  constructor(private readonly name: string) {
    super()
  }

  receive(message: string | DeadLetter) {
    if (message instanceof DeadLetter) seen.push(`${this.name}: ${message.message} for ${message.recipient.path}`)
    if (message === "subscribe") this.context.eventStream.subscribe(DeadLetter)
    if (message === "odd") this.unhandled(message)
  }
}

/** Starts a child, stops it, tells it messages after a `PoisonPill`, or forwards to it. Does not handle "bury". */
class Parent extends Actor<string> {
  override readonly childTypes = { Subscriber }

  receive(message: string) {
    const child = this.context.child("child") as ActorRef<string> | undefined
    const [verb, ...late] = message.split(",")
    if (verb === "start") this.context.actorOf(Props.of(Subscriber, "child"), "child")
    else if (child && verb === "stop") this.context.stop(child)
    else if (verb === "poison" || verb === "bury")
      for (const letter of [PoisonPill, ...late]) child?.tell(letter as string)
    else child?.tell(message)
    if (verb === "bury") this.unhandled(message)
  }
}

class Cemetery extends FlowObject {
  readonly first = this.actor("first", Props.of(Subscriber, "first"))
  readonly second = this.actor("second", Props.of(Subscriber, "second"))
  readonly parent = this.actor("parent", Props.of(Parent))

  protected accept() {
    const handled = Flow.of<string>().to(Sink.forEach((line: string) => this.command(line)))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(handled, Source.never<string>()))
  }

  /** `first: a b; second: c` tells the actor `first` two messages and `second` one, in one event. */
  private command(line: string): void {
    for (const part of line.split("; ")) {
      const [name, messages = ""] = part.split(": ")
      for (const message of messages.split(" ")) this[name as "first" | "second" | "parent"].tell(message)
    }
  }
}

afterEach(() => {
  vi.useRealTimers()
})

/** Sends lines to a new object, hibernating between them. */
async function send(...lines: string[]) {
  seen.length = 0
  const entries = logged()
  const object = new MemoryObject(Cemetery)
  const client = await object.connect()
  for (const line of lines) {
    object.send(client, line)
    await object.evict()
  }
  return entries.map(({ event, actor, count }) => `${count} ${event} for ${actor}`)
}

describe("a subscriber of dead letters", () => {
  it("gets each of several, in order", async () => {
    await send("first: subscribe", "parent: start", "parent: poison,a,b,c")
    expect(seen).toEqual(["a", "b", "c"].map((letter) => `first: ${letter} for /parent/child`))
  })

  it("gets each once, although it has subscribed twice", async () => {
    await send("first: subscribe subscribe; second: odd")
    expect(seen).toEqual(["first: odd for /second"])
  })

  it("gets none of its own messages that it has not handled when it stops, and others do", async () => {
    const lines = await send("first: subscribe", "parent: start subscribe", "parent: poison,a,b")
    expect(seen).toEqual(["first: a for /parent/child", "first: b for /parent/child"])
    expect(lines).toEqual(["2 dead letters for /parent/child"])
  })

  it("stops without an end of dead letters if it is the only one", async () => {
    const lines = await send("parent: start subscribe", "parent: poison,a,b")
    expect(lines).toEqual(["2 dead letters for /parent/child"])
    expect(seen).toEqual([])
  })

  it("gets none for a message that it does not handle itself", async () => {
    expect(await send("first: subscribe", "first: odd")).toEqual(["1 dead letters for /first"])
    expect(seen).toEqual([])
  })

  it("gets none for a dead letter that another subscriber has not handled", async () => {
    const lines = await send("first: subscribe", "parent: start subscribe", "parent: bury")
    expect(seen).toEqual(["first: bury for /parent"])
    expect(lines).toEqual(["1 dead letters for /parent", "1 dead letters for /parent/child"])
  })

  it("ends with its actor: a new actor of the same name gets none", async () => {
    await send("parent: start subscribe", "second: odd", "parent: stop start", "second: odd")
    expect(seen).toEqual(["child: odd for /second"])
  })
})
