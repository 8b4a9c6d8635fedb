import { Hono } from "hono"
import { webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, PoisonPill, Props } from "sluice/actor"
import { protocols } from "./protocols.ts"

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

export const actorStop = new Hono()
protocols.actorStop.on(
  actorStop,
  webSocket.accept(protocols.actorStop, () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Stoppable, out))),
)
