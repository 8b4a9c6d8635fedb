import { Flow, type LogEntry, type Metrics, metrics, Sink, Source, text, webSocket, webSocketClientFlow } from "sluice"
import { Actor, ActorFlow, oneForOne, Props } from "sluice/actor"
import { type ConnectionInfo, FlowObject, remoteActor } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { FakeUpstream } from "../socket/fake-upstream.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Restarts its child, which fails. */
class Parent extends Actor<string> {
  override readonly childTypes = { Failing }
  override readonly supervisorStrategy = oneForOne(() => "restart")

  receive(message: string): void {
    this.context.actorOf(Props.of(Failing)).tell(message)
  }
}

class Failing extends Actor<string> {
  receive(message: string): void {
    throw new Error(message)
  }
}

const upstream = new FakeUpstream()
const unreachable = { getByName: () => ({ sluiceTell: () => Promise.reject(new Error("unreachable")) }) }
const failing = (message: string): string => {
  throw new Error(message)
}

let entries: LogEntry[]
let counted: Map<string, Metrics>
let ofEndpoint: LogEntry[]
let ofWorker: LogEntry[]

/** An object with a logger and metrics of its own. The client names the flow. */
class Observed extends FlowObject {
  protected override readonly logger = (entry: LogEntry) => void entries.push(entry)
  protected override readonly metrics = counted
  private readonly news = this.hub<string>("news")
  private readonly actorOfObject = this.actor("failing", Props.of(Failing))
  private readonly restarted = this.actor("restarted", Props.of(Failing), {
    supervisorStrategy: oneForOne(() => "restart"),
  })
  private readonly shared = this.share("shared", this.news.source().map(failing))
  private readonly counter = this.cell("counter", 0)
  private readonly flows: Record<string, () => Flow<string, string>> = {
    echo: () => Flow.of(),
    failing: () => Flow.of<string>().map(failing),
    actor: () =>
      Flow.fromSinkAndSource(
        Sink.forEach((message: string) => this.actorOfObject.tell(message)),
        Source.never(),
      ),
    restarted: () =>
      Flow.fromSinkAndSource(
        Sink.forEach((message: string) => this.restarted.tell(message)),
        Source.never(),
      ),
    restartedOwn: () => ActorFlow.actorRef<string, string>(() => Props.of(Parent)),
    remote: () => {
      const remote = remoteActor<string>(unreachable, "other", "actor")
      return Flow.fromSinkAndSource(
        Sink.forEach((message: string) => remote.tell(message)),
        Source.never(),
      )
    },
    shared: () => Flow.fromSinkAndSource(this.news.sink(), this.shared),
    news: () => Flow.fromSinkAndSource(this.news.sink(), this.news.source()),
    cell: () => Flow.of<string>().map(() => `${this.counter.get()}`),
    upstream: () => Flow.of<string>().via(webSocketClientFlow("ws://upstream.example", text, dialing)),
    own: () => Flow.of(),
  }

  protected accept({ data }: ConnectionInfo) {
    const flow = this.flows[String(data)]?.() ?? Flow.of<string>()
    return webSocket.endpoint(text, flow, data === "own" ? own : {})
  }
}

const dialing = {
  fetch: upstream.fetch,
  onEviction: "restart" as const,
  backoff: { minBackoff: 1000, maxBackoff: 1000 },
}
const own = { logger: (entry: LogEntry) => void ofEndpoint.push(entry), metrics: new Map<string, Metrics>() }

let object: MemoryObject<Observed>

beforeEach(() => {
  entries = []
  ofEndpoint = []
  ofWorker = logged()
  counted = new Map()
  object = new MemoryObject(Observed)
})

afterEach(() => vi.useRealTimers())

/** The entries that are logged after a client of a flow has sent a message. */
async function loggedOf(flow: string): Promise<string[]> {
  const client = await object.connect(flow)
  object.send(client, "It broke")
  await settled()
  return entries.map(({ event }) => event)
}

describe("the logger of an object", () => {
  it.each([
    ["a failure of a flow", "failing", ["closed", "flow failed"]],
    ["a failure of an actor of the object", "actor", ["actor failed"]],
    ["a restart of an actor of the object", "restarted", ["actor failed: restart"]],
    ["a restart of an actor of a connection", "restartedOwn", ["actor failed: restart"]],
    ["a message to another object that is lost", "remote", ["message lost"]],
    ["a failure of a shared source, for each subscriber", "shared", ["closed", "flow failed"]],
  ])("gets %s", async (_what, flow, events) => {
    expect(await loggedOf(flow)).toEqual(events)
    expect(ofWorker).toEqual([])
  })

  it("gets the dead letters of an actor that cannot be restored", async () => {
    object.rows.set("sluice:actor:failing", ["another layout"])
    expect(await loggedOf("actor")).toEqual(["cannot be restored", "dead letters"])
    expect(ofWorker).toEqual([])
  })

  it("gets a row that cannot be read", async () => {
    object.rows.set("sluice:cell:counter", ["another layout"])
    expect(await loggedOf("cell")).toEqual(["cell unreadable"])
    expect(ofWorker).toEqual([])
  })

  it("gets the loss of an upstream", async () => {
    await object.connect("upstream")
    await upstream.refuse()
    expect(entries.map(({ event }) => event)).toEqual(["upstream lost, connects again"])
  })

  it("is not that of an endpoint with a logger of its own", async () => {
    const client = await object.connect("own")
    object.close(client, 1000, "")
    expect([entries, ofEndpoint.map(({ event }) => event)]).toEqual([[], ["closed"]])
  })
})

describe("an object", () => {
  it.each([
    ["logger", { logger: console as never }, "The logger of Wrong is .*: it must be a function of a log entry"],
    ["metrics", { metrics: {} as never }, "The metrics of Wrong are .*: they must be a map"],
  ])("with wrong %s is refused by name", async (_what, wrong: { logger?: undefined; metrics?: undefined }, error) => {
    class Wrong extends FlowObject {
      protected override readonly logger = wrong.logger
      protected override readonly metrics = wrong.metrics

      protected accept() {
        return webSocket.endpoint(text, Flow.of<string>())
      }
    }
    await expect(new MemoryObject(Wrong).connect()).rejects.toThrow(new RegExp(`^${error}`))
  })
})

describe("the metrics of an object", () => {
  const route = "/"

  it("count its connections, in memory or not, and no others do", async () => {
    const others = metrics().get(route)?.opened
    const listener = await object.connect("news")
    const speaker = await object.connect("news")
    await object.evict()
    object.send(speaker, "hello")
    expect(listener.received).toEqual(["hello"])
    expect(counted.get(route)).toMatchObject({ opened: 2, messagesIn: 1, messagesOut: 2, wakes: 1 })
    expect(metrics().get(route)?.opened).toBe(others)
  })

  it("do not count those of an endpoint with metrics of its own", async () => {
    await object.connect("own")
    expect([counted.size, own.metrics.size]).toEqual([0, 1])
  })
})
