import type { AutoResponse } from "../../socket/endpoint.ts"

/** The tag of every socket that a flow is attached to. Sockets without it are the author's. */
const ours = "sluice"

/** The sockets that an object has accepted for flows. The runtime keeps them while the object hibernates. */
export class AcceptedSockets {
  private count: number | undefined
  /** Sockets that were closing when they were counted. */
  private uncounted = new WeakSet<WebSocket>()
  /** The text that this instance of the object has set. */
  private answer: AutoResponse | undefined

  constructor(private readonly ctx: DurableObjectState) {}

  /** How many are open. Counted, because otherwise a list of thousands of sockets is made for each that is accepted. */
  get size(): number {
    this.count ??= this.counted()
    return this.count
  }

  all(): WebSocket[] {
    return this.ctx.getWebSockets(ours)
  }

  /** The socket of a connection. */
  byId(id: string): WebSocket | undefined {
    return this.ctx.getWebSockets(tagOf(id))[0]
  }

  /** Whether a socket is ours; `undefined` for one that has vanished, whose tags the runtime does not tell. */
  has(socket: WebSocket): boolean | undefined {
    try {
      return this.ctx.getTags(socket).includes(ours)
    } catch {
      return undefined
    }
  }

  accept(socket: WebSocket, id: string): void {
    const { size } = this
    this.ctx.acceptWebSocket(socket, [ours, tagOf(id)])
    this.count = size + 1
  }

  /** A connection is over. Its socket is closing, so a list that is made later does not count it. */
  release(socket: WebSocket): void {
    if (this.count !== undefined && !this.uncounted.has(socket)) this.count--
  }

  /**
   * Sets the text that the runtime answers. There is one for all sockets of an object: that of the release that accepted the last
   * one, and an error for a second one in the same release.
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

  /** When the runtime last answered the text for a socket, in milliseconds; 0 for never. */
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
  return `${ours}:${id}`
}
