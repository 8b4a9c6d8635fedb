import { Flow, Sink, text, webSocket } from "sluice"
import {
  Actor,
  type ActorRef,
  Sink as ActorSink,
  Source as ActorSource,
  type Directive,
  oneForOne,
  Props,
} from "sluice/actor"
import type { LogEntry } from "../../src/stream/logger.ts"
import { Scripted, script } from "./durable-worker/scripted.ts"
import { logged } from "./logged.ts"
import { MemoryObject, type MemorySocket } from "./memory-object.ts"

interface Message {
  text: string
  client: ActorRef<string>
}

/** The text, or for two of the words a value that storage refuses. */
function parsed(text: string): unknown {
  if (text === "function") return { f: () => 1 }
  let value: unknown = text
  const depths: Record<string, number> = { deep: 10_000, deeper: 2_000, nested: 900 }
  for (let depth = depths[text] ?? 0; depth > 0; depth--) value = [value]
  return value
}

/** Collects messages, and reports their number. */
class Keeper extends Actor<Message> {
  override state: { list: unknown[] } = { list: [] }

  receive({ text, client }: Message) {
    this.state.list.push(parsed(text))
    client.tell(`${this.self.path} ${this.state.list.length}`)
  }
}

/** Has two children that collect messages. Each gets the messages that begin with its name. */
class Parent extends Actor<Message> {
  override readonly childTypes = { Keeper }
  override readonly supervisorStrategy = oneForOne(() => childDirective)

  override preStart() {
    for (const name of ["a", "b"]) this.context.actorOf(Props.of(Keeper), name)
  }

  receive({ text, client }: Message) {
    for (const part of text.split(",")) {
      const [name = "", ...words] = part.split(" ")
      if (name === "itself") this.state = { list: parsed(words.join(" ")) }
      const child = this.context.child(name) as ActorRef<Message> | undefined
      child?.tell({ text: words.join(" "), client })
    }
  }
}

/** The state of each new one cannot be stored. */
class Broken extends Actor<Message> {
  override state = { f: () => 1 }

  receive({ text, client }: Message) {
    client.tell(text)
  }
}

class Counter extends Actor<Message> {
  override state = 0

  receive({ client }: Message) {
    client.tell(`${this.self.path} ${++this.state}`)
  }
}

class Asked extends Actor<string> {
  override state: unknown = ""

  receive(text: string) {
    this.state = parsed(text)
    this.context.sender.tell(text)
  }
}

export let errors: LogEntry[]
export let object: MemoryObject<Scripted>
export let ask: (text: string) => Promise<unknown>
let childDirective: Directive

/** Before each test: an object with actors, cells and shared sources that keep what they are sent. */
export function newKeepers(): void {
  errors = logged()
  childDirective = "stop"
  script(({ actor, hub, share, cell }) => {
    const supervised = (directive: Directive) => ({ supervisorStrategy: oneForOne(() => directive) })
    const keepers: Record<string, ActorRef<Message>> = {
      keeper: actor("keeper", Props.of(Keeper)),
      counter: actor("counter", Props.of(Counter)),
      resume: actor("resume", Props.of(Keeper), supervised("resume")),
      restart: actor("restart", Props.of(Keeper), supervised("restart")),
      stop: actor("stop", Props.of(Keeper), supervised("stop")),
      parent: actor("parent", Props.of(Parent)),
      broken: actor("broken", Props.of(Broken)),
      "broken-resume": actor("broken-resume", Props.of(Broken), supervised("resume")),
    }
    const asked = actor("asked", Props.of(Asked))
    ask = (text) => asked.ask(text, "20 milliseconds")
    const list = cell<unknown[]>("list", [])
    const news = hub<string>("news")
    const listed = news
      .source()
      .scan<unknown[]>([], (all, text) => [...all, parsed(text)])
      .drop(1)
      .map((all) => `listed ${all.length}`)
    const shared = share("shared", listed)
    return {
      accept({ data, cell }) {
        const [kind, ...names] = String(data).split(" ")
        const client = ActorSource.actorRef<string>()
        const messages = Flow.of<string>().map((text) => ({ text, client: client.ref }))
        if (kind === "tell") {
          const told = Sink.forEach((message: Message) => {
            for (const name of names) keepers[name]?.tell(message)
          })
          return webSocket.endpoint(text, Flow.fromSinkAndSource(messages.to(told), client.source))
        }
        if (kind === "until" && keepers.keeper)
          return webSocket.endpoint(
            text,
            Flow.fromSinkAndSource(messages.to(ActorSink.actorRef(keepers.keeper)), client.source),
          )
        if (kind === "shared") return webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), shared))
        if (kind === "news") return webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), news.source()))
        if (kind === "scan") return webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), listed))
        const target = kind === "list" ? list : cell<unknown[]>("own", [])
        return webSocket.endpoint(
          text,
          Flow.of<string>()
            .map((text) => {
              target.set([...target.get(), kind === "mutated" ? text : parsed(text)])
              if (kind === "mutated") target.get().push(parsed(text))
              return `${kind} ${target.get().length}`
            })
            .zipWithIndex()
            .map(([text]) => text),
        )
      },
    }
  })
  object = new MemoryObject(Scripted)
}

/** Sets what the parent decides when a child fails. */
export function setChildDirective(directive: Directive): void {
  childDirective = directive
}

/** The messages that a client has received since the last call. */
export const taken = ({ received }: MemorySocket) => received.splice(0)
export const causes = () => errors.map(({ cause }) => (cause instanceof Error ? cause.message : String(cause)))
