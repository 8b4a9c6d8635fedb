import { Flow, Sink, text, webSocket } from "sluice"
import { type ConnectionFacts, FlowObject } from "sluice/durable"

export class Bench extends FlowObject {
  accept({ params }: ConnectionFacts) {
    return webSocket.flow(text, Flow.of<string>().scan(0, (n) => n + 1).map(String))
  }
}
