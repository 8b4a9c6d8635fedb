import { on } from "node:events"
import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import { text } from "node:stream/consumers"
import { onTestFinished } from "vitest"
import { type ClientOptions, WebSocket } from "ws"

export interface ConnectOptions extends ClientOptions {
  protocols?: string[]
}

/** The response to a rejected client, instead of the 101. */
export class Rejection extends Error {
  constructor(
    readonly status: number | undefined,
    readonly headers: IncomingHttpHeaders,
    readonly body: string,
  ) {
    super(`The server answered ${status}: ${body}`)
  }
}

/** Opens a WebSocket, which lasts no longer than the test; a `Rejection` if the server refuses it. */
export async function connect(url: string, { protocols = [], ...options }: ConnectOptions = {}): Promise<WsClient> {
  const socket = new WebSocket(url, protocols, options)
  onTestFinished(() => socket.terminate())
  const client = new WsClient(socket)
  const opened = Promise.withResolvers<void>()
  socket.once("upgrade", ({ headers }) => Object.assign(client.headers, headers))
  socket.once("open", opened.resolve)
  socket.once("error", opened.reject)
  socket.once("unexpected-response", async (_, response: IncomingMessage) => {
    opened.reject(new Rejection(response.statusCode, response.headers, await text(response)))
  })
  await opened.promise
  return client
}

/** A client over `ws`. */
export class WsClient {
  /** The headers of the 101. */
  readonly headers: IncomingHttpHeaders = {}
  readonly closed: Promise<{ code: number; reason: string }>
  private readonly messages: NodeJS.AsyncIterator<unknown[]>

  constructor(readonly socket: WebSocket) {
    this.messages = on(socket, "message", { close: ["close"] })
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }))
    })
  }

  send(...messages: (string | Uint8Array)[]): this {
    for (const message of messages) this.socket.send(message)
    return this
  }

  close(code?: number, reason?: string): this {
    this.socket.close(code, reason)
    return this
  }

  /** The next message; an error if the socket is closed before there is one. */
  async next(): Promise<string | Buffer> {
    const { value, done } = await this.messages.next()
    if (done) throw new Error(`Closed instead of a message: ${JSON.stringify(await this.closed)}`)
    return decode(value)
  }

  async take(count: number): Promise<(string | Buffer)[]> {
    return Array.fromAsync({ length: count }, () => this.next())
  }

  /** All remaining messages, when the socket is closed. */
  async rest(): Promise<(string | Buffer)[]> {
    return Array.fromAsync(this.messages, decode)
  }
}

/** The arguments of the event `message` of `ws`. */
function decode(event: unknown[]): string | Buffer {
  const [data, isBinary] = event as [data: Buffer, isBinary: boolean]
  return isBinary ? data : data.toString()
}
