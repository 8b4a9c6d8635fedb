import { WebSocket } from "ws"
import type { Histogram } from "./histogram.ts"
import { RoomMember, saying } from "./room-member.ts"

/** The close code of a client that is too slow. */
const tooSlow = 1013

/** A member with a bare WebSocket. */
export class Member extends RoomMember {
  /** Whether the room has closed it because it read too slowly. */
  wasTooSlow = false
  private readonly url: string
  private socket: WebSocket | undefined
  private isLeaving = false

  constructor(url: string, name: string, latencies?: Histogram) {
    super(name, latencies)
    this.url = `${url}?name=${name}`
  }

  join(): Promise<void> {
    const socket = new WebSocket(this.url, { perMessageDeflate: false, skipUTF8Validation: true })
    this.socket = socket
    return new Promise((resolve) => {
      socket.on("message", (data) => {
        this.receive(JSON.parse(String(data)))
        if (this.hasJoined) resolve()
      })
      socket.on("error", ({ message }) => this.report(message))
      socket.on("close", (code) => {
        this.wasTooSlow = code === tooSlow && !this.isPunctual
        if (!this.isLeaving && !this.wasTooSlow) this.report(`closed with ${code} after message ${this.seq}`)
        resolve()
      })
    })
  }

  say(padding = ""): void {
    this.socket?.send(JSON.stringify(saying(padding)))
  }

  /** Stops reading from the socket. */
  pause(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.pause()
  }

  resume(): void {
    this.socket?.resume()
  }

  async leave(how: "close" | "terminate"): Promise<void> {
    this.isLeaving = true
    if (!this.socket || this.socket.readyState === WebSocket.CLOSED) return
    const closed = new Promise((resolve) => this.socket?.once("close", resolve))
    this.resume()
    if (how === "close") this.socket.close(1000)
    else this.socket.terminate()
    await closed
  }
}
