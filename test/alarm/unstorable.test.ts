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
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

interface Message {
  text: string
  client: ActorRef<string>
}

/** The text, or for the two words a value that no storage takes. */
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

let errors: LogEntry[]
let object: MemoryObject<Scripted>
let ask: (text: string) => Promise<unknown>
let childDirective: Directive

beforeEach(() => {
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
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** What a client has received since the last time. */
const taken = ({ received }: MemorySocket) => received.splice(0)
const causes = () => errors.map(({ cause }) => (cause instanceof Error ? cause.message : String(cause)))

describe.each(["function", "deep"])("a state with a value that cannot be stored, %s (fault 41)", (value) => {
  const refusal = value === "function" ? /: state.*\.f is a function$/ : /: state.* is nested too deeply$/

  it("fails its actor, which has told nothing, and goes on from what is stored; others are saved and told", async () => {
    const [client, until] = [await object.connect("tell keeper"), await object.connect("until")]
    const both = await object.connect("tell keeper counter")
    object.send(client, "a")
    object.send(both, value)
    expect([taken(client), taken(both), taken(until)]).toEqual([["/keeper 1"], ["/counter 1"], [closed(1011)]])
    object.send(both, "b")
    await object.evict()
    object.send(both, "c")
    expect(taken(both)).toEqual(["/keeper 2", "/counter 2", "/keeper 3", "/counter 3"])
    expect(errors).toEqual([expect.objectContaining({ event: "actor failed", actor: "/keeper" })])
    expect(causes()[0]).toMatch(/^The state of the actor \/keeper must be what structured clone takes, and refs/)
    expect(causes()[0]).toMatch(refusal)
  })

  it.each([
    ["resume", "/resume 2"],
    ["restart", "/restart 1"],
    ["stop", "/stop 1"],
  ])("is for the supervisor to decide: %s", async (name, next) => {
    const client = await object.connect(`tell ${name}`)
    object.send(client, "a")
    object.send(client, value)
    expect(taken(client)).toEqual([`/${name} 1`])
    expect(object.rows.has(`sluice:actor:${name}`)).toBe(name !== "stop")
    object.send(client, "b")
    await object.evict()
    object.send(client, "c")
    expect(taken(client)).toEqual([next, next.replace(/\d/, (count) => String(Number(count) + 1))])
    expect(causes()[0]).toMatch(refusal)
  })

  it.each([
    ["stop", []],
    ["resume", ["/parent/a 2"]],
    ["restart", ["/parent/a 1"]],
  ] as const)("fails its child actor, and its siblings are saved and told: %s", async (directive, next) => {
    childDirective = directive
    const client = await object.connect("tell parent")
    object.send(client, "a 1,b 1")
    object.send(client, `a ${value},b 2`)
    expect(taken(client)).toEqual(["/parent/a 1", "/parent/b 1", "/parent/b 2"])
    await object.evict()
    object.send(client, "a 2,b 3")
    expect(taken(client)).toEqual([...next, "/parent/b 3"])
    expect(errors).toEqual([expect.objectContaining({ actor: "/parent/a" })])
    expect(causes()[0]).toMatch(refusal)
  })

  it("fails its actor and a child of its in one event: the child is over with it", async () => {
    childDirective = "restart"
    const client = await object.connect("tell parent")
    object.send(client, "a 1")
    object.send(client, `a ${value},itself ${value}`)
    object.send(client, "a 2")
    expect(taken(client)).toEqual(["/parent/a 1", "/parent/a 2"])
    expect(errors.map(({ actor }) => actor)).toEqual(["/parent"])
  })

  it("does not answer an ask", async () => {
    await expect(ask("a")).resolves.toBe("a")
    await expect(ask(value)).rejects.toThrow("No answer")
    await expect(ask("b")).resolves.toBe("b")
  })

  it("fails its connection, and others get the element", async () => {
    const [client, other] = [await object.connect("scan"), await object.connect("news")]
    object.send(client, "a")
    object.send(client, value)
    expect(taken(client)).toEqual(["listed 1", closed(1011)])
    expect(taken(other)).toEqual(["a", value])
    expect(causes()[0]).toMatch(/^"scan", step \d of the flow, keeps a state that must be what structured clone takes/)
    expect(causes()[0]).toMatch(refusal)
    expect(errors).toHaveLength(1)
  })

  it("fails its shared source with all subscribers, which get nothing of it; the next one starts anew", async () => {
    const clients = [await object.connect("shared"), await object.connect("shared")]
    const other = await object.connect("news")
    object.send(other, "a")
    await object.evict()
    object.send(other, value)
    for (const client of clients) expect(taken(client)).toEqual(["listed 1", closed(1011)])
    expect(taken(other)).toEqual(["a", value])
    expect(causes()[0]).toMatch(
      /^"scan", step \d of the shared source "shared" of Scripted, keeps a state that must be what structured clone takes/,
    )
    expect(causes()[0]).toMatch(refusal)
    const next = await object.connect("shared")
    object.send(other, "b")
    expect(taken(next)).toEqual(["listed 1"])
  })

  it.each(["own", "list"])("is refused by its cell, which is what it was: %s", async (kind) => {
    const [client, other] = [await object.connect(kind), await object.connect(kind)]
    object.send(client, "a")
    object.send(client, value)
    object.send(other, "b")
    expect(taken(client)).toEqual([`${kind} 1`, closed(1011)])
    expect(taken(other)).toEqual([kind === "own" ? "own 1" : "list 2"])
    expect(causes()).toEqual([
      expect.stringMatching(`^The value of the cell "${kind}" must be what structured clone takes`),
    ])
  })

  it("fails the connection whose cell it was put into in place", async () => {
    const client = await object.connect("mutated")
    object.send(client, value)
    expect(taken(client)).toEqual([closed(1011)])
    expect(causes()).toEqual([expect.stringMatching('^The value of the connection\'s cell "own" must be what')])
  })
})

it("a state is nested at most 1,000 levels deep, so that it can be restored with less stack left (fault 41)", async () => {
  const client = await object.connect("tell keeper")
  object.send(client, "deeper")
  expect(taken(client)).toEqual([])
  expect(causes()).toEqual([expect.stringMatching(/\/keeper must be .*: state is nested too deeply$/)])
  for (const text of ["nested", "a"]) {
    object.send(client, text)
    await object.evict()
  }
  expect(taken(client)).toEqual(["/keeper 1", "/keeper 2"])
})

describe("an actor whose state cannot be stored from the beginning (fault 41)", () => {
  it.each(["broken", "broken-resume"])("fails with each message, and others go on: %s", async (name) => {
    const client = await object.connect(`tell ${name} counter`)
    for (const text of ["a", "b"]) object.send(client, text)
    expect(taken(client)).toEqual(["/counter 1", "/counter 2"])
    await object.evict()
    object.send(client, "c")
    expect(taken(client)).toEqual(["/counter 3"])
    expect(errors.length).toBeLessThan(10)
    expect(causes()[0]).toContain(`The state of the actor /${name} must be`)
  })
})

describe("a row that storage refuses (fault 41)", () => {
  const full = (key: string) => {
    object.isFull = (other) => other.startsWith(key)
  }
  const roomy = () => {
    object.isFull = () => false
  }

  it.each([
    ["keeper", "/keeper 2"],
    ["resume", "/resume 2"],
    ["restart", "/restart 2"],
  ])("fails its actor, which has told nothing, and others go on: %s", async (name, next) => {
    const client = await object.connect(`tell ${name} counter`)
    object.send(client, "a")
    full(`sluice:actor:${name}`)
    object.send(client, "b")
    roomy()
    expect(taken(client)).toEqual([`/${name} 1`, "/counter 1", "/counter 2"])
    await object.evict()
    object.send(client, "c")
    expect(taken(client)).toEqual([next, "/counter 3"])
    expect(causes()[0]).toContain("SQLITE_FULL")
  })

  it("fails its actor at its first message", async () => {
    full("sluice:actor:keeper")
    const client = await object.connect("tell keeper counter")
    object.send(client, "a")
    roomy()
    object.send(client, "b")
    expect(taken(client)).toEqual(["/counter 1", "/keeper 1", "/counter 2"])
  })

  it("fails its shared source, and others get the element", async () => {
    const [client, other] = [await object.connect("shared"), await object.connect("news")]
    full("sluice:graph:")
    object.send(other, "a")
    expect([taken(client), taken(other)]).toEqual([[closed(1011)], ["a"]])
  })

  it("fails the connection that it was for, and others get the element", async () => {
    const [client, other] = [await object.connect("scan"), await object.connect("news")]
    full("sluice:spill:")
    const long = "x".repeat(20_000)
    object.send(other, long)
    expect([taken(client), taken(other)]).toEqual([[closed(1011)], [long]])
    object.send(other, "a")
    expect(taken(other)).toEqual(["a"])
  })

  it("leaves its cell what it was", async () => {
    const [client, other] = [await object.connect("list"), await object.connect("list")]
    object.send(client, "a")
    full("sluice:cell:")
    object.send(client, "b")
    roomy()
    object.send(other, "c")
    expect([taken(client), taken(other)]).toEqual([["list 1", closed(1011)], ["list 2"]])
  })
})
