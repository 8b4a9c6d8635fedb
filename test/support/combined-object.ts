import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"

/** What a connection subscribes to, how its elements come to the client, and whether the connection outlives its socket. */
export interface Combination {
  source: SourceName
  shape: Shape
  session?: "kept" | "durable" | undefined
}

export const sourceNames = [
  ...(["news", "kept", "last", "both", "jobs", "paced", "value", "changes"] as const),
  ...([
    "values",
    "nested",
    "recent",
    "plain",
    "scanned",
    "replayed",
    "ticks",
    "prefixed",
    "switched",
    "ending",
  ] as const),
  ...(["work", "slow", "late", "brief", "lazy"] as const),
]
export type SourceName = (typeof sourceNames)[number]

/**
 * With no stage in between, with a state, with a buffer that is slow, for the newest message only, after the first message, with messages
 * that wait for the slowest subscriber, and after the number of connections.
 */
export const shapes = ["direct", "numbered", "delayed", "switched", "after", "pacing", "counting"] as const
type Shape = (typeof shapes)[number]

/** An object with every kind of source that lives as long as the object: hubs, cells and shared sources. */
export class CombinedObject extends FlowObject<unknown, Combination> {
  /** The messages that flows have handled, also after the close of their sockets. */
  static handled: string[] = []

  readonly news = this.hub<string>("news")
  readonly kept = this.hub<string>("kept", { keep: 3 })
  readonly jobs = this.hub<string>("jobs", { partition: (ids, job) => ids[job.length % ids.length] })
  readonly paced = this.hub<string>("paced", { backpressure: true })
  readonly value = this.cell("value", "none")
  private readonly values = this.share("values", this.value.values)
  private readonly sources: Record<SourceName, Source<string>> = {
    news: this.news.source(),
    kept: this.kept.source(),
    last: this.kept.source({ last: 2 }),
    both: this.kept.source({ last: 2 }).mergePreferred(this.news.source()),
    jobs: this.jobs.source(),
    paced: this.paced.source(),
    value: this.value.values,
    changes: this.value.changes,
    values: this.values,
    nested: this.share("nested", this.values.map(marked("nested"))),
    recent: this.share("recent", this.kept.source({ last: 2 })),
    plain: this.share("plain", this.news.source()),
    scanned: this.share(
      "scanned",
      this.news.source().scan("", (all, news) => all + news),
    ),
    replayed: this.share("replayed", numbered(this.news.source()), { replay: 2 }),
    ticks: this.share("ticks", Source.tick("3 seconds").map(marked("tick"))),
    prefixed: this.share(
      "prefixed",
      this.news.source().flatMapPrefix(1, ([first]) => Flow.of<string>().map(marked(`after ${first}`))),
    ),
    switched: this.share(
      "switched",
      this.value.values.switchMap((value) => Source.tick("4 seconds").merge(this.news.source()).map(marked(value))),
    ),
    work: this.share("work", this.jobs.source().map(marked("work"))),
    slow: this.share("slow", this.paced.source().throttle(1, "2 seconds")),
    late: this.share("late", this.news.source().delay("3 seconds")),
    brief: this.share("brief", this.values.take(2).concat(Source.tick("1 minute").map(marked("brief")))),
    lazy: this.share(
      "lazy",
      Source.lazy(() => this.sources.scanned.merge(this.sources.ticks)),
    ),
    ending: this.share(
      "ending",
      numbered(this.news.source()).takeWhile((news) => !news.startsWith("end")),
    ),
  }

  deleteAll(): Promise<void> {
    return this.ctx.storage.deleteAll()
  }

  get size(): number {
    return this.connections.size
  }

  protected accept({ data: { source, shape, session } }: ConnectionContext<Combination>) {
    const resume = session && ({ within: "1 minute", durable: session === "durable" } as const)
    return webSocket.endpoint(text, this.flow(this.sources[source], shape), { resume })
  }

  private flow(source: Source<string>, shape: Shape): Flow<string, string> {
    const said = Sink.forEach((message: string) => this.say(message))
    if (shape === "switched") return Flow.of<string>().switchMap((message) => source.map(marked(message)))
    if (shape === "after") {
      return Flow.of<string>().flatMapPrefix(1, ([first]) => Flow.of<string>().merge(source.map(marked(`${first}`))))
    }
    if (shape === "delayed") {
      const late = Flow.of<string>().delay("5 seconds").to(said)
      return Flow.fromSinkAndSource(late, source.throttle(1, "2 seconds"))
    }
    if (shape === "pacing") return Flow.fromSinkAndSource(this.paced.sink(), source)
    if (shape === "counting") {
      return Flow.fromSinkAndSource(said, Source.lazy(() => Source.single(`${this.connections.size}`)).concat(source))
    }
    return Flow.fromSinkAndSource(said, shape === "numbered" ? numbered(source) : source)
  }

  /** Publishes a message in one of many ways, which follows from its length. */
  say(message: string): void {
    CombinedObject.handled.push(message)
    const ways: (() => void)[] = [
      () => this.kept.publish(message),
      () => this.jobs.publish(message),
      () => this.paced.publish(message),
      () => this.value.set(message),
      () => this.connections.close([...this.connections][0]?.id ?? "", 4000),
      () => this.ctx.storage.transactionSync(() => this.say(message.slice(1))),
    ]
    const say = ways[message.length % 12] ?? (() => this.news.publish(message))
    say()
  }
}

const marked = (mark: string) => (element: unknown) => `${mark} ${element}`
const numbered = (source: Source<string>) => source.zipWithIndex().map(([element, index]) => `${element} ${index}`)
