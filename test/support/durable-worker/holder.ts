import { DurableObject, exports } from "cloudflare:workers"

/** Holds clients' ends of sockets. When the object is destroyed, its sockets disappear without a close. */
export class Holder extends DurableObject {
  private readonly held: { socket: WebSocket; received: string[] }[] = []

  /** Opens a socket. Returns its number, which identifies it from now on. */
  async dial(path: string, protocols: readonly string[] = []): Promise<number> {
    const url = `https://example.com${path}`
    const headers = new Headers({ Upgrade: "websocket" })
    if (protocols.length > 0) headers.set("Sec-WebSocket-Protocol", protocols.join(", "))
    const { webSocket, status } = await exports.default.fetch(url, { headers })
    if (!webSocket) throw new Error(`${path} answered ${status}`)
    const received: string[] = []
    webSocket.addEventListener("message", ({ data }) => void received.push(String(data)))
    webSocket.accept()
    return this.held.push({ socket: webSocket, received }) - 1
  }

  send(socket: number, text: string): void {
    this.held[socket]?.socket.send(text)
  }

  /** The messages that a socket has received by now. */
  take(socket: number): string[] {
    return this.held[socket]?.received.splice(0) ?? []
  }

  close(): void {
    for (const { socket } of this.held.splice(0)) socket.close(1000)
  }

  vanish(): void {
    this.ctx.abort("The clients are gone, as the test wants it")
  }
}
