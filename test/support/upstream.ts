import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { onTestFinished } from "vitest"
import { type WebSocket, WebSocketServer } from "ws"

/** A WebSocket server on a free port, for as long as the test lasts. It echoes, and closes by command: `close 4001 why`. */
export class Upstream {
  /** The sockets, in the order in which they were opened. */
  readonly sockets: WebSocket[] = []
  /** The first messages of the sockets. */
  readonly closes: Promise<{ code: number; reason: string }>[] = []
  /** How many handshakes it has received, refused ones included. */
  attempts = 0
  isDown = false
  private readonly server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    verifyClient: () => {
      this.attempts++
      return !this.isDown
    },
  })

  static async start(): Promise<Upstream> {
    const upstream = new Upstream()
    await once(upstream.server, "listening")
    onTestFinished(() => {
      for (const socket of upstream.sockets) socket.terminate()
      upstream.server.close()
    })
    return upstream
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  private constructor() {
    this.server.on("connection", (socket) => {
      this.sockets.push(socket)
      this.closes.push(
        new Promise((resolve) => socket.once("close", (code, reason) => resolve({ code, reason: `${reason}` }))),
      )
      socket.on("message", (data) => {
        const [, code, reason] = /^close (\d+) ?(.*)$/.exec(String(data)) ?? []
        if (code) socket.close(Number(code), reason)
        else if (String(data) === "drop") socket.terminate()
        else socket.send(`echo: ${data}`)
      })
    })
  }
}
