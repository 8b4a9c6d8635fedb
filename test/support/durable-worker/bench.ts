import { CloseError, type Endpoint, Flow, Sink, Source, text, webSocket, webSocketClientFlow } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import * as v from "valibot"
import type { Snapshot } from "../../../src/stream/engine/run.ts"
import { guardsOf } from "./guards.ts"
import { plainFlows } from "./plain-flows.ts"
import { counted, countingBuilds, world } from "./world.ts"

/** Any flow, by the name in the path. */
export class Bench extends FlowObject<{ WORKBENCH: DurableObjectNamespace }> {
  protected override readonly maxConnections = world.maxConnections
  private readonly running = this.cell("running", false)
  private readonly topic = this.cell("topic", "none", v.pipe(v.string(), v.maxLength(10)))
  private readonly news = this.hub<string>("news")
  private readonly gathered = this.hub<string>("gathered", { batchWindow: "20 milliseconds" })
  private readonly total = this.share(
    "total",
    this.news.source().scan(0, (sum, text) => sum + text.length),
  )
  private readonly seen = this.share(
    "seen",
    this.news
      .source()
      .scan(new Set<string>(), (seen, text) => new Set(seen).add(text))
      .map((seen) => [...seen].join()),
  )
  private readonly three = this.share("three", Source.tick("1 second").take(3).map(String))
  private readonly boom = this.share(
    "boom",
    this.news.source().map((text) => {
      if (text === "boom") throw new CloseError(4000, text)
      return text
    }),
  )
  private readonly beat = this.share("beat", Source.tick("1 second").map(String))

  constructor(ctx: DurableObjectState, env: { WORKBENCH: DurableObjectNamespace }) {
    super(ctx, env)
    world.constructed++
  }

  protected accept(scope: ConnectionContext): Endpoint {
    const { flow = "", name = "" } = scope.params
    if (name !== "" && name === world.failsFor) throw new Error(`Nothing for ${name}`)
    const endpoint = this.flows[flow]?.(scope)
    if (!endpoint) throw new Error(`There is no flow ${flow}`)
    return countingBuilds(endpoint)
  }

  /** Connects to an object that echoes, and refuses as many handshakes as the test sets. */
  private bridge(): Flow<string, string> {
    const upstream = this.env.WORKBENCH.getByName(`upstream of ${this.ctx.id}`)
    return webSocketClientFlow("wss://upstream.example", text, {
      fetch: async (url, init) => (world.refusals-- > 0 ? { status: 503 } : upstream.fetch(url, init)),
      backoff: { minBackoff: "1 minute", maxBackoff: "1 minute", randomFactor: 0 },
      onConnect: () => ["hello"],
      onEviction: "restart",
    })
  }

  protected override migrate(snapshot: Snapshot): Snapshot | undefined {
    return world.migrates ? snapshot : undefined
  }

  private readonly flows: Record<string, (scope: ConnectionContext) => Endpoint> = {
    ...plainFlows,

    bridge: () => webSocket.endpoint(text, this.bridge()),
    "guarded-news": ({ url }) =>
      webSocket.endpoint(
        counted,
        Flow.fromSinkAndSource(Sink.ignore(), this.news.source({ bufferSize: 1_000 })),
        guardsOf(url),
      ),
    beat: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>()
          .filter(() => false)
          .merge(this.beat),
      ),

    run: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>().map((text) => {
          this.running.set(text === "on")
          return String(this.running.get())
        }),
      ),
    runners: () =>
      webSocket.endpoint(
        text,
        Flow.fromSinkAndSource(
          Sink.ignore(),
          Source.tick("1 second", { while: () => this.running.get() }).map((n) => `tick ${n}`),
        ),
      ),
    topic: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>().map((text) => {
          this.topic.set(text)
          return this.topic.get()
        }),
      ),
    topics: () => webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.topic.changes)),
    publish: () => webSocket.endpoint(text, Flow.fromSinkAndSource(this.news.sink(), Source.never())),
    news: () => webSocket.endpoint(counted, Flow.fromSinkAndSource(Sink.ignore(), this.news.source())),
    batched: () =>
      webSocket.endpoint(counted, Flow.fromSinkAndSource(Sink.ignore(), this.news.source()), { batch: true }),
    batchWindow: () =>
      webSocket.endpoint(text, Flow.fromSinkAndSource(this.gathered.sink(), this.gathered.source()), { batch: true }),
    echoes: () =>
      webSocket.endpoint(
        text,
        Flow.fromSinkAndSource(
          Sink.ignore(),
          this.news.source().alsoTo(
            Sink.forEach((text) => {
              if (!text.startsWith("re: ")) this.news.publish(`re: ${text}`)
            }),
          ),
        ),
      ),
    slow: () =>
      webSocket.endpoint(
        text,
        Flow.fromSinkAndSource(Sink.ignore(), this.news.source({ bufferSize: 2 }).throttle(1, "1 second")),
      ),
    strict: () =>
      webSocket.endpoint(
        text,
        Flow.fromSinkAndSource(
          Sink.ignore(),
          this.news.source({ bufferSize: 2, overflow: "fail" }).throttle(1, "1 second"),
        ),
      ),
    total: () => webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.total.map(String))),
    three: () => webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.three)),
    boom: () => webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.boom)),
    seen: () => webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.seen)),

    pinned: () => webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), Source.fromAsync(letters()))),
  }
}

/** A class with a graph that cannot hibernate. */
export class Pinned extends FlowObject {
  private readonly letters = this.share("letters", Source.fromAsync(letters()))

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.letters))
  }
}

/** A class whose flow cannot hibernate. */
export class PinnedFlow extends FlowObject {
  private readonly news = this.hub<string>("news")

  protected accept() {
    const source = this.news.source().merge(Source.fromAsync(letters()))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), source))
  }
}

async function* letters() {
  yield "a"
}
