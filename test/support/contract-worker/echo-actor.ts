import { Actor, type ActorRef, PoisonPill } from "sluice/actor"

/** Echoes, and ends by command. It notes its start and its stop for the test. */
export class EchoActor extends Actor<string> {
  constructor(
    private readonly out: ActorRef<string>,
    private readonly note: (...words: unknown[]) => void,
  ) {
    super()
  }

  override preStart() {
    this.note("started")
  }

  receive(message: string) {
    this.out.tell(message)
    if (message === "terminate") this.context.stop(this.self)
    if (message === "be poisoned") this.self.tell(PoisonPill)
    if (message.startsWith("throw ")) throw new Error(message, { cause: new TypeError("A part was missing") })
  }

  override postStop() {
    this.note("stopped")
  }
}
