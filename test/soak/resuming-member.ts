import { WebSocket } from "ws"
import { type Client, connect, resume } from "../../src/client.ts"
import type { ChatEvent } from "../../src/examples/chat.ts"
import { json } from "../../src/index.ts"
import { protocol } from "../../src/protocol.ts"
import { RoomMember, saying } from "./room-member.ts"

const address = protocol("/rooms/:room", { receives: json(), sends: json() })

/** A member with the client of the package. Its session outlives its sockets: it must miss no message, and get none twice. */
export class ResumingMember extends RoomMember {
  private readonly room: URL
  private client: Client<unknown, unknown, Record<never, never>> | undefined
  private socket: WebSocket | undefined
  private isLeaving = false

  constructor(url: string, name: string) {
    super(name)
    this.room = new URL(url)
  }

  join(): Promise<void> {
    const onSocket = (socket: WebSocket) => {
      this.socket = socket
    }
    class Socket extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(`${url}?name=${name}`, protocols, { perMessageDeflate: false })
        onSocket(this)
      }
    }
    const { name, room } = this
    const values = { room: room.pathname.split("/").at(-1) ?? "" }
    const client = connect(address, values, { base: room.origin, resume, WebSocket: Socket })
    this.client = client
    client.on("resync", ({ unconfirmed }) => this.report(`has lost its session, with ${unconfirmed.length} messages`))
    return new Promise((resolve) => {
      client.on("message", (event) => {
        this.receive(event as ChatEvent)
        if (this.hasJoined) resolve()
      })
      void client.closed.then(({ code }) => {
        if (!this.isLeaving) this.report(`closed with ${code} after message ${this.seq}`)
        resolve()
      })
    })
  }

  say(padding = ""): void {
    // A client that is closed reports its close.
    this.client?.send(saying(padding)).catch(() => {})
  }

  /** Cuts the connection. The client reconnects by itself. */
  drop(): void {
    this.socket?.terminate()
  }

  async leave(): Promise<void> {
    this.isLeaving = true
    this.client?.close()
    await this.client?.closed
  }
}
