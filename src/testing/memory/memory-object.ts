import type { Codec, Data } from "../../socket/codec.ts"
import { type Duration, toMilliseconds } from "../../stream/duration.ts"
import { connect } from "../connect.ts"
import { ExpectationError } from "../errors.ts"
import type { Frame } from "../frame.ts"
import type { Link } from "../link.ts"
import { settled } from "../settled.ts"
import type { TestClient, Wire } from "../test-client.ts"
import { TestClock } from "../test-clock.ts"
import type { TestObject } from "../test-object.ts"
import type { Cost } from "./disk.ts"
import { type Handlers, MemoryHost, type ObjectClass, type RequestFacts } from "./memory-host.ts"
import type { MemorySocket } from "./memory-socket.ts"

/** What a `MemoryObject` may be given. */
export interface MemoryObjectOptions {
  /** The bindings of its class. */
  env?: unknown
  /** The name of the object, which `ctx.id.name` returns. */
  name?: string
  /** A clock that several objects share. Default: one of its own, at the beginning of 2030. */
  clock?: TestClock
}

/** How a client connects. */
export interface ConnectOptions extends RequestFacts {
  /** The network between the client and the object. Default: one that loses nothing and takes no time. */
  link?: Link
}

/**
 * A Durable Object in Node: an instance of its class with storage, SQL, sockets, attachments and one alarm, and a time that a
 * test moves. `Date` returns that time from then on.
 *
 * @example
 * ```ts
 * class Echo extends FlowObject {
 *   protected accept() {
 *     return webSocket.endpoint(text, Flow.of<string>())
 *   }
 * }
 * const echo = new MemoryObject(Echo)
 * const ann = await echo.connect(text, { name: "Ann" })
 * await echo.evict()
 * await ann.send("hi")
 * await ann.expect("hi")
 * ```
 */
export class MemoryObject<T extends Handlers> implements TestObject<T> {
  readonly clock: TestClock
  private readonly host: MemoryHost<T>

  constructor(type: ObjectClass<T>, { env, name, clock }: MemoryObjectOptions = {}) {
    this.clock = (clock ?? new TestClock(Date.UTC(2030, 0, 1))).install()
    this.host = new MemoryHost(type, this.clock, env, name)
  }

  /** Connects a client, as a route does that calls `webSocket.forward`. An error for a refusal. */
  async connect<In, Out>(
    codec: Codec<In, Out>,
    data?: unknown,
    { link, ...facts }: ConnectOptions = {},
  ): Promise<TestClient<In, Out>> {
    const client = await connect(codec, facts, (facts) => this.dial(data, facts, link))
    await this.settle()
    return client
  }

  /** Runs a function inside the object, as `runInDurableObject` does. */
  async inside<R>(run: (object: T, state: DurableObjectState) => R | Promise<R>): Promise<R> {
    await this.host.state.ready
    const { instance, state } = this.host
    try {
      return await run(instance, state as object as DurableObjectState)
    } finally {
      await this.settle()
    }
  }

  /**
   * Lets the instance go. The object wakes up a millisecond later, in a new one. Its sockets stay, unless it is `"forced"`, as by a crash or a
   * deploy: then they close with 1006, and their attachments are lost.
   */
  async evict(how: "hibernate" | "forced" = "hibernate"): Promise<void> {
    // A timer that has just fired would be due again: no object sleeps for less.
    this.clock.stall(1)
    if (how === "forced") this.host.abort()
    else this.host.evict()
    await this.host.state.ready
    await this.settle()
  }

  /** Time goes by, and the alarm rings when it is due. */
  async advance(duration: Duration): Promise<void> {
    const end = this.clock.now() + toMilliseconds(duration)
    for (let due = this.clock.nextDue; due !== undefined && due <= end; due = this.clock.nextDue) {
      await this.host.state.ready
      this.clock.advance(Math.max(0, due - this.clock.now()))
      await this.settle()
    }
    this.clock.advance(end - this.clock.now())
  }

  /** Time goes by, and the alarm is late: it rings with the next `advance`. */
  async stall(duration: Duration): Promise<void> {
    this.clock.stall(duration)
  }

  /** When the alarm is set to. */
  async alarm(): Promise<number | null> {
    return this.host.disk.alarm
  }

  /** What was billed since the object began, or since `resetCost`. */
  get cost(): Cost {
    return { ...this.host.disk.cost }
  }

  resetCost(): void {
    this.host.disk.cost = { rowsWritten: 0, alarms: 0 }
  }

  private async dial(data: unknown, facts: RequestFacts, link: Link | undefined): Promise<Wire> {
    await this.host.state.ready
    const response = await this.host.request(data, facts)
    const server = serverOf(response)
    if (!server) throw new ExpectationError(`The object has refused with ${response.status}: ${await response.text()}`)
    return new MemoryWire(this.host, server, link, () => this.settle())
  }

  private async settle(): Promise<void> {
    await settled()
    await Promise.all(this.host.pending.splice(0))
    this.host.disk.flush()
  }
}

/** The object's end of the socket that a 101 hands over. */
function serverOf(response: Response): MemorySocket | undefined {
  const client: object | null | undefined = response.webSocket
  return (client as { server?: MemorySocket } | null | undefined)?.server
}

class MemoryWire<T extends Handlers> implements Wire {
  private isOver = false

  constructor(
    private readonly host: MemoryHost<T>,
    private readonly server: MemorySocket,
    private readonly link: Link | undefined,
    readonly settle: () => Promise<void>,
  ) {}

  listen(receive: (frame: Frame) => void): void {
    for (const frame of this.server.received.splice(0)) this.down(() => receive(frame))
    this.server.deliver = (frame) => this.down(() => receive(frame))
  }

  async send(data: Data): Promise<void> {
    await this.up(() => this.host.message(this.server, data))
  }

  async close(code = 1005, reason = ""): Promise<void> {
    await this.up(() => this.host.close(this.server, code, reason))
  }

  async drop(): Promise<void> {
    this.isOver = true
    await this.host.state.ready
    this.host.close(this.server, 1006, "")
    await this.settle()
  }

  /** A frame on its way to the client. */
  private down(deliver: () => void): void {
    this.pass(() => void (this.isOver || deliver()))
  }

  /** Everything that may come has come. */
  async more(): Promise<void> {}

  private async up(deliver: () => void): Promise<void> {
    if (this.isOver) return
    await this.host.state.ready
    this.pass(deliver)
    await this.settle()
  }

  private pass(deliver: () => void): void {
    const { clock } = this.host
    if (this.link) this.link.pass(deliver, (delay, later) => clock.at(clock.now() + delay, later))
    else deliver()
  }
}
