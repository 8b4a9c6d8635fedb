import { ClientSession } from "../../src/session/client-session.ts"
import { type Data, FrameError } from "../../src/session/frame.ts"
import { connect, type WsClient } from "./ws-client.ts"

/** A client over real sockets with `sluice.1`, which uses any number of sockets one after the other. */
export class SessionClient {
  readonly session = new ClientSession("text")
  /** The unconfirmed messages, after a resumption was impossible. */
  readonly resyncs: (readonly Data[])[] = []
  socket: WsClient | undefined
  private messages: unknown[] = []

  constructor(private readonly url: string) {}

  /** Opens a socket, and waits for the welcome. */
  async connect(url = this.url): Promise<this> {
    this.socket = await connect(url, { protocols: this.session.offer() })
    while (!this.session.isOpen) await this.read()
    this.flush()
    return this
  }

  send(...messages: string[]): this {
    for (const message of messages) this.session.send(message)
    return this.flush()
  }

  /** The next message of the flow. */
  async next(): Promise<unknown> {
    while (this.messages.length === 0) await this.read()
    return this.messages.shift()
  }

  async take(count: number): Promise<unknown[]> {
    return Array.fromAsync({ length: count }, () => this.next())
  }

  /** Cuts the TCP connection. */
  drop(): this {
    this.socket?.socket.terminate()
    return this
  }

  private flush(): this {
    for (const frame of this.session.flush()) this.socket?.send(frame)
    return this
  }

  private async read(): Promise<void> {
    const frame = await this.socket?.next()
    if (frame === undefined) throw new Error("There is no socket")
    const arrival = this.session.receive(frame as Data)
    if (!arrival) throw new FrameError(`The session does not take ${frame}`)
    if (arrival.resync) this.resyncs.push(arrival.resync)
    this.messages.push(...arrival.messages)
    this.flush()
  }
}
