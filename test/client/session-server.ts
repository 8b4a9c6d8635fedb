import type { FakeSocket } from "./fake-socket.ts"

/** A server with the session of one client, which it loses when it restarts. */
export class SessionServer {
  /** The messages of the client, by session. */
  readonly handled: string[][] = []
  /** The messages to the client, by session. */
  readonly sent: string[][] = []
  /** How many frames of each socket were handled. */
  private readonly frames = new Map<FakeSocket, number>()

  open(socket: FakeSocket): void {
    const [, id, received] = /sluice\.at\.s(\d+)\.(\d+)/.exec(String(socket.protocols)) ?? []
    const isKept = id !== undefined && Number(id) === this.handled.length
    if (!isKept) this.restart()
    const after = isKept ? Number(received) : 0
    const welcome = ["hi", `s${this.handled.length}`, this.newest(this.handled).length, isKept, after + 1]
    socket.open("sluice.1").receive(JSON.stringify([welcome]))
    this.frames.set(socket, 0)
    for (const message of this.newest(this.sent).slice(after)) this.write(socket, message)
  }

  /** Forgets the session. */
  restart(): void {
    this.handled.push([])
    this.sent.push([])
  }

  send(socket: FakeSocket): void {
    const sent = this.newest(this.sent)
    const message = `${this.sent.length}.${sent.length}`
    sent.push(message)
    this.write(socket, message)
  }

  /** Takes what the client has sent, and acknowledges it. */
  handle(socket: FakeSocket): void {
    const taken = this.frames.get(socket)
    if (taken === undefined) return
    const frames = socket.sent.slice(taken).map((frame) => JSON.parse(String(frame)) as [number, ...string[]])
    this.frames.set(socket, socket.sent.length)
    this.newest(this.handled).push(...frames.flatMap(([, ...messages]) => messages))
    this.write(socket)
  }

  private write(socket: FakeSocket, ...messages: string[]): void {
    socket.receive(JSON.stringify([this.newest(this.handled).length, ...messages]))
  }

  private newest(sessions: string[][]): string[] {
    return sessions.at(-1) ?? []
  }
}
