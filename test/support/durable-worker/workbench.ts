import { DurableObject } from "cloudflare:workers"

/** An object that does as little as possible, for tests of the runtime and of its stand-in. */
export class Workbench extends DurableObject {
  /** In memory only. */
  count = 0
  /** The results of `getAlarm` while the alarm fired. */
  alarms: (number | null)[] = []

  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, ["all", crypto.randomUUID()])
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    if (message === "bye") socket.close(4000, "bye")
    else socket.send(message)
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string, wasClean: boolean): void {
    // In workerd a test can drop a connection only by a close, whose event comes second.
    if (!this.ctx.storage.kv.get("closed")) this.ctx.storage.kv.put("closed", [code, reason, wasClean])
    if (code === 1005) socket.close()
    else if (code !== 1006) socket.close(code, reason)
  }

  override async alarm(): Promise<void> {
    this.ctx.storage.kv.put("rang", Date.now())
    this.alarms.push(await this.ctx.storage.getAlarm())
  }
}
