import { Flow, Message, messages, Sink, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"

/** Sends every client the close code and the reason of each other client that closes. */
export class Control extends FlowObject {
  private readonly departures = this.hub<Message>("departures")

  protected accept() {
    const onClose = Sink.forEach((message: Message) => {
      if (message.type !== "close") return
      const { code, reason } = message
      this.departures.publish(Message.text(JSON.stringify({ left: { code, reason } })))
    })
    return webSocket.endpoint(messages, Flow.fromSinkAndSource(onClose, this.departures.source()))
  }
}
