import { type Endpoint, Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, Source as ActorSource, Props } from "sluice/actor"
import type { ActorOptions, CellOptions, Snapshot } from "sluice/durable"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "./client.ts"
import { Scripted, script } from "./durable-worker/scripted.ts"
import { logged } from "./logged.ts"
import { MemoryObject, type MemorySocket } from "./memory-object.ts"

interface Message {
  text: string
  client: ActorRef<string>
}

/** The differences between releases. */
export interface Release {
  version?: number
  migrate?: (snapshot: Snapshot, from: string, to: string) => Snapshot | undefined
  actor?: ActorOptions
  cell?: CellOptions<unknown>
  /** The data of connections that `accept` throws for, or whose flow has other steps. */
  broken?: string
  changed?: string
}

/** Adds up the lengths of its messages. */
class Adder extends Actor<Message> {
  override state: unknown = 0

  receive({ text, client }: Message) {
    this.state = Number(this.state) + text.length
    client.tell(`sum ${this.state}`)
  }
}

/** Broadcasts the messages of its members, and announces a stopped member. */
class Room extends Actor<Message> {
  override state: string[] = []

  receive({ text, client }: Message) {
    const { watched } = this.context
    if (text.startsWith("join")) this.context.watchWith(client, { text: `left ${text}`, client })
    else watched.tell(`${text}, ${watched.size} here`)
  }
}

let release: Release
export let errors: LogEntry[]
export let object: MemoryObject<Scripted>

/** Before each test: the first release of an object. */
export function firstRelease(): void {
  errors = logged()
  release = {}
  script(({ actor, cell, hub, share }) => {
    const news = hub<string>("news")
    const sums = news.source().statefulMap(
      () => 0,
      (sum, text) => [sum + text.length, `sum ${sum + text.length}`],
    )
    const sum = share("sum", sums)
    const adder = actor("adder", Props.of(Adder), release.actor)
    const room = actor("room", Props.of(Room))
    const shared = cell<unknown>("shared", "first", release.cell ?? {})
    const endpoints: Record<string, (own: () => unknown) => Endpoint> = {
      count: () => {
        const count = Flow.of<string>().statefulMap<number, string>(
          () => 0,
          (count) => [count + 1, `count ${count + 1}`],
        )
        return webSocket.endpoint(text, count, { version: release.version })
      },
      sum: () => webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), sum)),
      adder: () => {
        const client = ActorSource.actorRef<string>()
        const messages = Flow.of<string>().map((text) => ({ text, client: client.ref }))
        return webSocket.endpoint(text, Flow.fromSinkAndSource(messages.to(ActorSink.actorRef(adder)), client.source))
      },
      shared: () =>
        webSocket.endpoint(
          text,
          Flow.of<string>().map((text) => `${text} ${JSON.stringify(shared.get())}`),
        ),
      set: () =>
        webSocket.endpoint(
          text,
          Flow.of<string>().map((text) => {
            shared.set(text)
            return `${shared.get()}`
          }),
        ),
      own: (own) =>
        webSocket.endpoint(
          text,
          Flow.of<string>().map((text) => `${text} ${JSON.stringify(own())}`),
        ),
    }
    return {
      migrate: (...args) => release.migrate?.(...args),
      accept({ data, cell }) {
        const name = String(data)
        if (name === release.broken) throw new Error("There is no such thing now")
        const own = name === "own" ? cell<unknown>("own", undefined, release.cell ?? {}) : undefined
        if (own && own.get() === undefined) own.set("first")
        const known = endpoints[name]?.(() => own?.get())
        if (known) return known
        const client = ActorSource.actorRef<string>()
        const message = (text: string) => ({ text, client: client.ref })
        const sink = ActorSink.actorRef(room, { onInitMessage: message(`join ${name}`) })
        const say = Flow.of<string>().map(message)
        const changed = release.changed === name ? say.filter(() => true) : say
        return webSocket.endpoint(text, Flow.fromSinkAndSource(changed.to(sink), client.source))
      },
    }
  })
  object = new MemoryObject(Scripted)
}

export const taken = ({ received }: MemorySocket) => received.splice(0)
export const changed = closed(1012, "The service has changed")
export const causes = () => errors.map(({ cause }) => (cause instanceof Error ? cause.message : String(cause)))

/** The next release, which the object is deployed with. */
export async function deploy(next: Release) {
  release = next
  await object.evict()
}
