import { DurableObject } from "cloudflare:workers"
import type { ActorRef } from "../actor/actor-ref.ts"
import type { Props } from "../actor/props.ts"
import { CloseCode } from "../socket/close.ts"
import { type ConnectionInfo, emptyInfo, infoOf } from "../socket/connection-info.ts"
import { checkedEndpoint, checkSinks, type Endpoint } from "../socket/endpoint.ts"
import type { StandardSchema } from "../socket/json.ts"
import type { Metrics } from "../socket/metrics.ts"
import { validated } from "../socket/schema.ts"
import type { Duration } from "../stream/duration.ts"
import type { Snapshot } from "../stream/engine/run.ts"
import type { Logger } from "../stream/logger.ts"
import type { Source } from "../stream/source.ts"
import { Connections } from "./connections.ts"
import { checkFlow } from "./flow-check.ts"
import type { ActorOptions } from "./object-actors.ts"
import { ObjectRuntime } from "./object-runtime.ts"
import { checkHandlers, checkStorage, observeAlarm } from "./requirements.ts"
import { type Cell, type CellOptions, cellOptions } from "./shared/cell.ts"
import type { Hub, HubOptions } from "./shared/hub.ts"
import { ObjectCells } from "./shared/object-cells.ts"
import type { SharedSourceOptions } from "./shared/shared-sources.ts"
import { ConnectionCells, type ConnectionContext } from "./sockets/connection-cells.ts"

/**
 * A Durable Object that runs a flow for each of its WebSockets. The flows survive hibernation. A subclass returns the flow of a
 * connection from `accept`, and routes hand sockets over with `webSocket.forward`.
 *
 * The package's keys in `ctx.storage` begin with `sluice:`, and its sockets have the tag `sluice`. Other keys, tables, sockets and
 * methods are free for the subclass. A subclass that overrides `alarm` or a `webSocket…` handler must call `super`. The alarm is
 * shared: after the subclass's `setAlarm`, its `alarm` may run earlier than set, and `getAlarm` returns the earlier of its time and
 * the next timer of a flow.
 *
 * The constructor throws a `TypeError` without SQLite (`new_sqlite_classes`) or for a handler without `super`, an `Error` on a
 * workerd older than 1.20251001, and a `PinnedFlowError` for a flow that cannot hibernate.
 *
 * @typeParam Data of a connection, as `accept` gets it
 * @typeParam Input the JSON that a route hands over, which `dataSchema` turns into `Data`
 *
 * @example
 * ```ts
 * class Echo extends FlowObject {
 *   protected accept() {
 *     return webSocket.endpoint(text, Flow.of<string>())
 *   }
 * }
 * ```
 */
export abstract class FlowObject<Env = unknown, Data = unknown, Input = Data> extends DurableObject<Env> {
  /** Carries the type `Input` to `webSocket.forward`. There is no such method at runtime. */
  declare readonly sluiceData: (data: Input) => void
  readonly #runtime: ObjectRuntime
  readonly #cells: ObjectCells
  readonly #connections: Connections<Data>
  readonly #defaults = () => ({ logger: this.logger, metrics: this.metrics })
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
      endpoint: (context) => this.#endpoint(context),
      migrate: (snapshot, from, to) => this.migrate(snapshot, from, to),
      maxDetached: () => this.maxDetached,
      defaults: this.#defaults,
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
      const context = new ConnectionCells().context(emptyInfo) as ConnectionContext<Data>
      checkFlow(this.constructor, () => this.accept(context))
      await runtime.restore()
    })
  }

  /**
   * Returns the flow of a connection, as `webSocket.endpoint(…)`, or a `Response` that refuses the connection before the upgrade.
   * It runs when a socket is accepted, and again with the same info when the flow is needed after hibernation. So it must be
   * synchronous, and depend on the info and on cells only. A `Response` for an open connection closes it with 1008.
   *
   * It runs once with empty info when the class is first constructed, to find a flow that cannot hibernate; other errors are ignored.
   *
   * @param context the connection's `id`, `url`, `route`, `params`, `headers` and `data`, and `cell` for values of its own
   */
  protected abstract accept(context: ConnectionContext<Data>): Endpoint | Response

  /**
   * Makes a snapshot for a flow that has changed since it was saved. Default: `undefined`, which closes the socket with 1012, or with the
   * endpoint's `closeCodes.restarted`, so that the client reconnects.
   *
   * @param snapshot for each saved stage: position, closed sides, due time, state
   * @param from the fingerprint of the saved flow
   * @param to the fingerprint of the flow now
   */
  protected migrate(_snapshot: Snapshot, _from: string, _to: string): Snapshot | undefined {
    return undefined
  }

  /**
   * Checks the JSON that a route hands over, and converts it to the `data` of `accept`. It must be synchronous. If it refuses the
   * JSON, the route throws and the client gets 500. Default: `data` is the JSON.
   */
  protected readonly dataSchema: StandardSchema<Input, Data> | undefined = undefined

  /** How many connections may be open. Further ones are refused with 503. Default 10,000; the runtime's bound is 32,768. */
  protected readonly maxConnections: number = 10_000

  /**
   * How many connections with `resume` may be without a socket. A further one ends the connection that has been without a socket for the
   * longest time, as if its `within` had passed. They count for `maxConnections`, too. Default 10,000.
   */
  protected readonly maxDetached: number = 10_000

  /** Where the log entries of the object, its connections and its actors go. Must not throw. Default: that of `setLogger`. */
  protected readonly logger: Logger | undefined = undefined

  /** Where its connections are counted, by the paths of their routes. Default: the map that `metrics()` returns. */
  protected readonly metrics: Map<string, Metrics> | undefined = undefined

  /** The open connections, to count, find, iterate and close them. */
  protected get connections(): Connections<Data> {
    return this.#connections
  }

  /**
   * A value that all connections share and that lives as long as the object. It is stored in one row. Declare it as a field.
   *
   * @param name unique among the cells of the class
   * @param initial the value until `set` is called. It is not stored.
   * @param options a schema that checks values, or a schema and a `migrate` for stored values that it refuses
   * @throws Error for a name that the class has already; TypeError for an unknown option
   */
  protected cell<T>(name: string, initial: T): Cell<T>
  protected cell<T>(name: string, initial: NoInfer<T>, options: StandardSchema<unknown, T> | CellOptions<T>): Cell<T>
  protected cell<T>(name: string, initial: T, options?: StandardSchema<unknown, T> | CellOptions<T>): Cell<T> {
    const channel = this.#runtime.topics.channel<T>(`sluice:cell:${name}`, `cell "${name}"`)
    return this.#cells.make(name, initial, channel, cellOptions(options))
  }

  /**
   * A topic that broadcasts elements to every subscribed connection. Declare it as a field.
   *
   * @param name unique among the hubs of the class
   * @param options `batchWindow`, `keep`, `backpressure` and `partition`. Default: each element is published at once, and none is kept
   * @throws Error for a name that the class has already; TypeError or RangeError for wrong options
   */
  protected hub<T>(name: string, options?: HubOptions<T>): Hub<T> {
    return this.#runtime.hubs.make(name, options)
  }

  /**
   * Runs `source` once for all connections, while there is a subscriber. Its state lives as long as the object. When it ends, its
   * subscribers end too, and it starts from the beginning for the next subscriber. Declare it as a field.
   *
   * @param name unique among the shared sources of the class
   * @param options `replay` (default 0), and the subscribers' `bufferSize` (default 16) and `overflow` (default `dropHead`)
   * @returns the source for a connection's flow
   * @throws PinnedFlowError for a source that cannot hibernate; Error for a name that the class has; TypeError, RangeError for options
   */
  protected share<T>(name: string, source: Source<T>, options?: SharedSourceOptions): Source<T> {
    return this.#runtime.sources.share(name, source, options)
  }

  /**
   * An actor that lives as long as the object. It starts with the first message or watch, and a stopped one starts again with the
   * next message. It is restored when the object wakes up. It is stored in one row, which is written when it changes. Other objects
   * and Workers reach it with `remoteActor`. Declare it as a field.
   *
   * @param name letters, digits, `_` and `-`; unique among the actors of the class. The actor's path is `/<name>`.
   * @param options `supervisorStrategy`, `version` and `migrate`
   * @throws Error for an invalid name or one that the class has already; TypeError for anything but `Props`, and for an unknown option
   */
  protected actor<M>(name: string, props: Props<M>, options: ActorOptions = {}): ActorRef<M> {
    return this.#runtime.actors.add(name, props, options)
  }

  /** The time of the event, in milliseconds since the epoch. Flows and their timers use the same clock. */
  protected now(): number {
    return this.#runtime.alarms.now()
  }

  /**
   * Closes every connection, stops every actor, and deletes everything in storage and the alarm. A later connection finds a new
   * object, but the instance may be the same: tables that its constructor makes have to be made again.
   *
   * @param code of the close. Default 1001
   * @param reason at most 123 bytes in UTF-8; a longer one is shortened. Default: empty
   * @returns resolves when storage is empty
   * @throws RangeError for a code that must not be sent
   */
  protected destroy(code: number = CloseCode.goingAway, reason = ""): Promise<void> {
    return this.#runtime.destroy(code, reason)
  }

  /** Called by `remoteActor(…).tell`. */
  sluiceTell(name: string, message: unknown): void {
    this.#runtime.actors.tell(name, message)
  }

  /** Called by `remoteActor(…).ask`. */
  sluiceAsk(name: string, message: unknown, timeout: Duration): Promise<unknown> {
    return this.#runtime.actors.ask(name, message, timeout)
  }

  override async fetch(request: Request): Promise<Response> {
    const info = infoOf(request)
    if (!info) return new Response("Only webSocket.forward leads here.\n", { status: 404 })
    return this.#runtime.socketEvents.upgrade(request, info, this.maxConnections)
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#runtime.socketEvents.message(socket, message)
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string, wasClean = false): void {
    this.#runtime.socketEvents.close(socket, code, reason, wasClean)
  }

  override webSocketError(socket: WebSocket): void {
    this.#runtime.socketEvents.error(socket)
  }

  override alarm(info: AlarmInvocationInfo | undefined = this.#alarmInfo): void {
    this.#runtime.onAlarm(info?.scheduledTime)
  }

  #endpoint(context: ConnectionContext): Endpoint | Response {
    checkSinks(this.constructor.name, this.#defaults())
    const accepted = this.accept({ ...context, data: this.#dataOf(context) })
    const title = `${this.constructor.name}.accept must return an endpoint or a Response, and returned`
    return accepted instanceof Response ? accepted : checkedEndpoint(accepted, title)
  }

  #dataOf({ data }: ConnectionInfo): Data {
    if (!this.dataSchema) return data as Data
    const title = `The data that a route hands over to ${this.constructor.name}`
    return validated(this.dataSchema, data, title, "Hand over what its dataSchema takes")
  }
}
