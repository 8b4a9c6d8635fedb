import { DurableObject } from "cloudflare:workers"
import { shout } from "../messages.ts"

export class EchoObject extends DurableObject {
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    if (typeof message === "string") socket.send(shout(message))
    else socket.close(1003, "Text only")
  }
}

export default {
  fetch(request: Request, env: { EchoObject: DurableObjectNamespace }) {
    if (new URL(request.url).pathname !== "/object") return new Response("ready")
    return env.EchoObject.getByName("it").fetch(request)
  },
}
