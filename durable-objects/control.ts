import { Flow, Message, messages, Sink, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"

/** Tells every client with which code and reason the others leave. */
export class Control extends FlowObject {
  private readonly departures = this.hub<Message>("departures")

  protected accept() {
    const watch = Sink.forEach((message: Message) => {
      if (message.type !== "close") return
      const { code, reason } = message
      this.departures.publish(Message.text(JSON.stringify({ left: { code, reason } })))
    })
    return webSocket.endpoint(messages, Flow.fromSinkAndSource(watch, this.departures.source()))
  }
}
