import type { KeepAlive } from "../socket/endpoint.ts"

/** The sockets that an object has accepted: the runtime keeps them, while the object sleeps too. */
export class AcceptedSockets {
  constructor(private readonly ctx: DurableObjectState) {}

  all(): WebSocket[] {
    return this.ctx.getWebSockets()
  }

  /** The socket of a connection. */
  byId(id: string): WebSocket | undefined {
    return this.ctx.getWebSockets(tagOf(id))[0]
  }

  accept(socket: WebSocket, id: string): void {
    this.ctx.acceptWebSocket(socket, [tagOf(id)])
  }

  /** The runtime has one keep-alive text for all sockets of an object; an error where it has another one already. */
  answer({ request, response }: KeepAlive): void {
    const known = this.ctx.getWebSocketAutoResponse()
    if (known?.request === request && known.response === response) return
    if (known && this.all().length > 0) {
      throw new Error(`An object has one keepAlive, and that is "${known.request}" already, not "${request}"`)
    }
    this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(request, response))
  }

  /** When the runtime last answered a keep-alive text of the client. */
  answeredAt(socket: WebSocket): number {
    return this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0
  }
}

/** The tag by which the socket of a connection is found. */
function tagOf(id: string): string {
  return `sluice:${id}`
}
