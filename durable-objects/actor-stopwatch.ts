import { text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { commands, secondsOn, timeOfSecond, zero } from "./watch.ts"

const tick = { type: "tick" } as const

/** A stopwatch for one client. What it keeps is the watch; its timer is kept for it. */
class StopwatchActor extends Actor<string | typeof tick> {
  override state = zero

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string | typeof tick) {
    const now = this.context.now()
    if (typeof message !== "string") this.out.tell(String(secondsOn(this.state, now)))
    else this.control(message, now)
  }

  private control(command: string, now: number): void {
    const changed = commands.get(command)?.(this.state, now)
    if (!changed) console.warn(`Unknown command: ${command.slice(0, 100)}`)
    if (!changed || changed === this.state) return
    this.state = changed
    const due = timeOfSecond(changed, now)
    if (due === undefined) this.timers.cancel("second")
    else this.timers.startTimerAtFixedRate("second", tick, "1 second", due - now)
  }
}

/** The object in which one client's stopwatch runs, and sleeps between the seconds. */
export class ActorStopwatch extends FlowObject {
  protected accept() {
    return webSocket.flow(
      text,
      ActorFlow.actorRef((out: ActorRef<string>) => Props.of(StopwatchActor, out)),
    )
  }
}
