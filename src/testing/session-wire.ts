import { ClientSession } from "../session/client-session.ts"
import type { TextFormat } from "../session/frame.ts"
import type { Data } from "../socket/codec.ts"
import { ExpectationError } from "./errors.ts"
import { type Frame, isClose } from "./frame.ts"
import type { Wire } from "./test-client.ts"

/** The close code of a lost connection. */
const lost = 1006

/** The session of a client that speaks `sluice.1`, through one socket after the other. */
export class SessionWire implements Wire {
  private readonly session: ClientSession
  private wire: Wire | undefined
  private receive: (frame: Frame) => void = () => {}
  private isResync = false
  /** Resolves when all frames so far have been sent to the object. */
  private sending = Promise.resolve()

  /** @param dial connects another socket, which offers subprotocols */
  constructor(
    private readonly format: TextFormat,
    private readonly dial: (subprotocols: string) => Promise<Wire>,
  ) {
    this.session = new ClientSession(format)
  }

  listen(receive: (frame: Frame) => void): void {
    this.receive = receive
  }

  /** Connects another socket. Rejects with an `ExpectationError` if the object has begun a new session. */
  async resume(): Promise<void> {
    const wire = await this.dial(this.session.offer().join(", "))
    this.wire = wire
    this.isResync = false
    wire.listen((frame) => {
      if (this.wire === wire) this.take(frame)
    })
    await this.settle()
    if (this.isResync) throw new ExpectationError("The session was not resumed: the object has begun a new one")
  }

  async send(data: Data): Promise<void> {
    this.session.send(data)
    this.flush()
    await this.settle()
  }

  async close(code?: number, reason?: string): Promise<void> {
    this.session.end()
    await this.wire?.close(code, reason)
  }

  async drop(): Promise<void> {
    const { wire } = this
    this.wire = undefined
    await wire?.drop()
  }

  async settle(): Promise<void> {
    await this.sending
    await this.wire?.settle()
    await this.sending
  }

  async more(): Promise<void> {
    await this.wire?.more()
  }

  private take(frame: Frame): void {
    if (isClose(frame)) {
      this.wire = undefined
      if (frame.close !== lost) this.receive(frame)
      return
    }
    const arrival = this.session.receive(frame)
    if (!arrival) throw new ExpectationError("The object has sent a frame that contradicts the session")
    const { messages, resync } = arrival
    if (resync) this.isResync = true
    for (const message of messages) this.receive(this.format === "json" ? JSON.stringify(message) : (message as Data))
    this.flush()
  }

  private flush(): void {
    const { wire } = this
    for (const frame of this.session.flush()) {
      this.sending = this.sending.then(() => wire?.send(frame))
    }
  }
}
