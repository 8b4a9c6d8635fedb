import { DurableObject } from "cloudflare:workers"
import type { Props } from "../actor/actor.ts"
import type { ActorRef } from "../actor/actor-ref.ts"
import { decodeRefs } from "../actor/ref-encoding.ts"
import { checkedEndpoint } from "../socket/argument-checks.ts"
import { CloseCode } from "../socket/close.ts"
import { type ConnectionInfo, emptyInfo, infoOf } from "../socket/connection-info.ts"
import type { Endpoint } from "../socket/endpoint.ts"
import { handshakeHeaders } from "../socket/handshake.ts"
import type { StandardSchema } from "../socket/json.ts"
import { validated } from "../socket/schema.ts"
import { toData } from "../socket/worker-target.ts"
import type { Duration } from "../stream/duration.ts"
import { PinnedFlowError } from "../stream/errors.ts"
import { assertDurable } from "../stream/fingerprint.ts"
import type { Snapshot } from "../stream/run.ts"
import type { Source } from "../stream/source.ts"
import { Connections } from "./connections.ts"
import type { ActorOptions } from "./object-actors.ts"
import { ObjectRuntime } from "./object-runtime.ts"
import { checkHandlers, checkStorage, observeAlarm } from "./requirements.ts"
import { type Cell, type CellOptions, cellOptions } from "./shared/cell.ts"
import type { Hub, HubOptions } from "./shared/hub.ts"
import { ObjectCells } from "./shared/object-cells.ts"
import type { SharedSourceOptions } from "./shared/shared-sources.ts"
import { flowOf } from "./sockets/awake-socket.ts"
import { ConnectionCells, type ConnectionContext } from "./sockets/connection-cells.ts"

/**
 * A Durable Object whose WebSockets are flows, and whose flows survive hibernation. A subclass returns the flow of a connection
 * from `accept`; routes hand sockets over with `webSocket.forward`.
 *
 * Our keys in `ctx.storage` begin with `sluice:`, and our sockets have the tag `sluice`. All else is the author's: other keys and
 * tables, other sockets, the alarm, and every method but the handlers of this class. A subclass that overrides a handler calls
 * `super`. The author's own `setAlarm` shares the object's alarm with the timers of flows, so an override of `alarm` may run
 * earlier than it asked for, and `getAlarm` returns the earlier of the two.
 *
 * Needs SQLite (`new_sqlite_classes`) and workerd 1.20251001 or newer; the constructor throws otherwise.
 */
export abstract class FlowObject<Env = unknown, Data = unknown, Input = Data> extends DurableObject<Env> {
  /** The type of what a route hands over, for `webSocket.forward`; there is no such method. */
  declare readonly sluiceData: (data: Input) => void
  readonly #runtime: ObjectRuntime
  readonly #cells: ObjectCells
  readonly #connections: Connections<Data>
  #alarmInfo: AlarmInvocationInfo | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    checkStorage(new.target, ctx.storage)
    super(ctx, env)
    checkHandlers(this, FlowObject.prototype)
    observeAlarm(this, FlowObject.prototype, (info) => {
      this.#alarmInfo = info
    })
    const runtime = new ObjectRuntime(ctx, {
      className: this.constructor.name,
      maxConnections: () => this.maxConnections,
      endpoint: (scope) => this.#endpoint(scope),
      migrate: (snapshot, from, to) => this.migrate(snapshot, from, to),
    })
    this.#runtime = runtime
    this.#cells = new ObjectCells(ctx.storage.kv, runtime)
    this.#connections = new Connections({
      accepted: runtime.accepted,
      sockets: runtime.sockets,
      event: (handler) => runtime.event(handler),
      data: (info) => this.#dataOf(info),
    })
    void ctx.blockConcurrencyWhile(async () => {
      this.#checkFlow()
      await runtime.restore()
    })
  }

  /**
   * The flow of a connection, or a `Response` that refuses it before the upgrade. Called when a socket is accepted, and again with
   * the same info when its flow is needed after hibernation: it must depend on the info and on cells only, and be synchronous.
   * A `Response` for a connection that is already open closes it with 1008.
   *
   * When the class is first constructed it is called once with empty info, to refuse a flow that cannot hibernate before any
   * client connects. Other errors are ignored then.
   */
  protected abstract accept(scope: ConnectionContext<Data>): Endpoint | Response

  /**
   * The snapshot for a flow that has changed since its socket was attached. By default there is none: the socket is closed with
   * 1012, and the client connects anew.
   */
  protected migrate(_snapshot: Snapshot, _from: string, _to: string): Snapshot | undefined {
    return undefined
  }

  /**
   * Validates what a route hands over, which is JSON, and makes the `data` of `accept` of it. A value that it refuses is an error of
   * the route: the client gets 500. Default: `data` is the JSON as it is.
   */
  protected readonly dataSchema: StandardSchema<Input, Data> | undefined = undefined

  /** How many sockets may be open at a time; one more is refused with 503. The runtime takes 32,768. Default 10,000. */
  protected readonly maxConnections: number = 10_000

  /** The open connections: counts, finds and closes them. */
  protected get connections(): Connections<Data> {
    return this.#connections
  }

  /**
   * A value that all connections share and that lives as long as the object: one row in storage, written by `set`.
   *
   * @param options a schema, or a schema and a function that migrates what it refuses
   */
  protected cell<T>(name: string, initial: T, options?: StandardSchema<unknown, T> | CellOptions<T>): Cell<T> {
    const channel = this.#runtime.topics.channel<T>(`sluice:cell:${name}`, `cell "${name}"`)
    return this.#cells.make(name, initial, channel, cellOptions(options))
  }

  /** A topic: what is published to it goes to every subscribed connection. */
  protected hub<T>(name: string, options?: HubOptions): Hub<T> {
    return this.#runtime.hubs.make(name, options)
  }

  /**
   * One run of `source` for all connections, as long as there is a subscriber. What it keeps lives as long as the object. Its end
   * is that of its subscribers; for a later one it starts from the beginning.
   *
   * A `PinnedFlowError` for a source that cannot hibernate.
   */
  protected share<T>(name: string, source: Source<T>, options?: SharedSourceOptions): Source<T> {
    return this.#runtime.sources.share(name, source, options)
  }

  /**
   * An actor that lives as long as the object. It starts with the first message, or with the first watch, and goes on whenever the
   * object wakes up. One that has stopped starts anew with the next message. It is one row in storage, written when it has changed.
   *
   * Other objects and Workers reach it with `remoteActor`.
   */
  protected actor<M>(name: string, props: Props<M>, options: ActorOptions = {}): ActorRef<M> {
    return this.#runtime.actors.add(name, props, options)
  }

  /** The time of the event in milliseconds, by which flows and their timers go. */
  protected now(): number {
    return this.#runtime.alarms.now()
  }

  /**
   * Ends the object for good: closes every connection, stops every actor, deletes everything in storage and leaves no alarm. A new
   * connection finds a new object.
   *
   * @param code of the close, default 1001
   */
  protected destroy(code: number = CloseCode.goingAway, reason = ""): Promise<void> {
    return this.#runtime.destroy(code, reason)
  }

  /** What `remoteActor(...).tell` calls. */
  sluiceTell(name: string, message: unknown): void {
    this.#actor(name).tell(this.#decoded(message))
  }

  /** What `remoteActor(...).ask` calls. */
  sluiceAsk(name: string, message: unknown, timeout: Duration): Promise<unknown> {
    return this.#actor(name).ask(this.#decoded(message), timeout)
  }

  override async fetch(request: Request): Promise<Response> {
    const info = infoOf(request)
    if (!info) return new Response("Only webSocket.forward leads here.\n", { status: 404 })
    const { accepted, sockets } = this.#runtime
    const { 0: client, 1: server } = new WebSocketPair()
    const opened = this.#runtime.event(() =>
      sockets.open(server, request, info, (id, endpoint, protocol) => {
        // Before the socket is accepted: a handshake that fails must leave nothing behind.
        const headers = handshakeHeaders(request, endpoint, protocol)
        if (endpoint.autoResponse) accepted.setAutoResponse(endpoint.autoResponse)
        accepted.accept(server, id)
        return headers
      }),
    )
    return opened instanceof Response ? opened : new Response(null, { status: 101, webSocket: client, headers: opened })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#runtime.event(() => this.#runtime.sockets.receive(socket, toData(message)))
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string, wasClean = false): void {
    this.#runtime.event(() => this.#runtime.sockets.closed(socket, code, reason, wasClean))
  }

  override webSocketError(socket: WebSocket): void {
    this.#runtime.event(() => this.#runtime.sockets.lost(socket))
  }

  override alarm(info: AlarmInvocationInfo | undefined = this.#alarmInfo): void {
    this.#runtime.onAlarm(info?.scheduledTime)
  }

  #checkFlow(): void {
    if (checked.has(this.constructor)) return
    try {
      const endpoint = this.accept(new ConnectionCells().scope(emptyInfo) as ConnectionContext<Data>)
      if (!(endpoint instanceof Response)) assertDurable(endpoint.steps(), flowOf(this.constructor.name))
    } catch (error) {
      if (error instanceof PinnedFlowError) throw error
    }
    checked.add(this.constructor)
  }

  #endpoint(scope: ConnectionContext): Endpoint | Response {
    const accepted = this.accept({ ...scope, data: this.#dataOf(scope) })
    if (accepted instanceof Response) return accepted
    return checkedEndpoint(
      accepted,
      `${this.constructor.name}.accept must return an endpoint or a Response, and returned`,
    )
  }

  #dataOf({ data }: ConnectionInfo): Data {
    if (!this.dataSchema) return data as Data
    const what = `The data that a route hands over to ${this.constructor.name}`
    return validated(this.dataSchema, data, what, "Hand over what its dataSchema takes")
  }

  #actor(name: string): ActorRef<unknown> {
    const ref = this.#runtime.actors.get(name)
    if (ref) return ref
    throw new Error(`${this.constructor.name} has no actor "${name}"`)
  }

  /** A message from another object as it was before it was sent. */
  #decoded(message: unknown): unknown {
    return decodeRefs(message, (path) => this.#runtime.system.ref(path))
  }
}

/** The classes whose flow can hibernate, as far as that is known without a client. */
const checked = new WeakSet<object>()
