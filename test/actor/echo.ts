import { Actor, ActorFlow, type ActorRef, PoisonPill, Props } from "../../src/actor.ts"
import { CloseError } from "../../src/socket/close.ts"
import type { Flow } from "../../src/stream/flow.ts"
import { seen } from "./recording-actor.ts"

/** Echoes messages, and sends a goodbye when it stops. */
export class Echo extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    for (const word of message.split(" ")) this.out.tell(word)
    if (message === "stop") this.context.stop(this.self)
    if (message === "poison") this.self.tell(PoisonPill)
    if (message === "poison out") this.out.tell(PoisonPill)
    if (message === "throw") throw new Error("thrown")
    if (message === "close") throw new CloseError(4001, "thrown")
  }

  override postStop() {
    seen.push("stopped")
    this.out.tell("bye")
  }
}

export const echo = (): Flow<string, string> => ActorFlow.actorRef((out) => Props.of(Echo, out))
