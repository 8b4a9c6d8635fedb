import { Flow, webSocket } from "sluice"
import { Actor, type ActorRef, oneForOne, Props, Sink, Source } from "sluice/actor"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { type ChatEvent, chat, type Say } from "../src/examples/chat.ts"
import { ChatHistory } from "../src/examples/chat-history.ts"

type Command =
  | { type: "join"; name: string; member: ActorRef<ChatEvent> }
  | { type: "say"; name: string; text: string }
  | { type: "left"; name: string }

/** Watches its members. Watches are saved, so the history is the only state of its own. */
class Room extends Actor<Command> {
  constructor(private readonly history: ChatHistory) {
    super()
  }

  receive(command: Command) {
    const { name } = command
    if (command.type === "say") this.tellAll(this.history.add(name, command.text, this.context.now()))
    if (command.type === "left") this.tellAll({ type: "left", name })
    if (command.type === "join") {
      for (const said of this.history.last(50)) command.member.tell(said)
      this.context.watchWith(command.member, { type: "left", name })
      this.tellAll({ type: "joined", name })
    }
  }

  private tellAll(event: ChatEvent): void {
    this.context.watched.tell(event)
  }
}

/** A room in which people chat. */
export class ChatRoom extends FlowObject<unknown, { name: string }> {
  private readonly room = this.actor("room", Props.of(Room, new ChatHistory(this.ctx.storage.sql)), {
    // A message that fails must not cost the others their room.
    supervisorStrategy: oneForOne(() => "resume"),
  })

  protected accept({ data: { name } }: ConnectionInfo<{ name: string }>) {
    const member = Source.actorRef<ChatEvent>({ bufferSize: 64, overflow: "fail" })
    const sayings = Flow.of<Say>().map(({ text }): Command => ({ type: "say", name, text }))
    const toRoom = Sink.actorRef<Command>(this.room, { onInitMessage: { type: "join", name, member: member.ref } })
    return webSocket.endpoint(chat, Flow.fromSinkAndSource(sayings.to(toRoom), member.source), {
      resume: { within: "2 minutes", durable: true },
    })
  }
}
