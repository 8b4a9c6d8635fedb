import { Flow, webSocket } from "sluice"
import { Actor, type ActorRef, oneForOne, Props, Sink, Source } from "sluice/actor"
import { type ConnectionInfo, FlowObject, type Hub } from "sluice/durable"
import { type ChatEvent, chat, type Said, type Say } from "../src/examples/chat.ts"

type Command =
  | { type: "join"; name: string; member: ActorRef<ChatEvent> }
  | { type: "say"; name: string; text: string }
  | { type: "left"; name: string }

/** Watches its members. Watches are saved, and the messages are in the log of their hub, so it has no state of its own. */
class Room extends Actor<Command> {
  constructor(private readonly said: Hub<Said>) {
    super()
  }

  receive(command: Command) {
    const { name } = command
    if (command.type === "say") this.say(name, command.text)
    if (command.type === "left") this.tellAll({ type: "left", name })
    if (command.type === "join") {
      this.context.watchWith(command.member, { type: "left", name })
      this.tellAll({ type: "joined", name })
    }
  }

  private say(name: string, text: string): void {
    this.said.publish({ type: "said", name, text, seq: this.said.published + 1, at: this.context.now() })
  }

  private tellAll(event: ChatEvent): void {
    this.context.watched.tell(event)
  }
}

/** A room in which people chat. */
export class ChatRoom extends FlowObject<unknown, { name: string }> {
  private readonly said = this.hub<Said>("said", { keep: 1_000 })
  private readonly room = this.actor("room", Props.of(Room, this.said), {
    // A message that fails must not end the room for the other members.
    supervisorStrategy: oneForOne(() => "resume"),
  })

  protected accept({ data: { name } }: ConnectionInfo<{ name: string }>) {
    const member = Source.actorRef<ChatEvent>({ bufferSize: 64, overflow: "fail" })
    const sayings = Flow.of<Say>().map(({ text }): Command => ({ type: "say", name, text }))
    const toRoom = Sink.actorRef<Command>(this.room, { onInitMessage: { type: "join", name, member: member.ref } })
    // A new member gets the last messages before its own arrival.
    const news = this.said.source({ last: 50 }).mergePreferred(member.source)
    return webSocket.endpoint(chat, Flow.fromSinkAndSource(sayings.to(toRoom), news), {
      resume: { within: "2 minutes", durable: true },
    })
  }
}
