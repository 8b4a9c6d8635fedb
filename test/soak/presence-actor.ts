import { Actor, type ActorRef, Terminated } from "sluice/actor"
import type { Join, Present } from "./journal-actors.ts"

/** Tells its members how many there are, at each arrival, departure and message. */
export class PresenceActor extends Actor<string | Join | Terminated> {
  override state: Present & { members: ActorRef<Present>[] } = { members: [], present: 0, strangers: 0 }

  receive(message: string | Join | Terminated) {
    if (message instanceof Terminated) this.leave(message.actor.path)
    else if (typeof message !== "string") {
      this.context.watch(message.member)
      this.change([...this.state.members, message.member])
    }
    const { present, strangers } = this.state
    this.context.watched.tell({ present, strangers } satisfies Present)
  }

  private leave(path: string): void {
    const others = this.state.members.filter((member) => member.path !== path)
    if (others.length < this.state.members.length) this.change(others)
    else this.state = { ...this.state, strangers: this.state.strangers + 1 }
  }

  private change(members: ActorRef<Present>[]): void {
    this.state = { ...this.state, members, present: members.length }
  }
}
