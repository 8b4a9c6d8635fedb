import type { Data } from "../../socket/codec.ts"
import { wrongValue } from "../../stream/author-value.ts"
import { closed } from "../frame.ts"
import type { TestClock } from "../test-clock.ts"
import { type RequestFacts, upgradeRequest } from "../upgrade.ts"
import { Disk } from "./disk.ts"
import { provideGlobals } from "./globals.ts"
import type { MemorySocket } from "./memory-socket.ts"
import { MemoryState, type StateHost } from "./memory-state.ts"

/** The handlers that the runtime calls, if the object has them. */
export interface Handlers {
  fetch?(request: Request): Promise<Response> | Response
  alarm?(info?: AlarmInvocationInfo): unknown
  webSocketMessage?(socket: WebSocket, message: string | ArrayBuffer): unknown
  webSocketClose?(socket: WebSocket, code: number, reason: string, wasClean: boolean): unknown
}

/** The class of a Durable Object. */
export type ObjectClass<T> = new (ctx: DurableObjectState, env: never) => T

/** Throws a `TypeError` for anything but a class. `tool` is what takes it, for the error. */
export function requireClass(tool: string, type: unknown): void {
  if (typeof type === "function") return
  throw wrongValue(`${tool} takes the class of a Durable Object, and got`, type, "write the class, and not an instance")
}

/** A stand-in for a value of the runtime, with the members that are used. */
const standIn = <T>(members: object): T => members as T

/** The runtime of one object in memory: makes its instances, and delivers its events synchronously. */
export class MemoryHost<T extends Handlers> implements StateHost {
  readonly disk: Disk
  sockets: MemorySocket[] = []
  autoResponse: WebSocketRequestResponsePair | null = null
  /** The promises that handlers have returned. */
  pending: unknown[] = []
  private current: T
  private context!: MemoryState
  private isAborted = false

  constructor(
    private type: ObjectClass<T>,
    readonly clock: TestClock,
    private readonly env: unknown = {},
    readonly name = "memory",
  ) {
    provideGlobals()
    this.disk = new Disk(clock, (scheduledTime) => this.onAlarm(scheduledTime))
    this.current = this.build()
  }

  get instance(): T {
    if (this.isAborted) {
      this.current = this.build()
      this.isAborted = false
    }
    return this.current
  }

  get state(): MemoryState {
    void this.instance
    return this.context
  }

  /** The object hibernates and wakes up at once: its memory is lost, its sockets stay. `type` may be the class of another release. */
  evict(type: ObjectClass<T> = this.type): void {
    this.type = type
    this.disk.flush()
    // A constructor that throws leaves no instance.
    this.isAborted = true
    void this.instance
  }

  /** Discards the instance with its sockets, its connections and all writes that were not durable, as in a crash. */
  abort(): void {
    this.disk.abort()
    const { sockets } = this
    this.sockets = []
    for (const socket of sockets) {
      if (!socket.isClosed) socket.deliver(closed(1006))
      socket.isClosed = true
    }
    this.isAborted = true
  }

  accept(socket: MemorySocket): void {
    this.sockets.push(socket)
  }

  /** Delivers a request that a route has forwarded. */
  request(data: unknown, facts: RequestFacts = {}): Promise<Response> {
    return this.fetch(upgradeRequest(data, facts))
  }

  async fetch(request: Request): Promise<Response> {
    const { instance } = this
    if (!instance.fetch) throw new TypeError(`${this.type.name} has no fetch`)
    return instance.fetch(request)
  }

  message(socket: MemorySocket, data: Data | ArrayBuffer): void {
    if (!this.isOpen(socket)) return
    if (data === this.autoResponse?.request) {
      socket.autoResponseTimestamp = new Date(this.clock.now())
      socket.deliver(this.autoResponse.response)
      return
    }
    const message = data instanceof Uint8Array ? Uint8Array.from(data).buffer : data
    this.event(() => this.instance.webSocketMessage?.(standIn(socket), message))
  }

  /** The client has closed, or has answered the close of the object; with 1006, the connection is lost. */
  close(socket: MemorySocket, code: number, reason = ""): void {
    if (!this.sockets.includes(socket)) return
    const isClean = code !== 1006
    socket.isPeerClosed = true
    this.event(() => this.instance.webSocketClose?.(standIn(socket), code, reason, isClean))
    this.sockets = this.sockets.filter((other) => other !== socket)
  }

  /** The connection is lost, which may also happen while it is closing. */
  drop(socket: MemorySocket): void {
    if (!this.sockets.includes(socket)) return
    this.sockets = this.sockets.filter((other) => other !== socket)
    socket.isPeerClosed = true
    this.event(() => this.instance.webSocketClose?.(standIn(socket), 1006, "", false))
  }

  private onAlarm(scheduledTime: number): void {
    this.disk.takeAlarm()
    this.event(() => this.instance.alarm?.({ scheduledTime, isRetry: false, retryCount: 0 }))
  }

  private event(handler: () => unknown): void {
    const result = handler()
    if (result instanceof Promise) this.pending.push(result)
    this.disk.flush()
  }

  private isOpen(socket: MemorySocket): boolean {
    return !socket.isClosed && this.sockets.includes(socket)
  }

  private build(): T {
    this.context = new MemoryState(this)
    return new this.type(standIn(this.context), standIn(this.env as object))
  }
}
