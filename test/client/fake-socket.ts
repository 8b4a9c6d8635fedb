import type { WebSocketClass } from "../../src/client/options.ts"

type Event = Record<string, unknown>

/** A WebSocket whose server is the test. */
export class FakeSocket {
  binaryType = ""
  readyState = 0
  protocol = ""
  readonly sent: unknown[] = []
  /** The close of the client. */
  closedWith: unknown[] | undefined
  private readonly listeners: [type: string, listener: (event: never) => void][] = []

  constructor(
    readonly url: string,
    readonly protocols?: unknown,
  ) {}

  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.push([type, listener])
  }

  send(data: unknown): void {
    this.sent.push(data)
  }

  close(...given: unknown[]): void {
    this.readyState = 2
    this.closedWith = given
  }

  /** @param protocol the subprotocol that the server selects */
  open(protocol = ""): this {
    this.protocol = protocol
    this.readyState = 1
    return this.emit("open", {})
  }

  receive(data: unknown): this {
    return this.emit("message", { data })
  }

  end(code: number, reason = ""): this {
    this.readyState = 3
    return this.emit("close", { code, reason, wasClean: code !== 1006 })
  }

  private emit(type: string, event: Event): this {
    for (const [of, listener] of this.listeners) if (of === type) listener(event as never)
    return this
  }
}

/** A class of sockets, and those that were made of it. */
export function fakeSockets(): { WebSocket: WebSocketClass; made: FakeSocket[] } {
  const made: FakeSocket[] = []
  const WebSocket = class extends FakeSocket {
    constructor(url: string, protocols?: unknown) {
      super(url, protocols)
      made.push(this)
    }
  }
  return { WebSocket, made }
}
