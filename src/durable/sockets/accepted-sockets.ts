import type { AutoResponse } from "../../socket/endpoint.ts"

/** The tag of every socket that has a flow. Sockets without it are the author's. */
const tag = "sluice"

/** The sockets that an object has accepted for flows. The runtime keeps them while the object hibernates. */
export class AcceptedSockets {
  private count: number | undefined
  /** Sockets that were closing at the time of counting, so that their release does not count. */
  private uncounted = new WeakSet<WebSocket>()
  /** The text that this instance of the object has set. */
  private answer: AutoResponse | undefined

  constructor(private readonly ctx: DurableObjectState) {}

  /** How many are open. Kept as a number, because the runtime would make a list of all sockets for each new one. */
  get size(): number {
    this.count ??= this.counted()
    return this.count
  }

  all(): WebSocket[] {
    return this.ctx.getWebSockets(tag)
  }

  /** The socket of a connection. */
  byId(id: string): WebSocket | undefined {
    return this.ctx.getWebSockets(tagOf(id))[0]
  }

  /** Whether a socket was accepted for a flow; `undefined` for a vanished socket, whose tags the runtime does not return. */
  has(socket: WebSocket): boolean | undefined {
    try {
      return this.ctx.getTags(socket).includes(tag)
    } catch {
      return undefined
    }
  }

  accept(socket: WebSocket, id: string): void {
    const { size } = this
    this.ctx.acceptWebSocket(socket, [tag, tagOf(id)])
    this.count = size + 1
  }

  /** A connection is over. Its socket is closing, so the count that is made later leaves it out. */
  release(socket: WebSocket): void {
    if (this.count !== undefined && !this.uncounted.has(socket)) this.count--
  }

  /**
   * Sets the text that the runtime answers. The runtime has one for all sockets of an object. A new release replaces it; a second
   * text in the same instance is an `Error`.
   */
  setAutoResponse({ request, response }: AutoResponse): void {
    if (this.answer && (this.answer.request !== request || this.answer.response !== response)) {
      throw new Error(
        `All endpoints of an object have one autoResponse, and that is "${this.answer.request}", not "${request}": ` +
          "give every endpoint of the class the same",
      )
    }
    if (this.answer) return
    this.answer = { request, response }
    const known = this.ctx.getWebSocketAutoResponse()
    if (known?.request === request && known.response === response) return
    this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(request, response))
  }

  /** When the runtime last answered the text on a socket, in milliseconds; 0 for never. */
  answeredAt(socket: WebSocket): number {
    return this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0
  }

  private counted(): number {
    const sockets = this.all()
    const closing = sockets.filter(({ readyState }) => readyState !== WebSocket.OPEN)
    this.uncounted = new WeakSet(closing)
    return sockets.length - closing.length
  }
}

/** The tag by which the socket of a connection is found. */
function tagOf(id: string): string {
  return `${tag}:${id}`
}
