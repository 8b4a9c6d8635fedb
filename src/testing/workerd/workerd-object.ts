/// <reference types="@cloudflare/vitest-plugin/types" />
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test"
import type { Data } from "../../socket/codec.ts"
import type { CodecOrProtocol } from "../../socket/protocol-codec.ts"
import { checkNames } from "../../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../../stream/duration.ts"
import { connect } from "../connect.ts"
import { ExpectationError } from "../errors.ts"
import { closed, type Frame } from "../frame.ts"
import type { Cost } from "../memory/disk.ts"
import type { Wire } from "../test-client.ts"
import { TestClock } from "../test-clock.ts"
import type { ClientOf, DataOf, TestObject } from "../test-object.ts"
import { expectUpgrade, type RequestFacts, upgradeRequest } from "../upgrade.ts"
import { Meter } from "./meter.ts"
import { Wakefulness } from "./wakefulness.ts"

/** The options of a `WorkerdObject`. */
export interface WorkerdObjectOptions {
  /** The name of the object. Default: a random UUID. */
  name?: string
  /** A clock that several objects share. Default: a new clock, at the beginning of 2100 (UTC). */
  clock?: TestClock
}

/** The time for which a client waits for an expected frame, in milliseconds of real time. */
const patience = 1_000

const meter = new Meter()
const wakefulness = new Wakefulness()

/**
 * A Durable Object in workerd, under `@cloudflare/vitest-plugin`, with the methods of `MemoryObject`. `Date` returns the time of its
 * clock, which is so far ahead that no alarm fires on its own.
 *
 * @example
 * ```ts
 * const rooms = env.CHAT_ROOM as DurableObjectNamespace<FlowObject>
 * const room = new WorkerdObject(rooms)
 * const ann = await room.connect(text, { name: "Ann" })
 * await room.evict()
 * await ann.expectNothing()
 * ```
 */
export class WorkerdObject<T extends Rpc.DurableObjectBranded> implements TestObject<T> {
  readonly name: string
  readonly clock: TestClock
  /** Resolves when the last dial has ended. */
  private dialed: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly namespace: DurableObjectNamespace<T>,
    options: WorkerdObjectOptions = {},
  ) {
    const { name = crypto.randomUUID(), clock = new TestClock(Date.UTC(2100, 0, 1)) } = options
    checkNames("WorkerdObject option", options, { name, clock })
    this.name = name
    this.clock = clock.install()
    wakefulness.watch()
  }

  /** A stub of the object. Each access makes a new one, because an abort breaks older stubs. */
  get stub(): DurableObjectStub<T> {
    return this.namespace.getByName(this.name)
  }

  /**
   * Connects a client, as a route does that calls `webSocket.forward` with `data`. `codec` is that of the endpoint, or its protocol.
   * Rejects with an `ExpectationError` if the object refuses the connection.
   */
  async connect<C extends CodecOrProtocol<unknown, never>>(
    codec: C,
    data?: DataOf<T>,
    facts: RequestFacts = {},
  ): Promise<ClientOf<C>> {
    return connect(codec, facts, (facts) => this.dial(data, facts))
  }

  /** Dials after the dial before, so that the newest socket of the object is that of this one. */
  private dial(data: unknown, facts: RequestFacts): Promise<Wire> {
    const wire = this.dialed.then(() => this.dialNow(data, facts))
    this.dialed = wire.catch(() => {})
    return wire
  }

  private async dialNow(data: unknown, facts: RequestFacts): Promise<Wire> {
    const response = await this.stub.fetch(upgradeRequest(data, facts))
    await expectUpgrade(response, facts)
    const tags = await this.inside((_, state) => {
      const [newest] = state.getWebSockets()
      return newest ? state.getTags(newest) : []
    })
    return new WorkerdWire(this, response.webSocket as WebSocket, tags.at(-1))
  }

  /** Runs a function inside the object: `runInDurableObject`. */
  async inside<R>(run: (object: T, state: DurableObjectState) => R | Promise<R>): Promise<R> {
    return runInDurableObject<T, R>(this.stub, (object, state) => {
      meter.watch(state.storage)
      wakefulness.watchPromises(state)
      return run(object, state)
    })
  }

  /**
   * Discards the instance, which takes a millisecond of its clock. `"hibernate"` (default) keeps the sockets. `"forced"`, as in a crash or
   * a deploy, closes them with 1006 and loses their attachments.
   */
  async evict(how: "hibernate" | "forced" = "hibernate"): Promise<void> {
    await this.arrived()
    this.clock.stall(1)
    if (how === "hibernate") return evictDurableObject(this.stub, { webSockets: "hibernate" })
    await this.inside((_, state) => state.abort("evicted by a test")).catch(() => {})
  }

  /** Advances the clock. The alarm fires when it is due. */
  async advance(duration: Duration): Promise<void> {
    const end = this.clock.now() + toMilliseconds(duration)
    for (let due = await this.alarm(); due !== null && due <= end; due = await this.alarm()) {
      this.clock.advance(Math.max(0, due - this.clock.now()))
      await runDurableObjectAlarm(this.stub)
    }
    this.clock.advance(Math.max(0, end - this.clock.now()))
  }

  /** Advances the clock without the alarm, which fires late, with the next `advance`. */
  async stall(duration: Duration): Promise<void> {
    this.clock.stall(duration)
  }

  /** The time to which the alarm is set, in milliseconds since the epoch; `null` for none. */
  alarm(): Promise<number | null> {
    return this.inside((_, { storage }) => storage.getAlarm())
  }

  /** The billed operations of all objects of the test, since the first `inside` or `connect` of one of them, or since `resetCost`. */
  get cost(): Cost {
    return { ...meter.cost }
  }

  /** Sets `cost` to 0. */
  resetCost(): void {
    meter.cost = { rowsWritten: 0, alarms: 0 }
  }

  /** Waits until all frames to the object have arrived. */
  async arrived(): Promise<void> {
    await this.inside(() => {})
    await this.inside(() => {})
  }
}

/**
 * Expects that an object may hibernate: no timer and no promise of `ctx.waitUntil` is pending, no socket was accepted by `accept()`, no
 * event is in progress, and the runtime evicts the object. Timers and sockets count since the first `WorkerdObject`, promises since the
 * first `connect` or `inside`, and those of all objects, because the runtime does not report their object. Rejects with an
 * `ExpectationError` otherwise.
 */
export async function expectSleeps(stub: DurableObjectStub): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await runInDurableObject(stub, () => {})
  const { pending } = wakefulness
  if (pending.length > 0) {
    throw new ExpectationError(
      `The object does not sleep: it is kept in memory by\n${pending.map((one) => `  ${one}`).join("\n")}`,
    )
  }
  try {
    await evictDurableObject(stub, { webSockets: "hibernate" })
  } catch (cause) {
    throw new ExpectationError(`The object does not sleep: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

class WorkerdWire<T extends Rpc.DurableObjectBranded> implements Wire {
  private arrived = () => {}
  private isOver = false

  constructor(
    private readonly object: WorkerdObject<T>,
    private readonly socket: WebSocket,
    /** A tag that only the object's end of this socket has. */
    private readonly tag: string | undefined,
  ) {}

  listen(receive: (frame: Frame) => void): void {
    const take = (frame: Frame) => {
      if (!this.isOver) receive(frame)
      this.arrived()
    }
    this.socket.binaryType = "arraybuffer"
    this.socket.addEventListener("message", ({ data }) => take(typeof data === "string" ? data : new Uint8Array(data)))
    this.socket.addEventListener("close", ({ code, reason }) => take(closed(code === 1005 ? undefined : code, reason)))
    this.socket.accept()
    wakefulness.forget(this.socket)
  }

  /** Drops a frame after the close, for which a socket of the runtime throws, unlike that of a browser. */
  async send(data: Data): Promise<void> {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(data)
    await this.settle()
  }

  async close(code?: number, reason?: string): Promise<void> {
    this.socket.close(code, reason)
    await this.settle()
  }

  /** The object gets the event that the runtime delivers when a connection drops. */
  async drop(): Promise<void> {
    const { tag } = this
    if (tag === undefined)
      throw new ExpectationError("Only a socket with a tag of its own can drop, as every FlowObject's")
    this.isOver = true
    await this.object.inside((object, state) => {
      const [socket] = state.getWebSockets(tag)
      if (!socket) return
      const handlers = object as Partial<Pick<DurableObject, "webSocketClose">>
      void handlers.webSocketClose?.(socket, 1006, "", false)
      socket.close()
    })
  }

  settle(): Promise<void> {
    return this.object.arrived()
  }

  more(): Promise<void> {
    const arrival = new Promise<void>((resolve) => {
      this.arrived = resolve
    })
    return Promise.race([arrival, wakefulness.wait(patience)])
  }
}
