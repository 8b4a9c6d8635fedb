import { CloseError, type Endpoint, Flow, Sink, Source, text, webSocket, webSocketClientFlow } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import * as v from "valibot"
import type { Snapshot } from "../../../src/stream/engine/run.ts"
import { guardsOf } from "./guards.ts"

const fresh = () => ({
  /** How many flows were built. */
  built: 0,
  /** How many states a flow has made to begin with. */
  begun: 0,
  /** How many frames were encoded. */
  encoded: 0,
  /** How many objects were constructed. */
  constructed: 0,
  /** A deploy that has changed the flow. */
  isNew: false,
  /** Whether what was kept of the old flow will do for the new one. */
  migrates: false,
  /** The connections for which `accept` fails. */
  failsFor: "",
  /** What `mapAsync` waits for, and how often it was asked. */
  gate: Promise.withResolvers<void>(),
  asked: 0,
  /** Whether `mapAsync` never ends. */
  isStuck: false,
  /** How many handshakes the upstream of the flow `bridge` refuses. */
  refusals: 0,
  /** How many sockets an object that is constructed now takes. */
  maxConnections: 10_000,
  /** What the flow `guarded` has seen, and how often its input has ended. */
  seen: [] as string[],
  ended: 0,
})

/** What tests see and change from outside. */
export let world = fresh()

export function newWorld(): typeof world {
  world = fresh()
  return world
}

/** Text, and each frame that is encoded counts. */
export const counted = text.contramap((element: string) => {
  world.encoded++
  return element
})

/** The endpoint; each flow that is built counts. */
export function countingBuilds(endpoint: Endpoint): Endpoint {
  const connection: Endpoint["connection"] = (...args) => {
    world.built++
    return endpoint.connection(...args)
  }
  return { ...endpoint, connection }
}

/** Text in, which the test sees, and its end. */
const watched = () =>
  Flow.of<string>()
    .map((text) => {
      world.seen.push(text)
      return text
    })
    .alsoTo(Sink.onComplete(() => void world.ended++))

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

  /** To an object that echoes, and refuses as often as the test says. */
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
    echo: () => webSocket.endpoint(text, Flow.of<string>()),
    bridge: () => webSocket.endpoint(text, this.bridge()),
    even: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>()
          .map(Number)
          .scan(0, (sum, n) => sum + (n % 2))
          .map(String),
      ),
    begun: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>().statefulMap(
          () => ++world.begun,
          (count, text) => [count, text],
        ),
        { batch: true },
      ),
    all: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>()
          .scan("", (all, text) => all + text)
          .drop(1)
          .map((all) => `${all.length}`),
      ),
    changing: () => {
      const count = Flow.of<string>()
        .scan(0, (n) => n + 1)
        .drop(1)
        .map(String)
      return webSocket.endpoint(text, world.isNew ? count.map((n) => `new ${n}`) : count)
    },
    limited: () => webSocket.endpoint(text, Flow.of<string>(), { limits: { messagesPerSecond: 2 } }),

    guarded: ({ url }) => webSocket.endpoint(text, watched(), guardsOf(url)),
    "guarded-news": ({ url }) =>
      webSocket.endpoint(
        counted,
        Flow.fromSinkAndSource(Sink.ignore(), this.news.source({ bufferSize: 1_000 })),
        guardsOf(url),
      ),
    "guarded-range": ({ url }) =>
      webSocket.endpoint(
        text,
        Flow.fromSinkAndSource(
          Sink.ignore(),
          Source.range(1, 1_000).map((n) => `message ${n}`),
        ),
        guardsOf(url),
      ),

    idle: () => webSocket.endpoint(text, Flow.of<string>().idleTimeout("1 minute"), { onError: () => {} }),
    delay: () => webSocket.endpoint(text, Flow.of<string>().delay("5 seconds")),
    throttle: () => webSocket.endpoint(text, Flow.of<string>().throttle(1, "1 second")),
    tick: () => webSocket.endpoint(text, Flow.of<string>().merge(Source.tick("1 second").map((n) => `tick ${n}`))),
    once: () => webSocket.endpoint(text, Flow.of<string>().takeWithin("1 minute")),
    beat: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>()
          .filter(() => false)
          .merge(this.beat),
      ),

    async: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>()
          .mapAsync(4, async (text) => {
            world.asked++
            // A promise of another object would keep this one from being evicted.
            await (world.isStuck ? new Promise(() => {}) : world.gate.promise)
            return `${text}!`
          })
          .scan(0, (n) => n + 1)
          .map(String),
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
    own: ({ cell }) => {
      const last = cell("last", "nothing")
      return webSocket.endpoint(
        text,
        Flow.of<string>().map((text) => {
          const before = last.get()
          last.set(text)
          return before
        }),
      )
    },
    mine: ({ cell }) => {
      const last = cell("last", "nothing", v.string())
      return webSocket.endpoint(
        text,
        Flow.fromSinkAndSource(
          Sink.forEach((text: string) => last.set(text)),
          last.changes,
        ),
      )
    },
    timer: ({ cell }) => {
      const running = cell("running", false)
      const ticks = Source.tick("1 second", { while: () => running.get() }).map((n) => `tick ${n}`)
      return webSocket.endpoint(
        text,
        Flow.fromSinkAndSource(
          Sink.forEach((text: string) => running.set(text === "on")),
          ticks,
        ),
      )
    },

    publish: () => webSocket.endpoint(text, Flow.fromSinkAndSource(this.news.sink(), Source.never())),
    news: () => webSocket.endpoint(counted, Flow.fromSinkAndSource(Sink.ignore(), this.news.source())),
    batched: () =>
      webSocket.endpoint(counted, Flow.fromSinkAndSource(Sink.ignore(), this.news.source()), { batch: true }),
    triple: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>().mapConcat((text) => [text, text, text]),
        { batch: true },
      ),
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
    unkept: () =>
      webSocket.endpoint(
        text,
        Flow.of<string>()
          .scan(
            () => 0,
            () => () => 1,
          )
          .map(() => "a function"),
      ),
    "fails-in-time": () =>
      webSocket.endpoint(
        text,
        Flow.of<string>()
          .delay("1 second")
          .map((): string => {
            throw new Error("It broke")
          }),
      ),
    where: ({ url, params, headers, data }) =>
      webSocket.endpoint(
        text,
        Flow.of<string>().map(() => JSON.stringify({ url, params, headers, data })),
      ),
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
