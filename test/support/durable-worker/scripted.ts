import { type Endpoint, Flow, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import type { StandardSchema } from "../../../src/socket/json.ts"
import type { Snapshot } from "../../../src/stream/engine/run.ts"

/** The script of an object, which a test sets. */
export interface Script {
  accept?(scope: ConnectionContext): Endpoint | Response
  migrate?(snapshot: Snapshot, from: string, to: string): Snapshot | undefined
  dataSchema?: StandardSchema<unknown, unknown>
  /** A return value of `accept` against its type, as from JavaScript. */
  returns?: unknown
  /** Called after the alarm of the flows. */
  alarm?(): void
}

type Write = (tools: Scripted["tools"]) => Script

let write: Write = () => ({})

/** Objects that are constructed from now on follow this script. */
export function script(next: Write): void {
  write = next
}

/** An object whose parts the test sets. Beside the sockets of flows it accepts sockets of its own, at `/mine`. */
export class Scripted extends FlowObject {
  /** The protected members, which a subclass may use. */
  readonly tools = {
    ctx: this.ctx,
    cell: this.cell.bind(this),
    hub: this.hub.bind(this),
    share: this.share.bind(this),
    actor: this.actor.bind(this),
    now: this.now.bind(this),
    destroy: this.destroy.bind(this),
    connections: this.connections,
  }
  private readonly script = write(this.tools)
  protected override readonly dataSchema = this.script.dataSchema

  protected accept(scope: ConnectionContext): Endpoint | Response {
    if ("returns" in this.script) return this.script.returns as Response
    return this.script.accept?.(scope) ?? webSocket.endpoint(text, Flow.of<string>())
  }

  protected override migrate(snapshot: Snapshot, from: string, to: string): Snapshot | undefined {
    return this.script.migrate?.(snapshot, from, to)
  }

  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== "/mine") return super.fetch(request)
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, ["mine"])
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    super.webSocketMessage(socket, message)
    if (this.isMine(socket)) socket.send(`mine: ${message}`)
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string, wasClean: boolean): void {
    super.webSocketClose(socket, code, reason, wasClean)
    if (code === 4000) socket.close(4001, "closed by the author")
  }

  /** An accept without the info, as authors may write it. */
  override alarm(): void {
    super.alarm()
    this.script.alarm?.()
  }

  private isMine(socket: WebSocket): boolean {
    return this.ctx.getTags(socket).includes("mine")
  }
}
