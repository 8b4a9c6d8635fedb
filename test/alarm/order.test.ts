import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, type ActorRef, Source as ActorSource, Props } from "sluice/actor"
import { remoteActor } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, MemorySocket } from "../support/memory-object.ts"

/** The writes and sends of the object, in order. */
let effects: string[]
let object: MemoryObject<Scripted>

class Counter extends Actor<{ client: ActorRef<string> } | "beat"> {
  override state = { count: 0 }

  constructor(private readonly out: { publish(text: string): void }) {
    super()
  }

  receive(message: { client: ActorRef<string> } | "beat") {
    this.state.count++
    this.timers.startSingleTimer("beat", "beat", "1 second")
    far.tell(this.state.count)
    if (message === "beat") this.out.publish(`beat ${this.state.count}`)
    else message.client.tell(`count ${this.state.count}`)
  }
}

const namespace = {
  getByName: () => ({
    async sluiceTell() {
      effects.push("tell")
    },
  }),
}
const far = remoteActor<number>(namespace, "other", "counter")

beforeEach(() => {
  logged()
  script(({ hub, actor, share, cell }) => {
    const news = hub<string>("news")
    const saved = cell("saved", "")
    const counter = actor("counter", Props.of(Counter, news))
    const totals = share(
      "totals",
      news
        .source()
        .scan(0, (sum, text) => sum + text.length)
        .drop(1)
        .map((total) => `total ${total}`),
    )
    return {
      accept({ data }) {
        if (data === "news") return webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), news.source()))
        if (data === "totals") return webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), totals))
        if (data === "counter") {
          const client = ActorSource.actorRef<string>()
          const told = Sink.forEach(() => counter.tell({ client: client.ref }))
          return webSocket.endpoint(text, Flow.fromSinkAndSource(told, client.source))
        }
        if (data === "delay")
          return webSocket.endpoint(
            text,
            Flow.of<string>().alsoTo(Flow.of<string>().delay("1 second").to(Sink.ignore())),
          )
        if (data === "far")
          return webSocket.endpoint(
            text,
            Flow.of<string>().merge(
              Source.tick("1 second", { initialDelay: "1 second" })
                .map(() => far.tell(1))
                .map(String),
            ),
          )
        return webSocket.endpoint(
          text,
          Flow.of<string>()
            .map((text) => {
              saved.set(text.slice(0, 5))
              return text
            })
            .scan("", (all, text) => all + text)
            .drop(1),
        )
      },
    }
  })
  object = new MemoryObject(Scripted)
  effects = object.writes
  const { send, close, serializeAttachment } = MemorySocket.prototype
  vi.spyOn(MemorySocket.prototype, "send").mockImplementation(function (this: MemorySocket, data) {
    effects.push("send")
    send.call(this, data)
  })
  vi.spyOn(MemorySocket.prototype, "close").mockImplementation(function (this: MemorySocket, code, reason) {
    effects.push("close")
    close.call(this, code, reason)
  })
  vi.spyOn(MemorySocket.prototype, "serializeAttachment").mockImplementation(function (this: MemorySocket, attachment) {
    serializeAttachment.call(this, attachment)
    effects.push("attach")
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** The writes and sends since the last call. */
const taken = () => effects.splice(0)

describe("everything is written before anything is sent (fault 40)", () => {
  it("the state of an actor, its timer, and its messages to clients and other objects", async () => {
    const client = await object.connect("counter")
    taken()
    object.send(client, "a")
    expect(taken()).toEqual(["alarm", "sluice:actor:counter", "tell", "send"])
    await object.evict()
    object.send(client, "b")
    expect(taken()).toEqual(["sluice:actor:counter", "tell", "send"])
  })

  it("the state of an actor whose timer fires", async () => {
    const [client, news] = [await object.connect("counter"), await object.connect("news")]
    object.send(client, "a")
    await object.evict()
    taken()
    object.advance(1_000)
    expect(taken()).toEqual(["alarm", "sluice:actor:counter", "tell", "send"])
    expect(news.received).toEqual(["beat 2"])
  })

  it("the messages of a connection's timer to other objects", async () => {
    await object.connect("far")
    taken()
    object.advance(1_000)
    expect(taken()).toEqual(["alarm", "attach", "tell", "send"])
  })

  it("the state of a shared source", async () => {
    const clients = [await object.connect("totals"), await object.connect("totals")]
    taken()
    for (const client of clients) object.send(client, "abc")
    expect(taken()).toEqual(["sluice:graph:totals", "send", "send", "sluice:graph:totals", "send", "send"])
  })

  it("a cell, and an attachment that is spilled to a row", async () => {
    const client = await object.connect()
    taken()
    object.send(client, "x".repeat(20_000))
    expect(taken()).toEqual(["sluice:cell:saved", expect.stringMatching(/^sluice:spill:/), "attach", "send"])
    object.send(client, "y")
    expect(taken()).toEqual(["sluice:cell:saved", expect.stringMatching(/^sluice:spill:/), "send"])
  })

  it("the alarm", async () => {
    const client = await object.connect("delay")
    taken()
    object.send(client, "a")
    expect(taken()).toEqual(["alarm", "attach", "send"])
  })

  it("the end of a connection", async () => {
    const client = await object.connect()
    object.send(client, "x".repeat(20_000))
    taken()
    object.close(client, 1000, "bye")
    expect(taken()).toEqual(["attach", "close"])
  })
})
