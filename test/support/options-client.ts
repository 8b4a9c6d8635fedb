import { ClientSession } from "../../src/session/client-session.ts"
import type { Data } from "../../src/session/frame.ts"
import type { MemoryObject, MemorySocket } from "./memory-object.ts"
import type { Options, OptionsObject } from "./options-object.ts"

/** A client of an endpoint with any options: with `sluice.1` where the endpoint has sessions. */
export class OptionsClient {
  /** Messages, closes, and the unconfirmed messages of lost sessions. */
  readonly received: unknown[] = []
  readonly session: ClientSession | undefined
  private socket: MemorySocket | undefined
  /** How many frames of the socket have arrived. */
  private arrived = 0
  private hasClosed = false

  constructor(
    private readonly object: MemoryObject<OptionsObject>,
    private readonly options: Options,
  ) {
    this.session = options.session && new ClientSession(options.codec === "json" ? "json" : "text")
  }

  /** Connects again, where that is possible with a session. The socket before may be open. */
  async reconnect(): Promise<void> {
    if (!this.session) return
    // Before the welcome it has no session to resume, and the socket before would stay open.
    if (!this.session.isOpen) this.read()
    await this.connect()
  }

  async connect(): Promise<void> {
    const offer = [...(this.session?.offer() ?? []), ...this.options.offer].join(", ")
    const next = await this.object.connect(this.options, offer ? { "Sec-WebSocket-Protocol": offer } : {})
    if (next === this.socket) return
    this.socket = next
    this.arrived = 0
    this.hasClosed = false
  }

  send(...messages: string[]): void {
    const { codec } = this.options
    for (const message of messages) {
      if (codec === "binary") this.sendData(new TextEncoder().encode(message))
      else this.sendData(codec === "json" ? JSON.stringify(message) : message)
    }
    this.flush()
  }

  /** Sends a message that the codec refuses, if it refuses any. */
  sendWrong(): void {
    this.sendData(this.options.codec === "binary" ? "text" : Uint8Array.of(123))
    this.flush()
  }

  ping(): void {
    if (this.socket) this.object.send(this.socket, "ping")
  }

  /** Reads frames, up to so many messages, and answers the close. */
  read(most = Infinity): void {
    const end = this.received.length + most
    while (this.received.length < end) {
      const frame = this.socket?.received[this.arrived++]
      if (frame === undefined) break
      const isClose = typeof frame === "object" && !(frame instanceof Uint8Array)
      if (isClose) this.close(1000)
      if (isClose || frame === "pong" || !this.session) this.received.push(frame)
      else this.take(this.session, frame)
    }
    this.arrived = Math.min(this.arrived, this.socket?.received.length ?? 0)
  }

  close(code: number): void {
    if (!this.socket || this.hasClosed) return
    this.hasClosed = true
    this.object.close(this.socket, code, "")
  }

  drop(): void {
    // The runtime does not return a lost socket, so a timer that is overdue would not find a hibernating one.
    this.object.advance(1)
    const { socket } = this
    this.socket = undefined
    if (socket && !this.hasClosed) this.object.drop(socket)
  }

  private take(session: ClientSession, frame: Data): void {
    const arrival = session.receive(frame)
    if (!arrival) throw new Error(`The session does not take ${frame}`)
    if (arrival.resync) this.received.push(["resync", ...arrival.resync])
    this.received.push(...arrival.messages)
    this.flush()
  }

  private sendData(data: Data): void {
    if (this.session) this.session.send(data)
    else if (this.socket) this.object.send(this.socket, data as string)
  }

  private flush(): void {
    for (const frame of this.session?.flush() ?? []) if (this.socket) this.object.send(this.socket, frame as string)
  }
}
