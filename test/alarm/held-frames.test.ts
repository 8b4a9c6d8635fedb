import { Flow, Sink, setLogger, text, webSocket } from "sluice"
import { Actor, type ActorRef, oneForOne, Props, Source } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

const long = (name: string) => `${name} is a long text`

/** Each message becomes three. */
class Triple extends FlowObject {
  protected accept() {
    const flow = Flow.of<string>().mapConcat((text) => [1, 2, 3].map((n) => long(`${text}${n}`)))
    // Each text is longer than that.
    return webSocket.endpoint(text, flow, { limits: { maxBufferedAmount: 10 } })
  }
}

/** Publishes three texts in one event to all clients, which may take them in one frame. */
class Publisher extends FlowObject {
  private readonly texts = this.hub<string>("texts", { batchWindow: 1 })

  publish(...texts: string[]): void {
    for (const text of texts) this.texts.publish(text)
    // An element with `except` is published after the collected ones.
    this.texts.publish("the last", { except: "no connection" })
  }

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.texts.source({ bufferSize: 100 })), {
      batch: true,
    })
  }
}

/** Publishes each word of a message to the listeners, and sends it back, with a codec that refuses one word. */
class Words extends FlowObject {
  private readonly words = this.hub<string>("words")

  protected accept({ data }: { data: unknown }) {
    if (data === "listener") return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.words.source()))
    const codec = text.contramap((word: string) => {
      if (word === "refused") throw new RangeError("refused")
      return word
    })
    const words = Flow.of<string>().mapConcat((message) => message.split(" "))
    const limits = { maxBufferedAmount: 3, slowReader: "dropHead" } as const
    return webSocket.endpoint(codec, words.alsoTo(this.words.sink()), { limits })
  }
}

interface Told {
  text: string
  client: ActorRef<string>
}

/** Puts a value into its state that cannot be stored, so that its messages must not be sent. */
class Unstorable extends Actor<Told> {
  override state: unknown = undefined

  receive({ text, client }: Told) {
    this.state = () => text
    client.tell(long(text))
  }
}

/** Tells the actor, and answers for itself. */
class Answering extends FlowObject {
  private readonly keeper = this.actor("unstorable", Props.of(Unstorable), {
    supervisorStrategy: oneForOne(() => "resume"),
  })

  protected accept() {
    const { ref, source } = Source.actorRef<string>()
    const answers = Flow.of<string>().map((text) => {
      this.keeper.tell({ text, client: ref })
      return `ok ${text}`
    })
    return webSocket.endpoint(text, answers.merge(source), { limits: { maxBufferedAmount: 100 } })
  }
}

beforeEach(() => setLogger(() => {}))
afterEach(() => vi.useRealTimers())

describe("the messages of an event", () => {
  it("are sent with the event, although they exceed maxBufferedAmount", async () => {
    const object = new MemoryObject(Triple)
    const client = await object.connect()
    object.send(client, "a")
    expect(client.received).toEqual(["a1", "a2", "a3"].map(long))
    object.send(client, "b")
    expect(client.received.slice(3)).toEqual(["b1", "b2", "b3"].map(long))
  })

  it("are sent in one frame to a hibernating client with batches", async () => {
    const object = new MemoryObject(Publisher)
    const client = await object.connect(undefined, { "Sec-WebSocket-Protocol": "sluice.batch" })
    await object.evict()
    object.instance.publish("a", "b", "c")
    expect(client.received.map((frame) => JSON.parse(String(frame)))).toEqual([["a", "b", "c", "the last"]])
  })
})

describe("an element that waits for a slow client", () => {
  it("closes its socket with 1011 if the codec refuses it, and affects no other connection", async () => {
    const errors = logged()
    const object = new MemoryObject(Words)
    const [listener, client] = [await object.connect("listener"), await object.connect()]
    // The second word waits, because the first one exceeds `maxBufferedAmount`.
    object.send(client, "long refused more")
    expect(client.received).toEqual(["long", closed(1011)])
    expect(listener.received).toEqual(["long"])
    expect(errors.map(({ event }) => event)).toEqual(["flow failed"])
  })
})

describe("the messages of an actor with a state that cannot be stored", () => {
  it("are dropped, and later messages of other senders are not", async () => {
    const object = new MemoryObject(Answering)
    const client = await object.connect()
    object.send(client, "a")
    expect(client.received).toEqual(["ok a"])
  })

  it("do not count as buffered for the client", async () => {
    const object = new MemoryObject(Answering)
    const client = await object.connect()
    const texts = Array.from({ length: 20 }, (_, n) => `message ${n}`)
    for (const text of texts) object.send(client, text)
    expect(client.received).toEqual(texts.map((text) => `ok ${text}`))
  })
})
