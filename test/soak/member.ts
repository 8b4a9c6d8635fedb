import { WebSocket } from "ws"
import type { ChatEvent } from "../../src/examples/chat.ts"
import type { Histogram } from "./histogram.ts"

/** What those are called who come and go. */
export const goer = "goer"

/** Somebody in the room, who notices what is lost, doubled or out of order. */
export class Member {
  /** The number of the last message. */
  seq = 0
  /** How often somebody who comes and goes has come, and gone. */
  readonly goers = { joined: 0, left: 0 }
  readonly complaints: string[] = []
  private readonly url: string
  private readonly name: string
  private readonly latencies: Histogram
  private socket: WebSocket | undefined
  private isThere = false
  private isLeaving = false

  constructor(url: string, name: string, latencies: Histogram) {
    this.url = `${url}?name=${name}`
    this.name = name
    this.latencies = latencies
  }

  /** Over when it is in the room, or was not let in. */
  enter(): Promise<void> {
    const socket = new WebSocket(this.url, { perMessageDeflate: false, skipUTF8Validation: true })
    this.socket = socket
    return new Promise((resolve) => {
      socket.on("message", (data) => {
        this.take(JSON.parse(String(data)))
        if (this.isThere) resolve()
      })
      socket.on("error", ({ message }) => this.complain(message))
      socket.on("close", (code) => {
        if (!this.isLeaving) this.complain(`closed with ${code} after ${this.seq}`)
        resolve()
      })
    })
  }

  say(): void {
    this.socket?.send(JSON.stringify({ type: "say", text: String(performance.now()) }))
  }

  async leave(how: "close" | "vanish"): Promise<void> {
    this.isLeaving = true
    if (!this.socket || this.socket.readyState === WebSocket.CLOSED) return
    const closed = new Promise((resolve) => this.socket?.once("close", resolve))
    if (how === "close") this.socket.close(1000)
    else this.socket.terminate()
    await closed
  }

  private take(event: ChatEvent): void {
    if (event.type === "said") this.hear(event.seq, Number(event.text))
    else if (event.name === this.name) this.isThere = true
    else if (event.name.startsWith(goer)) this.goers[event.type]++
  }

  private hear(seq: number, at: number): void {
    // The first is somewhere in the history.
    if (this.seq > 0 && seq !== this.seq + 1) this.complain(`${seq} came after ${this.seq}`)
    this.seq = seq
    if (this.isThere) this.latencies.add(performance.now() - at)
  }

  private complain(what: string): void {
    this.complaints.push(`${this.name}: ${what}`)
  }
}
