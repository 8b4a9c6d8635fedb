import { DurableObject } from "cloudflare:workers"
import type { ActorRef } from "../actor/actor-ref.ts"
import { unpack } from "../actor/packing.ts"
import type { Props } from "../actor/props.ts"
import { CloseCode } from "../socket/close.ts"
import type { Endpoint } from "../socket/endpoint.ts"
import { factsOf, nobody } from "../socket/facts.ts"
import { handshakeHeaders } from "../socket/handshake.ts"
import type { StandardSchema } from "../socket/json.ts"
import { toData } from "../socket/worker-target.ts"
import type { Duration } from "../stream/duration.ts"
import { PinnedFlowError } from "../stream/errors.ts"
import { assertDurable } from "../stream/fingerprint.ts"
import type { Snapshot } from "../stream/run.ts"
import { Sink } from "../stream/sink.ts"
import type { Source } from "../stream/source.ts"
import { Cell } from "./cell.ts"
import { Hub, type HubOptions } from "./hub.ts"
import { ObjectRun } from "./object-run.ts"
import type { ActorOptions } from "./own-actors.ts"
import { type ConnectionScope, OwnCells } from "./own-cells.ts"
import type { SubscriberOptions } from "./subscription.ts"

/**
 * A Durable Object whose WebSockets are flows, and whose flows survive hibernation. Subclasses say in `accept` which flow a
 * connection gets; routes hand sockets over with `webSocket.acceptIn`.
 *
 * What is ours in `ctx.storage` begins with `sluice:`. Everything else there, and every method besides the handlers of this
 * class, is the author's.
 */
export abstract class FlowObject<Env = unknown, Given = unknown> extends DurableObject<Env> {
  readonly #run: ObjectRun

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#run = new ObjectRun(ctx, {
      endpoint: (scope) => this.accept(scope as ConnectionScope<Given>),
      migrate: (snapshot, from, to) => this.migrate(snapshot, from, to),
    })
    void ctx.blockConcurrencyWhile(async () => {
      this.#check()
      this.#run.alarms.isSetTo((await ctx.storage.getAlarm()) ?? Infinity)
    })
  }

  /**
   * The flow of a connection. Called when a socket is accepted, and again with the same facts when its flow is needed after the
   * object slept: it must depend on the facts and on cells only. The scope has cells of the connection's own, too.
   *
   * When the class is first constructed it is called once with empty facts, to refuse a flow that cannot hibernate before any
   * client meets it. Whatever else it throws then counts for nothing.
   */
  protected abstract accept(scope: ConnectionScope<Given>): Endpoint

  /**
   * What a flow that has changed since its socket was attached goes on with. By default nothing: the socket is closed with
   * 1012, and the client connects anew.
   */
  protected migrate(_snapshot: Snapshot, _from: string, _to: string): Snapshot | undefined {
    return undefined
  }

  /** How many sockets may be open at a time; one more is refused with 503. The runtime takes 32,768. */
  protected readonly maxConnections: number = 10_000

  /** A value that all connections share and that lives as long as the object: one row in storage, written by `set`. */
  protected cell<T>(name: string, initial: T, schema?: StandardSchema<unknown, T>): Cell<T> {
    const key = `sluice:cell:${name}`
    const channel = this.#run.channel<T>(key)
    const store = {
      read: () => this.ctx.storage.kv.get(key),
      write: (value: unknown) => {
        this.ctx.storage.kv.put(key, value)
        this.#run.cellChanged()
      },
      event: (change: () => void) => this.#run.event(change),
    }
    return new Cell(name, initial, store, (value) => this.#run.publish(channel, value), channel, schema)
  }

  /** Where flows come together: what is published goes to every connection that listens. */
  protected hub<T>(name: string, options?: HubOptions): Hub<T> {
    const channel = this.#run.channel<T>(`sluice:hub:${name}`)
    const publishAll = (elements: readonly T[]) => {
      this.#run.event(() => {
        for (const element of elements) this.#run.publish(channel, element)
      })
    }
    return new Hub(channel, publishAll, options)
  }

  /**
   * One run of `source` for all connections, for as long as somebody listens. What it keeps lives as long as the object. When it
   * ends, so does the source of everybody who listens; whoever comes after that gets it from the beginning.
   *
   * A `PinnedFlowError` for a source that cannot hibernate.
   */
  protected share<T>(name: string, source: Source<T>, options?: SubscriberOptions): Source<T> {
    const channel = this.#run.channel<T>(`sluice:graph:${name}`)
    this.#run.share(source.to(Sink.forEach((element) => this.#run.publish(channel, element))).chain, channel)
    return channel.source(options)
  }

  /**
   * An actor that lives as long as the object: started by the first message to it, or by who watches it, it goes on whenever it wakes up. One that
   * has stopped begins anew with the next message. What it keeps is one row in storage, written when it has changed.
   *
   * Other objects and Workers reach it with `actorIn`.
   */
  protected actor<M>(name: string, props: Props<M>, options: ActorOptions = {}): ActorRef<M> {
    return this.#run.actors.add(name, props, options)
  }

  /** The time in milliseconds; the same all through an event. What flows and their timers go by. */
  protected now(): number {
    return this.#run.alarms.now()
  }

  /** What `actorIn(...).tell` calls from afar. */
  tellActor(name: string, message: unknown): void {
    this.#own(name).tell(this.#unpacked(message))
  }

  /** What `actorIn(...).ask` calls from afar. */
  askActor(name: string, message: unknown, timeout: Duration): Promise<unknown> {
    return this.#own(name).ask(this.#unpacked(message), timeout)
  }

  override async fetch(request: Request): Promise<Response> {
    const facts = factsOf(request)
    if (!facts) return new Response("Only a route of webSocket.acceptIn leads here.\n", { status: 404 })
    const { accepted, sockets } = this.#run
    if (accepted.all().length >= this.maxConnections) {
      return new Response("Nobody else can connect here just now.\n", { status: 503, headers: { "Retry-After": "10" } })
    }
    const { 0: client, 1: server } = new WebSocketPair()
    const headers = this.#run.event(() =>
      sockets.open(server, request, facts, (id, endpoint) => {
        // Before the socket is accepted: a handshake that fails must leave nothing behind.
        const headers = handshakeHeaders(request, endpoint)
        if (endpoint.keepAlive) accepted.answer(endpoint.keepAlive)
        accepted.accept(server, id)
        return headers
      }),
    )
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#run.event(() => {
      const connection = this.#run.sockets.connection(socket)
      this.#run.sockets.heard(socket)
      connection?.message(toData(message))
    })
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string, wasClean = false): void {
    this.#run.event(() => {
      const connection = this.#run.sockets.connection(socket)
      // A client may send a close with this code, although it must not, and waits for an answer then.
      if (code === CloseCode.abnormal && !wasClean) connection?.vanished()
      else if (connection) connection.closed(code, reason)
      // A close that is not answered leaves the client waiting until the object is evicted.
      else socket.close()
    })
  }

  override webSocketError(socket: WebSocket): void {
    this.#run.event(() => this.#run.sockets.connection(socket)?.vanished())
  }

  override alarm(info?: AlarmInvocationInfo): void {
    this.#run.alarms.hasRung(info?.scheduledTime)
    this.#run.event(() => {})
  }

  #check(): void {
    if (checked.has(this.constructor)) return
    try {
      assertDurable(this.accept(new OwnCells().scope(nobody) as ConnectionScope<Given>).steps())
    } catch (error) {
      if (error instanceof PinnedFlowError) throw error
    }
    checked.add(this.constructor)
  }

  #own(name: string): ActorRef<unknown> {
    const ref = this.#run.actors.get(name)
    if (ref) return ref
    throw new Error(`${this.constructor.name} has no actor "${name}"`)
  }

  /** A message from afar as it was before it was sent. */
  #unpacked(message: unknown): unknown {
    return unpack(message, (path) => this.#run.system.ref(path))
  }
}

/** The classes whose flow can hibernate, as far as it can be told without a client. */
const checked = new WeakSet<object>()
