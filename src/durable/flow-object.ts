import { DurableObject } from "cloudflare:workers"
import type { ActorRef } from "../actor/actor-ref.ts"
import { ActorSystem, connectionOf } from "../actor/actor-system.ts"
import { unpack } from "../actor/packing.ts"
import type { Props } from "../actor/props.ts"
import { CloseCode } from "../socket/close.ts"
import type { Endpoint, Share } from "../socket/endpoint.ts"
import { type ConnectionFacts, factsOf } from "../socket/facts.ts"
import { handshakeHeaders } from "../socket/handshake.ts"
import type { StandardSchema } from "../socket/json.ts"
import { toData } from "../socket/worker-target.ts"
import type { Chain } from "../stream/blueprint.ts"
import { systemClock } from "../stream/clock.ts"
import type { Duration } from "../stream/duration.ts"
import { PinnedFlowError } from "../stream/errors.ts"
import { assertDurable } from "../stream/fingerprint.ts"
import type { Snapshot } from "../stream/run.ts"
import { Sink } from "../stream/sink.ts"
import type { Source } from "../stream/source.ts"
import { AcceptedSockets } from "./accepted-sockets.ts"
import { AlarmClock } from "./alarm-clock.ts"
import { Attachments } from "./attachment.ts"
import { Cell } from "./cell.ts"
import { Frames } from "./frames.ts"
import { Hub, type HubOptions } from "./hub.ts"
import { type ActorOptions, OwnActors } from "./own-actors.ts"
import { type ConnectionScope, OwnCells } from "./own-cells.ts"
import { type Failure, SharedGraph } from "./shared-graph.ts"
import { Sockets } from "./sockets.ts"
import { type AnyChannel, Channel, type SubscriberOptions } from "./subscription.ts"

/**
 * A Durable Object whose WebSockets are flows, and whose flows survive hibernation. Subclasses say in `accept` which flow a
 * connection gets; routes hand sockets over with `webSocket.acceptIn`.
 *
 * What is ours in `ctx.storage` begins with `sluice:`. Everything else there, and every method besides the handlers of this
 * class, is the author's.
 */
export abstract class FlowObject<Env = unknown, Given = unknown> extends DurableObject<Env> {
  readonly #alarms = new AlarmClock(this.ctx.storage)
  readonly #accepted = new AcceptedSockets(this.ctx)
  readonly #frames = new Frames()
  readonly #channels: AnyChannel[] = []
  readonly #graphs: { graph: SharedGraph; channel: AnyChannel }[] = []
  readonly #actors: OwnActors
  readonly #system: ActorSystem
  readonly #sockets: Sockets
  readonly #recallAll = () => this.#recall()
  /** How many events are being handled, one inside the other. */
  #depth = 0
  /** Whether it may have changed which graphs are needed, or what they depend on. */
  #isStirred = false
  #cellHasChanged = false
  /** Whether the graphs that those asleep listen to have been started. */
  #isTended = false
  /** What is on its way: elements reach everybody in one order. */
  readonly #broadcasts: (() => void)[] = []

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const share: Share = (codec) => this.#frames.shared(codec)
    this.#system = new ActorSystem({
      clock: systemClock,
      event: (handler) => this.#event(handler),
      wake: (path) => {
        if (connectionOf(path) === "") this.#actors.wake(path)
        else this.#sockets.rouseActor(path)
      },
      deliverAsleep: (path, message) => this.#sockets.deliver(path, message),
      broadcast: (message, tell) => this.#event(() => this.#frames.during(message, tell)),
      watchesAsleep: () => {
        // What the object's own actors watch is kept with them.
        this.#actors.resume()
        return this.#sockets.linksAsleep
      },
    })
    this.#actors = new OwnActors(this.#system, (...of) => this.#graph(...of))
    this.#sockets = new Sockets({
      alarms: this.#alarms,
      attachments: new Attachments(ctx.storage, (id) => this.#accepted.byId(id) !== undefined),
      channels: this.#channels,
      actors: this.#system,
      share,
      accepted: this.#accepted,
      endpoint: (scope) => this.accept(scope as ConnectionScope<Given>),
      migrate: (snapshot, from, to) => this.migrate(snapshot, from, to),
      settled: () => this.#settled(),
    })
    void ctx.blockConcurrencyWhile(async () => {
      this.#check()
      this.#alarms.isSetTo((await ctx.storage.getAlarm()) ?? Infinity)
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
    const channel = this.#channel<T>(key)
    const store = {
      read: () => this.ctx.storage.kv.get(key),
      write: (value: unknown) => {
        this.ctx.storage.kv.put(key, value)
        this.#isStirred = true
        this.#cellHasChanged = true
      },
      event: (change: () => void) => this.#event(change),
    }
    return new Cell(name, initial, store, (value) => this.#publish(channel, value), channel, schema)
  }

  /** Where flows come together: what is published goes to every connection that listens. */
  protected hub<T>(name: string, options?: HubOptions): Hub<T> {
    const channel = this.#channel<T>(`sluice:hub:${name}`)
    const publishAll = (elements: readonly T[]) => {
      this.#event(() => {
        for (const element of elements) this.#publish(channel, element)
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
    const key = `sluice:graph:${name}`
    const channel = this.#channel<T>(key)
    const { chain } = source.to(Sink.forEach((element) => this.#publish(channel, element)))
    const onEnd = (failure?: Failure) => {
      this.#event(() => {
        this.#sockets.rouse(key)
        channel.end(failure)
      })
    }
    this.#graphs.push({ graph: this.#graph(key, chain, onEnd), channel })
    return channel.source(options)
  }

  /**
   * An actor that lives as long as the object: started by the first message to it, or by who watches it, it goes on whenever it wakes up. One that
   * has stopped begins anew with the next message. What it keeps is one row in storage, written when it has changed.
   *
   * Other objects and Workers reach it with `actorIn`.
   */
  protected actor<M>(name: string, props: Props<M>, options: ActorOptions = {}): ActorRef<M> {
    return this.#actors.add(name, props, options)
  }

  /** The time in milliseconds; the same all through an event. What flows and their timers go by. */
  protected now(): number {
    return this.#alarms.now()
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
    if (this.#accepted.all().length >= this.maxConnections) {
      return new Response("Nobody else can connect here just now.\n", { status: 503, headers: { "Retry-After": "10" } })
    }
    const { 0: client, 1: server } = new WebSocketPair()
    const headers = this.#event(() =>
      this.#sockets.open(server, request, facts, (id, endpoint) => {
        // Before the socket is accepted: a handshake that fails must leave nothing behind.
        const headers = handshakeHeaders(request, endpoint)
        if (endpoint.keepAlive) this.#accepted.answer(endpoint.keepAlive)
        this.#accepted.accept(server, id)
        return headers
      }),
    )
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#event(() => {
      const connection = this.#sockets.connection(socket)
      this.#sockets.heard(socket)
      connection?.message(toData(message))
    })
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string, wasClean = false): void {
    this.#event(() => {
      const connection = this.#sockets.connection(socket)
      // A client may send a close with this code, although it must not, and waits for an answer then.
      if (code === CloseCode.abnormal && !wasClean) connection?.vanished()
      else if (connection) connection.closed(code, reason)
      // A close that is not answered leaves the client waiting until the object is evicted.
      else socket.close()
    })
  }

  override webSocketError(socket: WebSocket): void {
    this.#event(() => this.#sockets.connection(socket)?.vanished())
  }

  override alarm(info?: AlarmInvocationInfo): void {
    this.#alarms.hasRung(info?.scheduledTime)
    this.#event(() => {})
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

  /** Everything that happens to the object happens in here: what is overdue first, and what has changed is written last. */
  #event<T>(handler: () => T): T {
    if (this.#depth === 0) this.#alarms.hold(true)
    this.#depth++
    try {
      if (this.#depth === 1 && this.#alarms.isDue) this.#ring()
      return handler()
    } finally {
      try {
        if (this.#depth === 1) this.#rest()
      } finally {
        this.#depth--
        if (this.#depth === 0) this.#alarms.hold(false)
      }
    }
  }

  /** Something has happened that was not begun here, such as the end of a promise. */
  #settled(): void {
    if (this.#depth === 0) this.#event(() => {})
  }

  #own(name: string): ActorRef<unknown> {
    const ref = this.#actors.get(name)
    if (ref) return ref
    throw new Error(`${this.constructor.name} has no actor "${name}"`)
  }

  /** A message from afar as it was before it was sent. */
  #unpacked(message: unknown): unknown {
    return unpack(message, (path) => this.#system.ref(path))
  }

  #graph(key: string, chain: Chain, onEnd: (failure?: Failure) => void, origin?: object): SharedGraph {
    const { kv } = this.ctx.storage
    const store = {
      read: () => kv.get(key),
      write: (saved: unknown) => kv.put(key, saved),
      clear: () => void kv.delete(key),
    }
    return new SharedGraph(chain, this.#alarms.for(key), store, () => this.#settled(), onEnd, origin)
  }

  #ring(): void {
    this.#recall()
    this.#alarms.ring()
  }

  /** Tells the clock of the timers of those who are asleep. */
  #recall(): void {
    this.#sockets.expect()
    this.#actors.resume()
    do this.#tend()
    while (this.#isStirred)
  }

  #rest(): void {
    do {
      while (this.#isStirred) this.#tend()
      this.#alarms.settle(this.#recallAll)
      this.#sockets.save()
      // Whoever was the last may have left a timer.
    } while (this.#isStirred || this.#alarms.isLoose)
    this.#sockets.flush()
    for (const { graph } of this.#graphs) graph.save()
    this.#actors.save()
  }

  /** Runs the graphs that are needed, and only those. */
  #tend(): void {
    this.#isStirred = false
    this.#isTended = true
    if (this.#cellHasChanged) {
      this.#cellHasChanged = false
      this.#sockets.touch()
      this.#alarms.loosen()
    }
    for (const { graph, channel } of this.#graphs) {
      if (channel.isHeardBy() || this.#sockets.isHeardAsleep(channel.name)) graph.touch()
      else {
        graph.stop()
        this.#alarms.loosen()
      }
    }
  }

  #publish<T>(channel: Channel<T>, element: T): void {
    const broadcast = () => {
      this.#sockets.publish(channel.name, element)
      channel.publish(element)
    }
    this.#event(() => {
      if (this.#broadcasts.push(() => this.#frames.during(element, broadcast)) > 1) return
      try {
        if (!this.#isTended) this.#tend()
        for (const next of this.#broadcasts) next()
      } finally {
        this.#broadcasts.length = 0
      }
    })
  }

  #channel<T>(name: string): Channel<T> {
    if (this.#channels.some((channel) => channel.name === name)) throw new Error(`The name "${name}" is taken already`)
    const channel = new Channel<T>(name, () => {
      this.#isStirred = true
    })
    this.#channels.push(channel)
    return channel
  }
}

/** The classes whose flow can hibernate, as far as it can be told without a client. */
const checked = new WeakSet<object>()
const nobody: ConnectionFacts = { url: "https://sluice.invalid/", route: "", params: {}, headers: {}, given: undefined }
