import { Hono } from "hono"
import { text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"

/** Creates an actor for each connection. */
class Echo extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(`I received your message: ${message}`)
  }
}

export const actorEcho = new Hono().get(
  "/actor/echo",
  webSocket.accept(text, () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Echo, out))),
)
