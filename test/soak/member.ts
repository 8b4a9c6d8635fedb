import { WebSocket } from "ws"
import type { ChatEvent } from "../../src/examples/chat.ts"
import type { Histogram } from "./histogram.ts"
import { Received } from "./received.ts"

/** The names of visitors begin with it. */
export const visitor = "visitor"

/** The close code of a client that is too slow. */
const tooSlow = 1013

/** A member of a room: checks that messages arrive once and in order, and counts the visitors that join and leave. */
export class Member {
  readonly visitors = { joined: 0, left: 0 }
  /** Whether the room has closed it because it read too slowly. */
  wasTooSlow = false
  readonly findings: string[] = []
  private readonly url: string
  private readonly name: string
  private readonly latencies: Histogram | undefined
  private readonly received = new Received()
  private socket: WebSocket | undefined
  private hasJoined = false
  private isLeaving = false

  /** @param latencies where latencies are counted; left out for a member that may read slowly */
  constructor(url: string, name: string, latencies?: Histogram) {
    this.url = `${url}?name=${name}`
    this.name = name
    this.latencies = latencies
  }

  /** The number of the last message. */
  get seq(): number {
    return this.received.last
  }

  /** Resolves when it has joined, or was rejected. */
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
        this.wasTooSlow = code === tooSlow && !this.latencies
        if (!this.isLeaving && !this.wasTooSlow) this.report(`closed with ${code} after message ${this.seq}`)
        resolve()
      })
    })
  }

  /** Says the time, followed by something that makes the text longer. */
  say(padding = ""): void {
    this.socket?.send(JSON.stringify({ type: "say", text: `${performance.now()} ${padding}`.trim() }))
  }

  /** Stops to read from the socket. */
  pause(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.pause()
  }

  resume(): void {
    this.socket?.resume()
  }

  /** Resolves when the socket is closed, with a close frame or without. */
  async leave(how: "close" | "terminate"): Promise<void> {
    this.isLeaving = true
    if (!this.socket || this.socket.readyState === WebSocket.CLOSED) return
    const closed = new Promise((resolve) => this.socket?.once("close", resolve))
    this.resume()
    if (how === "close") this.socket.close(1000)
    else this.socket.terminate()
    await closed
  }

  private receive(event: ChatEvent): void {
    if (event.type === "said") this.check(event.seq, Number.parseFloat(event.text))
    else if (event.name === this.name) this.hasJoined = true
    else if (event.name.startsWith(visitor)) this.visitors[event.type]++
  }

  private check(seq: number, saidAt: number): void {
    const finding = this.received.add(seq)
    if (finding) this.report(finding)
    if (this.hasJoined) this.latencies?.add(performance.now() - saidAt)
  }

  private report(finding: string): void {
    this.findings.push(`${this.name}: ${finding}`)
  }
}
