import { Flow, Sink, Source, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { type ChatEvent, chat, type Said, type Say } from "./chat.ts"

type Moved = Exclude<ChatEvent, Said>

/** The chat room without an actor: the events of a member are a stream that goes into hubs. */
export class HubRoom extends FlowObject<unknown, { name: string }> {
  private readonly said = this.hub<Said>("said", { keep: 1_000 })
  private readonly moved = this.hub<Moved>("moved")

  protected accept({ data: { name } }: ConnectionInfo<{ name: string }>) {
    const doings = Flow.of<Say>()
      .prepend(Source.single<Moved>({ type: "joined", name }))
      .concat(Source.single<Moved>({ type: "left", name }))
      .to(Sink.forEach((doing) => this.publish(name, doing)))
    // A new member gets the last messages before its own arrival.
    const news = this.said.source({ last: 50 }).mergePreferred(this.moved.source({ bufferSize: 64 }))
    return webSocket.endpoint(chat, Flow.fromSinkAndSource(doings, news))
  }

  private publish(name: string, doing: Say | Moved): void {
    if (doing.type !== "say") this.moved.publish(doing)
    else this.said.publish({ type: "said", name, text: doing.text, seq: this.said.published + 1, at: this.now() })
  }
}
