import { DurableObject } from "cloudflare:workers"
import crossws from "crossws/adapters/cloudflare"
import { shout } from "../workers/messages.ts"

const echo = {
  message: (peer: { send(data: string): void }, message: { text(): string }) => void peer.send(shout(message.text())),
}
const echoes = crossws({ bindingName: "EchoObject", instanceName: "echo", hooks: echo })
const here = crossws({ resolveDurableStub: () => undefined, hooks: echo })
const rooms = crossws({
  bindingName: "RoomObject",
  instanceName: "room",
  hooks: {
    open: (peer) => peer.subscribe("room"),
    message(peer, message) {
      const text = message.text()
      peer.publish("room", text)
      peer.send(text)
    },
  },
})

type Sockets = typeof echoes

abstract class CrosswsObject extends DurableObject {
  protected abstract readonly sockets: Sockets

  override fetch(request: Request) {
    return this.sockets.handleDurableUpgrade(this, request)
  }
  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer) {
    return this.sockets.handleDurableMessage(this, socket, message)
  }
  override webSocketClose(socket: WebSocket, code: number, reason: string, wasClean: boolean) {
    return this.sockets.handleDurableClose(this, socket, code, reason, wasClean)
  }
}

export class EchoObject extends CrosswsObject {
  protected readonly sockets = echoes
}

export class RoomObject extends CrosswsObject {
  protected readonly sockets = rooms
}

export default {
  fetch(request: Request, env: unknown, context: ExecutionContext) {
    const { pathname } = new URL(request.url)
    if (pathname === "/echo") return here.handleUpgrade(request, env, context)
    if (pathname === "/object") return echoes.handleUpgrade(request, env, context)
    if (pathname === "/room") return rooms.handleUpgrade(request, env, context)
    return new Response("ready")
  },
}
