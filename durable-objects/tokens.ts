import { Flow, Source, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { answer } from "./made-up-model.ts"

/** Answers each prompt token by token. A new prompt cancels the answer before it. A lost socket and an eviction lose nothing of it. */
export class Tokens extends FlowObject {
  protected accept() {
    const answers = Flow.of<string>().switchMap((prompt) =>
      Source.fromAsync((signal, delivered) => answer(prompt, signal, delivered), { onEviction: "restart" }),
    )
    return webSocket.endpoint(text, answers, {
      resume: { within: "2 minutes", durable: true },
      limits: { maxMessageSize: 1024, messagesPerSecond: 5 },
    })
  }
}
