import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { type WebSocket, WebSocketServer } from "ws"

/** A server of an empty page with a script, and of WebSockets. */
export class PageServer {
  /** The sockets that are open. */
  readonly sockets = new Set<WebSocket>()
  /** How many handshakes have begun. */
  handshakes = 0
  /** Whether a handshake gets an answer. */
  answers: (handshake: number) => boolean = () => true
  /** A connection is open. */
  onSocket: (socket: WebSocket, request: IncomingMessage) => void = () => {}
  /** A client drops a handshake that has no answer. */
  onAbandoned: () => void = () => {}
  url = ""
  private readonly endpoints = new WebSocketServer({ noServer: true })
  private readonly server = createServer((request, response) => {
    const isScript = request.url === "/page.js"
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html")
    response.end(isScript ? this.script : '<!doctype html><main></main><script type="module" src="/page.js"></script>')
  })

  private constructor(private readonly script: string) {
    this.server.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head))
    this.endpoints.on("connection", (socket, request) => {
      this.sockets.add(socket)
      socket.on("close", () => this.sockets.delete(socket))
      this.onSocket(socket, request)
    })
  }

  static async start(script = ""): Promise<PageServer> {
    const page = new PageServer(script)
    await new Promise<void>((resolve) => page.server.listen(0, "127.0.0.1", resolve))
    page.url = `http://127.0.0.1:${(page.server.address() as AddressInfo).port}`
    return page
  }

  stop(): void {
    for (const socket of this.sockets) socket.terminate()
    this.server.closeAllConnections()
    this.server.close()
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.answers(++this.handshakes)) {
      this.endpoints.handleUpgrade(request, socket, head, (open) => {
        this.endpoints.emit("connection", open, request)
      })
      return
    }
    // The sockets of a server stay half open.
    socket.on("end", () => socket.destroy())
    socket.on("error", () => {})
    socket.on("close", () => this.onAbandoned())
    socket.resume()
  }
}
