import { Flow, Source, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { type ChatEvent, chat, type Say } from "./chat.ts"
import { ChatHistory } from "./chat-history.ts"

/** The chat room without an actor: each connection publishes its events to a hub. */
export class HubRoom extends FlowObject<unknown, { name: string }> {
  private readonly history = new ChatHistory(this.ctx.storage.sql)
  private readonly events = this.hub<ChatEvent>("events")

  protected accept({ data: { name } }: ConnectionInfo<{ name: string }>) {
    const doings = Flow.of<Say>()
      .map(({ text }): ChatEvent => this.history.add(name, text, this.now()))
      .prepend(Source.single<ChatEvent>({ type: "joined", name }))
      .concat(Source.single<ChatEvent>({ type: "left", name }))
    const news = this.past(50).concat(this.events.source({ bufferSize: 64 }))
    return webSocket.endpoint(chat, Flow.fromSinkAndSource(doings.to(this.events.sink()), news))
  }

  /** The last messages. Saves the range of their numbers, so that hibernation in between loses none. */
  private past(count: number): Source<ChatEvent> {
    const { latest } = this.history
    return Source.unfold([Math.max(1, latest - count + 1), latest], ([seq = 0, last = 0]) => {
      const said = seq <= last ? this.history.get(seq) : undefined
      return said && [[seq + 1, last], said]
    })
  }
}
