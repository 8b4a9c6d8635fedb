import { type Data, text } from "../../src/socket/codec.ts"
import { Connection } from "../../src/socket/connection.ts"
import { type Limits, withDefaults } from "../../src/socket/limits.ts"
import { Metrics } from "../../src/socket/metrics.ts"
import type { Flow } from "../../src/stream/flow.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { type CloseFrame, closed } from "../support/client.ts"

class CountingClock extends TestClock {
  /** How many timers were ever set. */
  set = 0

  override at(due: number, fire: () => void): () => void {
    this.set++
    return super.at(due, fire)
  }
}

/** A client that reads when it is told to; what was sent meanwhile is on its way. */
export class SlowClient {
  readonly received: (Data | CloseFrame)[] = []
  readonly errors: unknown[] = []
  readonly metrics = new Metrics()
  /** The clock of the flow. */
  readonly clock = new TestClock()
  /** The clock that looks after slow clients go by: of this instance. */
  looks = new CountingClock()
  /** How often it was asked how much is on its way. */
  asked = 0
  protected readonly onTheWay: (Data | CloseFrame)[] = []
  private connection: Connection<string, string>
  /** Takes back the timer of this instance's flow. */
  private disarm = () => {}

  constructor(
    flow: Flow<string, string>,
    private readonly limits: Limits = {},
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
    for (const frame of frames) this.connection.message(frame)
    return this
  }

  /** Sends past the flow, as to a connection that is asleep. */
  broadcast(...frames: Data[]): this {
    this.onTheWay.push(...frames)
    return this
  }

  advance(duration: number): this {
    this.clock.advance(duration)
    return this
  }

  close(code = 1000): this {
    this.connection.closed(code, "")
    return this
  }

  vanish(): this {
    this.connection.vanished()
    return this
  }

  /** Reads what is on its way by now, or the first few frames of it. */
  read(count = Infinity): this {
    this.received.push(...this.onTheWay.splice(0, count))
    return this
  }

  /** So much time passes that it is seen whether the client has read. */
  look(): this {
    this.looks.advance(2_000)
    return this
  }

  /** Reads for as long as there is something. */
  catchUp(): this {
    do this.read().look()
    while (this.onTheWay.length > 0)
    return this
  }

  /** Goes on in a new instance with what was saved of this one; the timers of the old one are gone. */
  hibernate(flow: Flow<string, string>): this {
    const saved = structuredClone(this.connection.save())
    this.disarm()
    this.looks = new CountingClock()
    this.connection = this.connect(flow)
    this.connection.open(saved)
    return this
  }

  protected bufferedAmount(): number | undefined {
    this.asked++
    return this.onTheWay.reduce((sum, frame) => sum + sizeOf(frame), 0)
  }

  private connect(flow: Flow<string, string>): Connection<string, string> {
    const { clock, looks } = this
    const bufferedAmount = () => this.bufferedAmount()
    const socket = {
      send: (data: Data) => void this.onTheWay.push(data),
      close: (code?: number, reason?: string) => void this.onTheWay.push(closed(code, reason)),
      get bufferedAmount() {
        return bufferedAmount()
      },
    }
    return new Connection(flow, text, socket, {
      clock: {
        now: () => clock.now(),
        at: (due, fire) => {
          this.disarm = clock.at(due, fire)
          return this.disarm
        },
      },
      looks,
      limits: withDefaults(this.limits),
      metrics: this.metrics,
      route: "/",
      id: "slow client",
      onError: (error) => this.errors.push(error),
    })
  }
}

/** On a runtime that does not tell what is on its way. */
export class UntoldClient extends SlowClient {
  protected override bufferedAmount(): undefined {
    this.asked++
    return undefined
  }
}

function sizeOf(frame: Data | CloseFrame): number {
  return typeof frame === "string" ? new TextEncoder().encode(frame).length : 0
}
