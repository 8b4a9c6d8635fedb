import { Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Sink, Source, Terminated } from "sluice/actor"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

type Message = "later" | "stop" | "fail" | "now" | { watch: ActorRef<Message> } | Terminated

class Watcher extends Actor<Message> {
  override state = 0

  constructor(private readonly out: { publish(text: string): void }) {
    super()
  }

  receive(message: Message) {
    this.state++
    if (message instanceof Terminated) this.out.publish("terminated")
    else if (message === "now") this.out.publish("now")
    else if (message === "later") this.timers.startSingleTimer("later", "now", 1_000)
    else if (message === "stop") this.context.stop(this.self)
    else if (message === "fail") throw new Error("Fails, as the test wants it")
    else this.context.watch(message.watch)
  }
}

class House extends FlowObject {
  readonly news = this.hub<string>("news")
  readonly other = this.actor<Message>("other", Props.of(Watcher, this.news))
  readonly watcher = this.actor<Message>("watcher", Props.of(Watcher, this.news))

  protected accept() {
    // The object has another timer, too.
    const source = this.news.source().merge(Source.tick("1 hour", { initialDelay: "1 hour" }).map(String))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), source))
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe.each([false, true])("an actor that has failed, before its next message (evicted: %s)", (evicts) => {
  const received = async (before: (house: House) => void, after: (object: MemoryObject<House>) => void) => {
    const object = new MemoryObject(House)
    const client = await object.connect()
    before(object.instance)
    object.instance.watcher.tell("fail")
    if (evicts) await object.evict()
    after(object)
    return client.received
  }

  it("gets the notice that an actor has stopped which it watches", async () => {
    const watch = ({ watcher, other }: House) => watcher.tell({ watch: other })
    expect(await received(watch, ({ instance }) => instance.other.tell("stop"))).toEqual(["terminated"])
  })

  it("gets the message of its timer in time", async () => {
    expect(
      await received(
        ({ watcher }) => watcher.tell("later"),
        (object) => object.advance(1_000),
      ),
    ).toEqual(["now"])
  })
})

type Heard = "fail" | "list" | { name: string; client: ActorRef<string> } | { left: string }

/** Knows its members, and fails on demand. */
class Lobby extends Actor<Heard> {
  override state = new Map<string, ActorRef<string>>()

  receive(message: Heard) {
    if (message === "fail") throw new Error("Fails, as the test wants it")
    if (message === "list") {
      const members = [...this.state.keys()].join()
      this.context.watched.tell(members)
    } else if ("left" in message) this.state.delete(message.left)
    else {
      this.state.set(message.name, message.client)
      this.context.watchWith(message.client, { left: message.name })
    }
  }
}

/** Has a child that knows the members. */
class Hall extends Actor<Heard> {
  override childTypes = { Lobby }
  override state: ActorRef<Heard> | undefined = undefined

  receive(message: Heard) {
    if (message === "fail") throw new Error("Fails, as the test wants it")
    this.state ??= this.context.actorOf(Props.of(Lobby), "lobby")
    this.state.tell(message)
  }
}

/** A guest's flow does not end in the room, so it goes on when the room fails. */
class Rooms extends FlowObject<unknown, { name: string; isGuest: boolean }> {
  readonly lobby = this.actor<Heard>("lobby", Props.of(Lobby))
  readonly hall = this.actor<Heard>("hall", Props.of(Hall))
  room = this.lobby

  protected accept({ data: { name, isGuest } }: ConnectionContext<{ name: string; isGuest: boolean }>) {
    const { ref: client, source } = Source.actorRef<string>()
    const joined = { name, client }
    const toRoom = isGuest
      ? Sink.forEach(() => this.room.tell(joined))
      : Sink.actorRef<Heard>(this.room, { onInitMessage: joined })
    const messages = Flow.of<string>().map((text): Heard => ({ left: text }))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(messages.to(toRoom), source))
  }
}

describe.each([false, true])("an actor that has failed with watched clients (evicted: %s)", (evicts) => {
  it.each(["lobby", "hall"] as const)(
    "is told of those that its failure closes, and watches the others: %s",
    async (kind) => {
      const object = new MemoryObject(Rooms)
      const choose = ({ instance }: MemoryObject<Rooms>) => {
        instance.room = instance[kind]
        return instance.room
      }
      choose(object)
      const ann = await object.connect({ name: "ann", isGuest: false })
      const guest = await object.connect({ name: "guest", isGuest: true })
      object.send(guest, "join")
      if (evicts) await object.evict()
      choose(object).tell("fail")
      expect(ann.received).toEqual([{ close: 1011, reason: "" }])
      if (evicts) await object.evict()
      choose(object).tell("list")
      expect(guest.received).toEqual(["guest"])
      if (evicts) await object.evict()
      choose(object)
      const bob = await object.connect({ name: "bob", isGuest: false })
      object.close(guest, 1000, "")
      choose(object).tell("list")
      expect(bob.received).toEqual(["bob"])
    },
  )
})
