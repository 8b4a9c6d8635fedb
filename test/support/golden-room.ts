import { type Endpoint, Flow, Source, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, Source as ActorSource, oneForOne, Props } from "sluice/actor"
import type { Cell, Hub } from "sluice/durable"
import { vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { countIds } from "./counted-ids.ts"
import { Scripted, script } from "./durable-worker/scripted.ts"
import { logged } from "./logged.ts"
import { MemoryObject, type MemorySocket } from "./memory-object.ts"

interface Message {
  text: string
  client: ActorRef<string>
}

class Child extends Actor<Message> {
  override state = 0

  receive({ client }: Message) {
    client.tell(`child ${++this.state}`)
  }
}

/** An actor with one of everything that is stored. */
class Room extends Actor<Message> {
  override state: { texts: string[]; last?: ActorRef<string> } = { texts: ["first"] }
  override readonly childTypes = { Child }
  override readonly supervisorStrategy = oneForOne(() => "restart")

  receive(message: Message) {
    const { text, client } = message
    const child = this.context.child("child") ?? this.context.actorOf(Props.of(Child), "child")
    if (text === "child") (child as ActorRef<Message>).tell(message)
    if (text === "join") {
      this.context.watchWith(client, { text: "left", client })
      this.context.watchWith(this.context.actorOf(Props.of(Child)), { text: "child left", client })
      this.timers.startTimerAtFixedRate("beat", { text: "beat", client }, "1 hour")
    }
    this.state = { texts: [...this.state.texts, text], last: client }
    client.tell(this.state.texts.join())
  }
}

export let errors: LogEntry[]
export let object: MemoryObject<Scripted>
export let cell: Cell<{ count: number }>
export let log: Hub<{ text: string }>
export let storage: DurableObjectStorage

/** Before each test: an object that stores one of everything. */
export function newGoldenRoom(): void {
  errors = logged()
  countIds()
  vi.spyOn(crypto, "getRandomValues").mockImplementation((bytes) => bytes)
  script(({ actor, cell: cellOf, hub, share, ctx }) => {
    storage = ctx.storage
    cell = cellOf("count", { count: 1 })
    const news = hub<string>("news")
    log = hub("log", { keep: 2 })
    const room = actor("room", Props.of(Room), { version: 3 })
    const sum = share(
      "sum",
      news
        .source()
        .scan(0, (sum, text) => sum + text.length)
        .map(String),
      { replay: 2 },
    )
    const endpoints: Record<string, () => Endpoint> = {
      direct: () => webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), news.source()), { batch: true }),
      big: () =>
        webSocket.endpoint(
          text,
          Flow.of<string>()
            .scan("", (all, text) => all + text)
            .drop(1)
            .map((all) => `${all.length}`),
        ),
      log: () =>
        webSocket.endpoint(
          text,
          Flow.fromSinkAndSource(
            news.sink(),
            log.source({ last: 2 }).map((said) => said.text),
          ),
        ),
      sum: () => webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), sum)),
      paced: () =>
        webSocket.endpoint(text, Flow.of<string>(), {
          resume: { within: "1 minute" },
          limits: { messagesPerSecond: 5 },
        }),
    }
    return {
      accept({ data, cell }) {
        const known = endpoints[String(data)]?.()
        if (known) return known
        const own = cell("own", new Map([["texts", 0]]))
        const client = ActorSource.actorRef<string>()
        const message = (text: string): Message => ({ text, client: client.ref })
        const sink = ActorSink.actorRef(room, { onInitMessage: message("join") })
        const said = Flow.of<string>().map((text) => {
          own.set(new Map([["texts", (own.get().get("texts") ?? 0) + 1]]))
          return message(text)
        })
        const ticks = Source.tick("1 hour", { initialDelay: "1 hour", while: () => cell !== undefined }).map(
          (n) => `tick ${n}`,
        )
        const told = client.source
          .merge(news.source())
          .zipWithIndex()
          .map(([text, index]) => `${text} ${index} ${own.get().get("texts")}`)
        return webSocket.endpoint(text, Flow.fromSinkAndSource(said.to(sink), told.merge(ticks)), {
          limits: { idleTimeout: "1 hour", messagesPerSecond: 5 },
          version: 2,
        })
      },
    }
  })
  object = new MemoryObject(Scripted)
}

export const taken = ({ received }: MemorySocket) => received.splice(0)
export const attached = (socket: MemorySocket) => socket.deserializeAttachment()
export const row = (key: string) => object.rows.get(`sluice:${key}`)
