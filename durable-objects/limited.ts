import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"

/** Echoes within limits. The runtime answers `ping` without waking the object. */
export class Limited extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>(), {
      limits: { maxMessageSize: 1024, messagesPerSecond: 20 },
      autoResponse: { request: "ping", response: "pong" },
    })
  }
}
