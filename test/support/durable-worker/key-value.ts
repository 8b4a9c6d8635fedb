import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"

/** A class that is bound without SQLite. */
export class KeyValue extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>())
  }
}
