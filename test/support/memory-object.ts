import { vi } from "vitest"
import type { FlowObject } from "../../src/durable.ts"
import { withInfo } from "../../src/socket/connection-info.ts"
import { type CloseFrame, closed } from "./client.ts"
import { settled } from "./settled.ts"

/** A hibernatable socket, and what its client has received. */
export class MemorySocket {
  readonly received: (string | Uint8Array | CloseFrame)[] = []
  tags: string[] = []
  isClosed = false
  private attachment: unknown = null

  get readyState(): number {
    return this.isClosed ? WebSocket.CLOSED : WebSocket.OPEN
  }

  send(data: string | Uint8Array): void {
    if (this.isClosed) throw new TypeError("Can't call WebSocket send() after close().")
    this.received.push(data)
  }

  close(code?: number, reason = ""): void {
    if (this.isClosed) return
    this.isClosed = true
    this.received.push(closed(code, reason))
  }

  serializeAttachment(attachment: unknown): void {
    if (JSON.stringify(attachment).length > 16_384) throw new TypeError("The attachment is too large")
    this.attachment = structuredClone(attachment)
  }

  deserializeAttachment(): unknown {
    return structuredClone(this.attachment)
  }
}

vi.stubGlobal(
  "WebSocketPair",
  class {
    0 = {}
    1 = new MemorySocket()
  },
)
vi.stubGlobal("Response", class {})

/** The storage of a Durable Object, whose methods are those of a class as in the runtime. */
class MemoryStorage {
  readonly kv = {
    get: (key: string) => structuredClone(this.object.rows.get(key)),
    put: (key: string, value: unknown) => {
      const copy = structuredClone(value)
      if (this.object.isFull(key)) throw new Error("database or disk is full: SQLITE_FULL")
      this.object.writes.push(key)
      this.object.rows.set(key, copy)
    },
    delete: (key: string) => this.object.rows.delete(key),
    list: ({ prefix }: { prefix: string }) => [...this.object.rows].filter(([key]) => key.startsWith(prefix)),
  }

  constructor(private readonly object: Pick<MemoryObject<never>, "rows" | "writes" | "alarm" | "isFull">) {}

  getAlarm(): number | null {
    return this.object.alarm
  }

  setAlarm(alarm: number): void {
    this.object.alarm = alarm
    this.object.writes.push("alarm")
  }

  deleteAlarm(): void {
    this.object.alarm = null
    this.object.writes.push("alarm")
  }

  deleteAll(): void {
    this.object.rows.clear()
  }

  transactionSync<T>(run: () => T): T {
    const before = new Map(this.object.rows)
    try {
      return run()
    } catch (error) {
      this.object.rows.clear()
      for (const [key, value] of before) this.object.rows.set(key, value)
      throw error
    }
  }
}

/** A value of a type of the runtime's, of which our code uses these members only. */
const stand = <T>(members: object): T => Object.assign(members)

type Handlers = Pick<FlowObject, "fetch" | "alarm" | "webSocketMessage" | "webSocketClose">

/** A Durable Object and its runtime in memory: the storage, the sockets and a time that is moved by hand. */
export class MemoryObject<T extends Handlers> {
  /** What was written to storage: the keys, and `alarm`. */
  readonly writes: string[] = []
  readonly rows = new Map<string, unknown>()
  alarm: number | null = null
  /** Whether the disk has no room for a row. */
  isFull: (key: string) => boolean = () => false
  private sockets: MemorySocket[] = []
  private object: T
  private time = Date.UTC(2030, 0, 1)

  constructor(private readonly type: new (ctx: DurableObjectState, env: unknown) => T) {
    vi.useFakeTimers({ toFake: ["Date"], now: this.time })
    this.object = this.build()
  }

  get instance(): T {
    return this.object
  }

  /** Lets its memory go, which takes a millisecond; the sockets stay. */
  async evict(): Promise<void> {
    this.stall(1)
    this.object = this.build()
    await settled()
  }

  async connect(data?: unknown, headers: Record<string, string> = {}): Promise<MemorySocket> {
    const info = { url: "https://example.com/", route: "/", params: {}, headers: {}, data }
    await this.object.fetch(withInfo(new Request("https://example.com/", { headers }), info))
    return this.sockets.at(-1) as MemorySocket
  }

  send(socket: MemorySocket, message: string | ArrayBuffer): void {
    if (this.isOpen(socket)) this.object.webSocketMessage(stand(socket), message)
  }

  close(socket: MemorySocket, code: number, reason: string): void {
    if (!this.isOpen(socket)) return
    this.object.webSocketClose(stand(socket), code, reason)
    this.sockets = this.sockets.filter((other) => other !== socket)
  }

  /** The socket is gone without a close. */
  drop(socket: MemorySocket): void {
    if (!this.sockets.includes(socket)) return
    this.sockets = this.sockets.filter((other) => other !== socket)
    this.object.webSocketClose(stand(socket), 1006, "", false)
  }

  /** The client answers the close of the object. */
  answer(socket: MemorySocket, code: number): void {
    this.object.webSocketClose(stand(socket), code, "", true)
  }

  /** The process is killed: its memory and its sockets are gone. */
  async crash(): Promise<void> {
    this.sockets = []
    await this.evict()
  }

  /** Moves on, and lets the alarm ring at its time on the way, or at once where it is late. */
  advance(duration: number): void {
    const end = this.time + duration
    while (this.alarm !== null && this.alarm <= end) {
      const scheduledTime = this.alarm
      this.moveTo(Math.max(this.time, scheduledTime))
      this.alarm = null
      this.object.alarm({ scheduledTime, isRetry: false, retryCount: 0 })
    }
    this.moveTo(end)
  }

  /** Moves on without any alarm: it is late. */
  stall(duration: number): void {
    this.moveTo(this.time + duration)
  }

  private isOpen(socket: MemorySocket): boolean {
    return !socket.isClosed && this.sockets.includes(socket)
  }

  private moveTo(time: number): void {
    this.time = time
    vi.setSystemTime(time)
  }

  private build(): T {
    const storage = new MemoryStorage(this)
    const ctx = {
      storage,
      getWebSockets: (tag?: string) =>
        this.sockets
          .filter(({ isClosed, tags }) => !isClosed && (tag === undefined || tags.includes(tag)))
          .toReversed(),
      getWebSocketAutoResponseTimestamp: () => null,
      getTags: ({ tags }: MemorySocket) => tags,
      acceptWebSocket: (socket: MemorySocket, tags: string[] = []) => {
        socket.tags = tags
        this.sockets.push(socket)
      },
      blockConcurrencyWhile: (run: () => Promise<void>) => run(),
    }
    return new this.type(stand(ctx), {})
  }
}
