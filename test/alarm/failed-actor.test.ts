import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Terminated } from "sluice/actor"
import { FlowObject } from "sluice/durable"
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
