import { withDefaultCodes } from "../../src/socket/close-codes.ts"
import type { Codec, Data } from "../../src/socket/codec.ts"
import { Connection } from "../../src/socket/connection.ts"
import { type Limits, withDefaults } from "../../src/socket/limits.ts"
import { Metrics } from "../../src/socket/metrics.ts"
import type { Flow } from "../../src/stream/flow.ts"
import { log } from "../../src/stream/logger.ts"
import { type CloseFrame, closed } from "../../src/testing/frame.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

export { type CloseFrame, closed }

/** The client of a connection in memory. Records every frame in order, on a manual clock. */
export class Client<In, Out> {
  readonly received: (Data | CloseFrame)[] = []
  /** The errors passed to `onError`. */
  readonly errors: unknown[] = []
  readonly clock = new TestClock()
  readonly metrics = new Metrics()
  /** Called before an event that the flow begins itself. */
  enter = () => {}
  private connection: Connection<In, Out>
  /** Cancels the timer of the running instance. */
  private disarm = () => {}

  constructor(
    private readonly codec: Codec<In, Out>,
    flow: Flow<In, Out>,
    private readonly limits: Limits = {},
    private readonly onError: (error: unknown) => void = (error) => this.errors.push(error),
    private readonly closeCodes = withDefaultCodes(),
  ) {
    this.connection = this.connect(flow)
  }

  open(): this {
    this.connection.open()
    return this
  }

  send(...frames: Data[]): this {
    for (const frame of frames) this.connection.onMessage(frame)
    return this
  }

  /** Closes, by default with a close frame without a code. */
  close(code = 1005, reason = ""): this {
    this.connection.onPeerClose(code, reason)
    return this
  }

  /** Disconnects without a close. */
  vanish(): this {
    this.connection.onDisconnect()
    return this
  }

  /** Reevaluates the flow's dependencies on the outside. */
  reevaluate(): this {
    this.connection.reevaluate()
    return this
  }

  advance(duration: number): this {
    this.clock.advance(duration)
    return this
  }

  /** Saves the connection and restores it in a new instance with the same flow. */
  hibernate(flow: Flow<In, Out>): this {
    const saved = structuredClone(this.connection.save())
    this.disarm()
    this.connection = this.connect(flow)
    this.connection.open(saved)
    return this
  }

  private connect(flow: Flow<In, Out>): Connection<In, Out> {
    const { codec, clock } = this
    const settings = {
      clock: {
        now: () => clock.now(),
        at: (due: number, fire: () => void) => {
          this.disarm = clock.at(due, fire)
          return this.disarm
        },
      },
      limits: withDefaults(this.limits),
      closeCodes: this.closeCodes,
      enter: () => this.enter(),
      metrics: this.metrics,
      logger: log,
      route: "/",
      id: "client",
      onError: this.onError,
    }
    const socket = {
      send: (data: Data) => void this.received.push(data),
      close: (code?: number, reason?: string) => void this.received.push(closed(code, reason)),
    }
    return new Connection(flow, codec, socket, settings)
  }
}

/** A client whose connection is open. */
export function connect<In, Out>(codec: Codec<In, Out>, flow: Flow<In, Out>, limits?: Limits): Client<In, Out> {
  return new Client(codec, flow, limits).open()
}
