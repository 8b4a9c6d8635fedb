import type { ChatEvent } from "../../src/examples/chat.ts"
import type { Histogram } from "./histogram.ts"
import { Received } from "./received.ts"

/** The names of visitors begin with it. */
export const visitor = "visitor"

/** A member of a room: checks that messages arrive once and in order, and counts the visitors that join and leave. */
export abstract class RoomMember {
  readonly visitors = { joined: 0, left: 0 }
  readonly findings: string[] = []
  protected readonly name: string
  protected hasJoined = false
  private readonly latencies: Histogram | undefined
  private readonly received = new Received()

  /** @param latencies the counter of latencies; left out for a member that may be late */
  constructor(name: string, latencies?: Histogram) {
    this.name = name
    this.latencies = latencies
  }

  /** Resolves when it has joined, or was rejected. */
  abstract join(): Promise<void>
  /** Sends the time, followed by padding. */
  abstract say(padding?: string): void
  /** Resolves when the socket is closed, with a close frame or without. */
  abstract leave(how: "close" | "terminate"): Promise<void>

  /** The number of the last message. */
  get seq(): number {
    return this.received.last
  }

  protected get isPunctual(): boolean {
    return this.latencies !== undefined
  }

  protected receive(event: ChatEvent): void {
    if (event.type === "said") this.check(event.seq, Number.parseFloat(event.text))
    else if (event.name === this.name) this.hasJoined = true
    else if (event.name.startsWith(visitor)) this.visitors[event.type]++
  }

  protected report(finding: string): void {
    this.findings.push(`${this.name}: ${finding}`)
  }

  private check(seq: number, saidAt: number): void {
    const finding = this.received.add(seq)
    if (finding) this.report(finding)
    if (this.hasJoined) this.latencies?.add(performance.now() - saidAt)
  }
}

/** The text of a message: the time, followed by padding. */
export function saying(padding: string): { type: "say"; text: string } {
  return { type: "say", text: `${performance.now()} ${padding}`.trim() }
}
