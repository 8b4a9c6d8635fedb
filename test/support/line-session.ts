import { ClientSession } from "../../src/session/client-session.ts"
import { type CloseFrame, closed } from "./client.ts"
import type { Line } from "./dial.ts"
import type { TestObject } from "./test-object.ts"

/** A client within workerd with `sluice.1`, which uses many sockets one after the other. */
export class LineSession {
  readonly session = new ClientSession("text")
  resyncs = 0
  line!: Line
  private readonly messages: (string | CloseFrame)[] = []

  constructor(
    private readonly object: TestObject,
    private readonly path: string,
  ) {}

  /** Opens a socket, and waits for the welcome. */
  async connect(path = this.path): Promise<this> {
    this.line = await this.object.dial(path, { "Sec-WebSocket-Protocol": this.session.offer().join(", ") })
    while (!this.session.isOpen) await this.read()
    return this.flush()
  }

  send(...messages: string[]): this {
    for (const message of messages) this.session.send(message)
    return this.flush()
  }

  /** The next messages of the flow, and its close. */
  async next(count = 1): Promise<(string | CloseFrame)[]> {
    while (this.messages.length < count) await this.read()
    return this.messages.splice(0, count)
  }

  private flush(): this {
    for (const frame of this.session.flush()) this.line.send(frame)
    return this
  }

  private async read(): Promise<void> {
    const [frame = ""] = await this.line.next()

    if (typeof frame === "object" && !(frame instanceof Uint8Array)) {
      this.messages.push(frame)
      return
    }
    const arrival = this.session.receive(frame)
    if (!arrival) throw new Error(`The session does not take ${frame}`)
    if (arrival.resync) this.resyncs++
    this.messages.push(...arrival.messages.map(String))
    this.flush()
  }
}

/** The close of a client that leaves its session for a while, which its object treats as a lost socket. */
export async function leave({ line }: LineSession): Promise<void> {
  line.close(4408)
  let [frame] = await line.next()
  while (JSON.stringify(frame) !== JSON.stringify(closed(4408))) [frame] = await line.next()
}
