import { expect } from "vitest"
import { ClientSession } from "../../src/session/client-session.ts"
import type { CloseFrame } from "./client.ts"
import type { MemoryObject, MemorySocket } from "./memory-object.ts"

/** A client of an object in memory with `sluice.1`, which uses many sockets one after the other. */
export class MemorySession {
  session = new ClientSession("text")
  readonly received: (string | CloseFrame)[] = []
  resyncs = 0
  socket: MemorySocket | undefined
  /** How many frames of the socket have arrived. */
  private arrived = 0

  constructor(
    private readonly object: MemoryObject,
    private readonly data: unknown,
  ) {}

  async connect(data = this.data): Promise<this> {
    const headers = { "Sec-WebSocket-Protocol": this.session.offer().join(", ") }
    this.socket = await this.object.connect(data, headers)
    this.arrived = 0
    return this.read()
  }

  /** Connects twice, and the first handshake arrives after the second one: that is refused, and changes nothing. */
  async overtake(meanwhile = async () => {}): Promise<this> {
    const late = this.session.offer()
    await this.connect()
    await meanwhile()
    if (late.length === 1) return this
    // Refused, so the newest socket is that of before.
    expect(await this.object.connect(this.data, { "Sec-WebSocket-Protocol": late.join(", ") })).toBe(this.socket)
    return this
  }

  send(...messages: string[]): this {
    this.transmit(...messages)
    return this.read()
  }

  /** Sends messages, and reads nothing. */
  transmit(...messages: string[]): this {
    for (const message of messages) this.session.send(message)
    for (const frame of this.session.flush()) if (this.socket) this.object.send(this.socket, frame as string)
    return this
  }

  /** The socket is gone, with all its unread frames. The object gets the close event now, or later. */
  drop(isNoticed = true): this {
    if (this.socket && isNoticed) this.object.drop(this.socket)
    this.socket = undefined
    return this
  }

  /** The socket is gone. The runtime does not list it, and reports the close to the object later. */
  vanish(): this {
    if (this.socket) this.object.vanish(this.socket)
    this.socket = undefined
    return this
  }

  /** Reads frames, at most so many. */
  read(most = Infinity): this {
    for (let count = 0; count < most; count++) {
      const frame = this.socket?.received[this.arrived]
      if (frame === undefined) return this
      this.arrived++
      this.take(frame)
    }
    return this
  }

  private take(frame: string | Uint8Array | CloseFrame): void {
    if (typeof frame !== "string") {
      this.received.push(frame as CloseFrame)
      return
    }
    const arrival = this.session.receive(frame)
    if (!arrival) throw new Error(`The session does not take ${frame}`)
    if (arrival.resync) this.resyncs++
    this.received.push(...arrival.messages.map(String))
    this.transmit()
  }
}
