import type { Data } from "../../socket/codec.ts"
import type { CodecOrProtocol } from "../../socket/protocol-codec.ts"
import { checkNames } from "../../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../../stream/duration.ts"
import { connect } from "../connect.ts"
import { type Frame, isClose } from "../frame.ts"
import type { Link } from "../link.ts"
import { settled } from "../settled.ts"
import type { Wire } from "../test-client.ts"
import { TestClock } from "../test-clock.ts"
import type { ClientOf, DataOf, TestObject } from "../test-object.ts"
import { expectUpgrade, type RequestFacts } from "../upgrade.ts"
import type { Cost } from "./disk.ts"
import { type Handlers, MemoryHost, type ObjectClass, requireClass } from "./memory-host.ts"
import type { MemorySocket } from "./memory-socket.ts"

/** The options of a `MemoryObject`. */
export interface MemoryObjectOptions {
  /** The bindings of its class. Default: none. */
  env?: unknown
  /** The name of the object, which `ctx.id.name` returns. Default `memory`. */
  name?: string
  /** A clock that several objects share. Default: a new clock, at the beginning of 2030 (UTC). */
  clock?: TestClock
}

/** The options of the connection of a client. */
export interface ConnectOptions extends RequestFacts {
  /** The network between the client and the object. Default: a network that loses no frame and takes no time. */
  link?: Link
}

/**
 * A Durable Object in Node: an instance of its class with storage, SQL, sockets, attachments and one alarm, and a clock that only
 * the test advances. From then on `Date` returns the time of that clock.
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

  constructor(type: ObjectClass<T>, options: MemoryObjectOptions = {}) {
    const { env, name, clock } = options
    checkNames("MemoryObject option", options, { env, name, clock })
    requireClass("MemoryObject", type)
    this.clock = (clock ?? new TestClock(Date.UTC(2030, 0, 1))).install()
    this.host = new MemoryHost(type, this.clock, env, name)
  }

  /**
   * Connects a client, as a route does that calls `webSocket.forward` with `data`. `codec` is that of the endpoint, or its protocol.
   * Rejects with an `ExpectationError` if the object refuses the connection.
   */
  async connect<C extends CodecOrProtocol<unknown, never>>(
    codec: C,
    data?: DataOf<T>,
    { link, ...facts }: ConnectOptions = {},
  ): Promise<ClientOf<C>> {
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
   * Discards the instance. The object wakes up a millisecond later, in a new instance. `"hibernate"` (default) keeps the sockets.
   * `"forced"`, as in a crash or a deploy, closes them with 1006 and loses their attachments, and the writes that are not durable.
   */
  async evict(how: "hibernate" | "forced" = "hibernate"): Promise<void> {
    // Takes a millisecond, because a timer that has just fired would be due again at the same time.
    this.clock.stall(1)
    if (how === "forced") this.host.abort()
    else this.host.evict()
    await this.host.state.ready
    await this.settle()
  }

  /** Advances the clock. The alarm fires when it is due. */
  async advance(duration: Duration): Promise<void> {
    const end = this.clock.now() + toMilliseconds(duration)
    for (let due = this.clock.nextDue; due !== undefined && due <= end; due = this.clock.nextDue) {
      await this.host.state.ready
      this.clock.advance(Math.max(0, due - this.clock.now()))
      await this.settle()
    }
    this.clock.advance(Math.max(0, end - this.clock.now()))
  }

  /** Advances the clock without the alarm, which fires late, with the next `advance`. */
  async stall(duration: Duration): Promise<void> {
    this.clock.stall(duration)
  }

  /** The time to which the alarm is set, in milliseconds since the epoch; `null` for none. */
  async alarm(): Promise<number | null> {
    return this.host.disk.alarm
  }

  /** The billed operations since the object was made, or since `resetCost`. */
  get cost(): Cost {
    return { ...this.host.disk.cost }
  }

  /** Sets `cost` to 0. */
  resetCost(): void {
    this.host.disk.cost = { rowsWritten: 0, alarms: 0 }
  }

  private async dial(data: unknown, facts: RequestFacts, link: Link | undefined): Promise<Wire> {
    await this.host.state.ready
    const response = await this.host.request(data, facts)
    await expectUpgrade(response, facts)
    link?.connect()
    return new MemoryWire(this.host, serverOf(response), link, () => this.settle())
  }

  private async settle(): Promise<void> {
    await settled()
    await Promise.all(this.host.pending.splice(0))
    this.host.disk.flush()
  }
}

/** The object's end of the socket of a 101. */
function serverOf(response: Response): MemorySocket {
  const client: object | null = response.webSocket
  return (client as { server: MemorySocket }).server
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
    const take = (frame: Frame) => {
      receive(frame)
      if (isClose(frame)) void this.close(frame.close, frame.reason)
    }
    for (const frame of this.server.received.splice(0)) this.down(() => take(frame))
    this.server.deliver = (frame) => this.down(() => take(frame))
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

  /** Sends a frame to the client, through the link. */
  private down(deliver: () => void): void {
    this.pass(() => void (this.isOver || deliver()))
  }

  /** Does not wait, because no further frame arrives while the clock stands still. */
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
