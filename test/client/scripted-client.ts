import { text } from "sluice"
import { type Client, connect, resume } from "sluice/client"
import { protocol } from "sluice/protocol"
import { expect, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { type FakeSocket, fakeSockets } from "./fake-socket.ts"
import type { SessionServer } from "./session-server.ts"

const echo = protocol("/echo", { receives: text, sends: text })

/** What the first listener of a type does to the client that calls it. */
export type Reaction = "nothing" | "send" | "close"
export type Reactions = Record<"status" | "message" | "close" | "error", Reaction>

export type Step =
  | { do: "send" | "close" | "open" | "message" | "handle" | "restart" | "hide" | "show" | "address" | "no address" }
  | { do: "end"; code: number }
  | { do: "wait"; time: number }

/** A client in a page, whose page, time, sockets and server are the test's. */
export class ScriptedClient {
  readonly client: Client<string, string, Record<never, never>>
  private readonly page = new EventTarget()
  private readonly clock = new TestClock()
  private readonly sockets = fakeSockets()
  /** The addresses for which the client waits. */
  private readonly addresses: { resolve(url: string): void; reject(error: Error): void }[] = []
  private readonly statuses: string[] = ["connecting"]
  private readonly received: string[] = []
  private readonly resolved: string[] = []
  private readonly rejected: string[] = []
  private sent = 0
  private isLeft = false
  private isClosing = false
  private isClosed = false

  /** @param server that of a client with `resume` */
  constructor(
    private readonly reactions: Reactions,
    isAddressLate: boolean,
    private readonly server?: SessionServer,
  ) {
    vi.stubGlobal("addEventListener", this.page.addEventListener.bind(this.page))
    const late = () => new Promise<string>((resolve, reject) => this.addresses.push({ resolve, reject }))
    this.client = connect(
      echo,
      {},
      {
        base: isAddressLate ? late : "https://example.com",
        WebSocket: this.sockets.WebSocket,
        clock: this.clock,
        random: () => 0.5,
        bufferSize: 3,
        ...(server && { resume }),
      },
    )
    this.client.on("status", (status) => {
      this.statuses.push(status)
      this.react("status")
    })
    this.client.on("message", (message) => {
      this.received.push(message)
      this.react("message")
    })
    this.client.on("close", () => this.react("close"))
    this.client.on("error", () => this.react("error"))
    void this.client.closed.then(() => (this.isClosed = true))
  }

  async take(step: Step): Promise<void> {
    const socket = this.sockets.made.at(-1)
    if (step.do === "send") this.send()
    if (step.do === "close") this.close()
    if (step.do === "wait") this.clock.advance(step.time)
    if (step.do === "hide" || step.do === "show") this.turn(step.do)
    if (step.do === "address") this.addresses.shift()?.resolve("https://example.com")
    if (step.do === "no address") this.addresses.shift()?.reject(new Error("No token"))
    if (socket && socket.readyState < 3) this.serve(socket, step)
    await settled()
    this.check()
  }

  /** Ends the client, and each socket. */
  async finish(): Promise<void> {
    this.close()
    for (const socket of this.sockets.made) if (socket.readyState < 3) socket.end(1006)
    await settled()
    for (const { resolve } of this.addresses) resolve("https://example.com")
    await settled()
    this.clock.advance(60_000)
    await settled()
    this.check()
  }

  private serve(socket: FakeSocket, step: Step): void {
    const { server } = this
    if (step.do === "end") socket.end(step.code)
    if (step.do === "open" && socket.readyState === 0) server ? server.open(socket) : socket.open()
    if (step.do === "message" && socket.readyState === 1) server ? server.send(socket) : socket.receive("hello")
    if (step.do === "handle" && socket.readyState === 1) server?.handle(socket)
    if (step.do === "restart") {
      server?.restart()
      socket.end(1012)
    }
  }

  private react(to: keyof Reactions): void {
    const reaction = this.reactions[to]
    this.reactions[to] = "nothing"
    if (reaction === "send") this.send()
    if (reaction === "close") this.close()
  }

  private send(): void {
    const message = `${++this.sent}`
    this.client.send(message).then(
      () => this.resolved.push(message),
      () => this.rejected.push(message),
    )
  }

  private close(): void {
    this.isClosing = true
    this.client.close()
  }

  private turn(to: "hide" | "show"): void {
    this.isLeft = to === "hide"
    const event = new Event(this.isLeft ? "pagehide" : "pageshow")
    this.page.dispatchEvent(Object.assign(event, { persisted: true }))
  }

  private check(): void {
    const { client, clock, statuses } = this
    const used = this.sockets.made.filter(({ readyState, closedWith }) => readyState < 2 && !closedWith)
    expect(used.length).toBeLessThanOrEqual(1)
    if (this.isLeft) expect(used).toEqual([])
    expect(statuses.filter((status, index) => status === statuses[index - 1])).toEqual([])
    expect(statuses.at(-1)).toBe(client.status)
    expect(this.isClosed).toBe(client.status === "closed")
    if (client.status === "closed") {
      expect([used.length, clock.pending]).toEqual([0, 0])
      expect(this.resolved.length + this.rejected.length).toBe(this.sent)
    } else if (!this.isClosing && !this.isLeft) {
      expect(used.length + clock.pending).toBeGreaterThan(0)
    }
    this.server ? this.checkSessions(this.server) : this.checkFrames()
  }

  private checkFrames(): void {
    expect(this.sockets.made.flatMap(({ sent }) => sent)).toEqual(this.resolved)
  }

  private checkSessions({ handled, sent }: SessionServer): void {
    const messages = handled.flat()
    expect(messages).toEqual(messages.toSorted((a, b) => Number(a) - Number(b)))
    expect(new Set(messages).size).toBe(messages.length)
    expect(this.resolved.filter((message) => !messages.includes(message))).toEqual([])
    for (const [index, session] of sent.entries()) {
      const received = this.received.filter((message) => message.startsWith(`${index + 1}.`))
      expect(received).toEqual(session.slice(0, received.length))
    }
  }
}
