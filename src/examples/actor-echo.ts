import { Hono } from "hono"
import { webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"
import { protocols } from "./protocols.ts"

/** Creates an actor for each connection. */
class Echo extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(`I received your message: ${message}`)
  }
}

export const actorEcho = new Hono()
protocols.actorEcho.on(
  actorEcho,
  webSocket.accept(protocols.actorEcho, () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Echo, out))),
)
