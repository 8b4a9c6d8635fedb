import { withDefaultCodes } from "../../src/socket/close-codes.ts"
import { type Codec, type Data, text } from "../../src/socket/codec.ts"
import { Connection } from "../../src/socket/connection.ts"
import { type Limits, withDefaults } from "../../src/socket/limits.ts"
import { Metrics } from "../../src/socket/metrics.ts"
import type { Flow } from "../../src/stream/flow.ts"
import { log } from "../../src/stream/logger.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { type CloseFrame, closed } from "../support/client.ts"

class CountingClock extends TestClock {
  /** The number of timers set so far. */
  set = 0

  override at(due: number, fire: () => void): () => void {
    this.set++
    return super.at(due, fire)
  }
}

/** A client that reads on demand. Frames sent meanwhile are buffered. */
export class SlowClient {
  readonly received: (Data | CloseFrame)[] = []
  readonly errors: unknown[] = []
  readonly metrics = new Metrics()
  /** The clock of the flow. */
  readonly clock = new TestClock()
  /** The clock that times the polls of this instance. */
  pollClock = new CountingClock()
  /** How often `bufferedAmount` was read. */
  asked = 0
  protected readonly onTheWay: (Data | CloseFrame)[] = []
  private connection: Connection<string, string>
  /** Cancels the timer of this instance's flow. */
  private disarm = () => {}

  constructor(
    flow: Flow<string, string>,
    private readonly limits: Limits = {},
    private readonly codec: Codec<string, string> = text,
  ) {
    this.connection = this.connect(flow)
    this.connection.open()
  }

  get isBehind(): boolean {
    return this.connection.isBehind
  }

  /** When its flow is due next. */
  get due(): number {
    return this.connection.due
  }

  get isOver(): boolean {
    return this.connection.isOver
  }

  send(...frames: Data[]): this {
    for (const frame of frames) this.connection.onMessage(frame)
    return this
  }

  /** Sends past the flow, as to a hibernating connection. */
  broadcast(...frames: Data[]): this {
    this.onTheWay.push(...frames)
    return this
  }

  advance(duration: number): this {
    this.clock.advance(duration)
    return this
  }

  close(code = 1000): this {
    this.connection.onPeerClose(code, "")
    return this
  }

  /** The state of the flow cannot be stored. */
  abort(error: unknown): this {
    this.connection.abort(error)
    return this
  }

  vanish(): this {
    this.connection.onDisconnect()
    return this
  }

  /** Reads the buffered frames, or the first `count` of them. */
  read(count = Infinity): this {
    this.received.push(...this.onTheWay.splice(0, count))
    return this
  }

  /** Advances the clock past the longest interval between two polls. */
  poll(): this {
    this.pollClock.advance(2_000)
    return this
  }

  /** Reads until nothing is buffered. */
  catchUp(): this {
    do this.read().poll()
    while (this.onTheWay.length > 0)
    return this
  }

  /** Saves the connection and restores it in a new instance. The timers of the old one are cancelled. */
  hibernate(flow: Flow<string, string>): this {
    const saved = structuredClone(this.connection.save())
    this.disarm()
    this.pollClock = new CountingClock()
    this.connection = this.connect(flow)
    this.connection.open(saved)
    return this
  }

  protected bufferedAmount(): number | undefined {
    this.asked++
    return this.onTheWay.reduce((sum, frame) => sum + sizeOf(frame), 0)
  }

  private connect(flow: Flow<string, string>): Connection<string, string> {
    const { clock, pollClock } = this
    const bufferedAmount = () => this.bufferedAmount()
    const socket = {
      send: (data: Data) => void this.onTheWay.push(data),
      close: (code?: number, reason?: string) => void this.onTheWay.push(closed(code, reason)),
      get bufferedAmount() {
        return bufferedAmount()
      },
    }
    return new Connection(flow, this.codec, socket, {
      clock: {
        now: () => clock.now(),
        at: (due, fire) => {
          this.disarm = clock.at(due, fire)
          return this.disarm
        },
      },
      pollClock,
      limits: withDefaults(this.limits),
      closeCodes: withDefaultCodes(),
      metrics: this.metrics,
      logger: log,
      route: "/",
      id: "slow client",
      onError: (error) => this.errors.push(error),
    })
  }
}

/** On a runtime without `bufferedAmount`. */
export class UntoldClient extends SlowClient {
  protected override bufferedAmount(): undefined {
    this.asked++
    return undefined
  }
}

function sizeOf(frame: Data | CloseFrame): number {
  return typeof frame === "string" ? new TextEncoder().encode(frame).length : 0
}
