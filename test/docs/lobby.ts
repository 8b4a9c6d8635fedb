import { Flow, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"

// #region lobby
export class Lobby extends FlowObject<unknown, { user: string }> {
  protected override readonly maxConnections = 100
  private readonly lines = this.hub<string>("lines")
  private readonly banned = this.cell<string[]>("banned", [])

  protected accept({ data: { user } }: ConnectionContext<{ user: string }>) {
    if (this.banned.get().includes(user)) return new Response("Banned", { status: 403 })
    const said = Flow.of<string>().map((line) => `${user}: ${line}`)
    return webSocket.endpoint(text, Flow.fromSinkAndSource(said.to(this.lines.sink()), this.lines.source()))
  }

  /** Closes every connection of a user, and refuses new ones. */
  ban(user: string): void {
    for (const { id, data } of this.connections) {
      if (data.user === user) this.connections.close(id, 4001, "Banned")
    }
    this.banned.update((banned) => [...banned, user])
  }

  announce(line: string): void {
    this.lines.publish(line)
  }
}
// #endregion
