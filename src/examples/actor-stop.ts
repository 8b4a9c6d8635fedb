import { Hono } from "hono"
import { text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, PoisonPill, Props } from "sluice/actor"

/** Echoes; on `stop` it sends itself a `PoisonPill`, and its end closes the socket. */
class Stoppable extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    if (message === "stop") this.self.tell(PoisonPill)
    else this.out.tell(message)
  }
}

export const actorStop = new Hono().get(
  "/actor/stop",
  webSocket.accept(text, () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Stoppable, out))),
)
