import { CloseError, Flow, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { chat } from "./protocol.ts"

/** A room: a member's messages go to all members. It hibernates between messages. */
export class Room extends FlowObject<unknown, { name: string }> {
  private readonly said = this.hub<{ name: string; text: string; at: number }>("said")

  protected accept({ data: { name } }: ConnectionInfo<{ name: string }>) {
    const sayings = Flow.of<{ text: string }>().map(({ text }) => {
      if (text === "/kick me") throw CloseError.of(chat, 4001)
      return { name, text, at: this.now() }
    })
    return webSocket.endpoint(chat, Flow.fromSinkAndSource(sayings.to(this.said.sink()), this.said.source()))
  }
}
