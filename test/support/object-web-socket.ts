import { FakeSocket } from "../client/fake-socket.ts"
import type { MemoryObject, MemorySocket } from "./memory-object.ts"

/** The sockets of handshakes that were not refused. */
const taken = new WeakSet<MemorySocket>()

/** A WebSocket to an object in memory. Each frame arrives in a turn of its own. */
export class ObjectWebSocket extends FakeSocket {
  private server: MemorySocket | undefined

  constructor(
    private readonly object: MemoryObject,
    data: unknown,
    url: string,
    protocols: readonly string[],
  ) {
    super(url, protocols)
    void this.dial(data, protocols)
  }

  override send(data: unknown): void {
    const { server, object } = this
    const copy = data instanceof Uint8Array ? Uint8Array.from(data).buffer : (data as string)
    queueMicrotask(() => server && this.readyState < 3 && object.send(server, copy))
  }

  override close(code = 1005, reason = ""): void {
    if (this.readyState >= 2) return
    this.readyState = 2
    queueMicrotask(() => this.server && this.object.close(this.server, code, reason))
  }

  /** The connection is lost. Both ends may notice it, or one of them. */
  lose(by: "both" | "client" | "object"): void {
    const { server } = this
    this.server = undefined
    if (by !== "client" && server) this.object.drop(server)
    if (server) server.deliver = () => {}
    if (by !== "object" && this.readyState < 3) this.end(1006)
  }

  private async dial(data: unknown, protocols: readonly string[]): Promise<void> {
    const server: MemorySocket | undefined = await this.object.connect(data, {
      "Sec-WebSocket-Protocol": protocols.join(", "),
    })
    // The object has no socket, or its newest is another one.
    if (!server || taken.has(server)) this.end(1006)
    if (!server || this.readyState !== 0) return
    taken.add(server)
    this.server = server
    this.open("sluice.1")
    for (const frame of server.received.splice(0)) this.deliver(frame)
    server.deliver = (frame) => this.deliver(frame)
  }

  private deliver(frame: MemorySocket["received"][number]): void {
    queueMicrotask(() => {
      if (this.readyState === 3) return
      if (typeof frame === "object" && "close" in frame) {
        if (this.server) this.object.answer(this.server, 1000)
        this.end(frame.close ?? 1005, frame.reason)
      } else this.receive(typeof frame === "string" ? frame : Uint8Array.from(frame).buffer)
    })
  }
}
