import { Flow, Source, webSocket } from "sluice"
import { type ConnectionFacts, FlowObject } from "sluice/durable"
import { type ChatEvent, chat, type Say } from "./chat.ts"
import { ChatHistory } from "./chat-history.ts"

/** The chat room without an actor: what a member brings about is a stream that goes into a hub. */
export class HubRoom extends FlowObject<unknown, { name: string }> {
  private readonly history = new ChatHistory(this.ctx.storage.sql)
  private readonly events = this.hub<ChatEvent>("events")

  protected accept({ given: { name } }: ConnectionFacts<{ name: string }>) {
    const doings = Flow.of<Say>()
      .map(({ text }): ChatEvent => this.history.add(name, text, this.now()))
      .prepend(Source.single<ChatEvent>({ type: "joined", name }))
      .concat(Source.single<ChatEvent>({ type: "left", name }))
    const news = Source.from<ChatEvent>(this.history.last(50)).concat(this.events.source({ bound: 64 }))
    return webSocket.flow(chat, Flow.fromSinkAndSource(doings.to(this.events.sink()), news))
  }
}
