import type { DialedSocket, UpgradeFetch } from "../../src/socket/dial.ts"
import { type CloseFrame, closed } from "./client.ts"
import type { MemoryObject, MemorySocket } from "./memory-object.ts"

type Listener = (event: never) => void

/** The client's end of a socket of an object in memory. Each frame arrives in a turn of its own, as in the runtime. */
class ObjectSocketEnd implements DialedSocket {
  binaryType = ""
  private isOver = false
  private readonly listeners: [type: string, listener: Listener][] = []

  constructor(
    private readonly object: MemoryObject,
    private readonly server: MemorySocket,
  ) {}

  addEventListener(type: never, listener: never): void {
    this.listeners.push([type, listener])
  }

  accept(): void {
    for (const frame of this.server.received.splice(0)) this.deliver(frame)
    this.server.deliver = (frame) => this.deliver(frame)
  }

  send(data: string): void {
    this.later(() => this.object.send(this.server, data))
  }

  close(code = 1005, reason = ""): void {
    this.later(() => {
      this.isOver = true
      this.object.close(this.server, code, reason)
    })
  }

  /** The connection is lost; its client is gone, too, or sees the end. */
  lose(isClientGone: boolean): void {
    if (this.isOver) return
    this.isOver = true
    this.object.drop(this.server)
    if (!isClientGone) this.emit("close", { code: 1006, reason: "", wasClean: false })
  }

  private deliver(frame: string | Uint8Array | CloseFrame): void {
    this.later(() => {
      if (typeof frame === "string") this.emit("message", { data: frame })
      else if ("close" in frame)
        this.emit("close", { ...closed(), code: frame.close ?? 1005, reason: frame.reason, wasClean: true })
    })
  }

  private later(effect: () => void): void {
    queueMicrotask(() => {
      if (!this.isOver) effect()
    })
  }

  private emit(type: string, event: object): void {
    for (const [of, listener] of this.listeners) if (of === type) listener(event as never)
  }
}

/** An object as the upstream of another one, which opens its sockets by `fetch`. */
export class ObjectUpstream {
  readonly sockets: ObjectSocketEnd[] = []

  constructor(private readonly object: MemoryObject) {}

  readonly fetch: UpgradeFetch = async () => {
    const socket = new ObjectSocketEnd(this.object, await this.object.connect({}))
    this.sockets.push(socket)
    return { status: 101, webSocket: socket }
  }

  /** All connections are lost. */
  lose(isClientGone: boolean): void {
    for (const socket of this.sockets.splice(0)) socket.lose(isClientGone)
  }
}
