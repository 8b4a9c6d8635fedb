import { type ConnectOptions, connect } from "sluice/client"
import { protocol } from "sluice/protocol"
import { InEvent, OutEvent } from "../workers/messages.ts"
import type { Handler } from "./work.ts"

const address = protocol("/model", { receives: OutEvent, sends: InEvent })

/** A page's WebSocket, whose server is the caller of `receive`. */
class FakePageSocket {
  static made: FakePageSocket | undefined
  binaryType = ""
  readonly readyState = 1
  private readonly listeners = new Map<string, (event: never) => void>()

  constructor(
    _url: string,
    readonly protocol = "",
  ) {
    FakePageSocket.made = this
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.set(type, listener)
  }

  receive(data: string): void {
    this.listeners.get("message")?.({ data } as never)
  }

  open(): void {
    this.listeners.get("open")?.({} as never)
  }

  send(): void {}
  close(): void {}
}

/** Typed JSON that a page receives. */
export function received(resume?: ConnectOptions["resume"]): Handler<string> {
  return async (emit) => {
    const WebSocket = class extends FakePageSocket {
      constructor(url: string, [protocol]: string[] = []) {
        super(url, protocol)
      }
    }
    const client = connect(address, {}, { base: "http://localhost", WebSocket, resume })
    client.on("message", ({ foo }) => emit(foo))
    await new Promise((resolve) => setImmediate(resolve))
    const socket = FakePageSocket.made
    if (!socket) throw new Error("The client has made no socket")
    socket.open()
    if (!resume) return (data) => socket.receive(data)
    socket.receive('[["hi","session",0,false,1]]')
    return (data) => socket.receive(`[0,${data}]`)
  }
}
