import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { TestEnvironment } from "./test-environment.ts"

/** The flows under test, by name: the info of a connection cannot hold a function. */
export const flows = new Map<string, (environment: TestEnvironment) => Flow<number, number>>()

/** The name of the flow of a connection, and the number of its socket. */
export interface ScriptedData {
  flow: string
  client: number
  /** Default 4. */
  maxQueuedMessages?: number
}

const numbers = text.map(Number).contramap(String)

/** An environment in an object: `running` is a cell, and `sources` live as long as the object. */
export class ObjectEnvironment extends TestEnvironment {
  constructor(
    readonly sources: Record<"hub" | "shared" | "times" | "changes", Source<number>>,
    /** The number of the socket. */
    readonly client: number,
    /** Flows that publish their input to all connections, or set a cell with it, and emit what is published or set. */
    readonly rooms: Record<"open" | "own", Flow<number, number>>,
  ) {
    super()
  }
}

/** An object whose connections get the flow named in their info. */
export class ScriptedObject extends FlowObject<unknown, ScriptedData> {
  private readonly running = this.cell("running", true)
  private readonly news = this.hub<number>("news")
  private readonly talk = this.hub<number>("talk")
  private readonly ticks = this.share(
    "ticks",
    Source.tick(25, { initialDelay: 10, while: () => this.running.get() }).scan(0, (sum, n) => (sum + n) % 97),
  )
  private readonly times = this.share(
    "times",
    Source.schedule((from) => (this.running.get() ? Math.ceil(from / 15) * 15 : undefined)).map((time) => time % 1_000),
  )

  protected accept({ data, cell }: ConnectionContext<ScriptedData>) {
    const changes = this.running.changes.map((running) => (running ? 1 : 0))
    const sources = { hub: this.news.source(), shared: this.ticks, times: this.times, changes }
    const own = cell("own", 0)
    const add = Sink.forEach((n: number) => own.update((sum) => (sum + n) % 11))
    const rooms = {
      open: Flow.of<number>().alsoTo(this.talk.sink()).merge(this.talk.source()),
      own: Flow.fromSinkAndSource(add, own.changes),
    }
    const environment = new ObjectEnvironment(sources, data.client, rooms)
    Object.defineProperty(environment, "running", { get: () => this.running.get() })
    const make = flows.get(data.flow)
    if (!make) throw new Error(`There is no flow ${data.flow}`)
    const { maxQueuedMessages = 4 } = data
    return webSocket.endpoint(numbers, make(environment), { limits: { maxQueuedMessages }, onError: () => {} })
  }

  toggle(): void {
    this.running.update((running) => !running)
  }

  tell(n: number): void {
    this.news.publish(n)
  }
}
