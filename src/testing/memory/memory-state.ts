import type { Disk } from "./disk.ts"
import type { MemorySocket } from "./memory-socket.ts"
import { MemoryStorage } from "./memory-storage.ts"

/** The part of an object's host that the state of the object uses. */
export interface StateHost {
  readonly name: string
  readonly disk: Disk
  /** Its sockets, in the order in which they were accepted. */
  readonly sockets: readonly MemorySocket[]
  accept(socket: MemorySocket): void
  autoResponse: WebSocketRequestResponsePair | null
  /** Ends this instance at once. */
  abort(reason: unknown): void
}

/** `ctx` of an object. */
export class MemoryState {
  readonly storage: MemoryStorage
  readonly id: { name: string; toString(): string; equals(other: unknown): boolean }
  readonly props = {}
  readonly exports = {}
  /** Settles when every `blockConcurrencyWhile` has ended. The object gets no event before. */
  ready: Promise<unknown> = Promise.resolve()

  constructor(private readonly host: StateHost) {
    this.storage = new MemoryStorage(host.disk)
    const { name } = host
    this.id = { name, toString: () => name, equals: (other) => String(other) === name }
  }

  acceptWebSocket(socket: MemorySocket, tags: string[] = []): void {
    if (tags.length > 10) throw new Error("a Hibernatable WebSocket cannot have more than 10 tags")
    socket.tags = [...tags]
    socket.disk = this.host.disk
    this.host.accept(socket)
  }

  /** All sockets, the newest first; those with a tag, the oldest first. A closed one is among them until its client has answered. */
  getWebSockets(tag?: string): MemorySocket[] {
    const { sockets } = this.host
    return tag === undefined ? sockets.toReversed() : sockets.filter(({ tags }) => tags.includes(tag))
  }

  /** Throws for a socket whose connection is lost, as the runtime does. */
  getTags(socket: MemorySocket): string[] {
    if (!this.host.sockets.includes(socket))
      throw new Error("The WebSocket was not accepted, or its connection is lost")
    return [...socket.tags]
  }

  setWebSocketAutoResponse(pair?: WebSocketRequestResponsePair): void {
    this.host.autoResponse = pair ?? null
  }

  getWebSocketAutoResponse(): WebSocketRequestResponsePair | null {
    return this.host.autoResponse
  }

  getWebSocketAutoResponseTimestamp(socket: MemorySocket): Date | null {
    return socket.autoResponseTimestamp
  }

  async blockConcurrencyWhile<T>(run: () => Promise<T>): Promise<T> {
    const running = run()
    this.ready = Promise.all([this.ready, running])
    return running
  }

  /** Does nothing, because in Node a promise settles without it. */
  waitUntil(): void {}

  abort(reason?: unknown): never {
    this.host.abort(reason)
    throw reason instanceof Error ? reason : new Error(String(reason ?? "The Durable Object was aborted"))
  }
}
