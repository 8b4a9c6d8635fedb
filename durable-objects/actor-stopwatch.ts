import { text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { commands, secondsOn, timeOfSecond, zero } from "./stopwatch-state.ts"

const tick = { type: "tick" } as const

/** A stopwatch for one client. `state` and the timer survive hibernation. */
class StopwatchActor extends Actor<string | typeof tick> {
  override state = zero

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string | typeof tick) {
    if (typeof message === "string") this.control(message, this.context.now())
    else this.tellTime()
  }

  private control(command: string, now: number): void {
    const changed = commands.get(command)?.(this.state, now)
    if (!changed) console.warn(`Unknown command: ${command.slice(0, 100)}`)
    if (!changed || changed === this.state) return
    this.state = changed
    const due = timeOfSecond(changed, now)
    // A second that is due now is sent at once, without an alarm.
    if (due === now) this.tellTime()
    if (due === undefined) this.timers.cancel("second")
    else this.timers.startTimerAtFixedRate("second", tick, "1 second", due - now || "1 second")
  }

  private tellTime(): void {
    this.out.tell(String(secondsOn(this.state, this.context.now())))
  }
}

/** Runs the stopwatch of one client, and hibernates between the seconds. */
export class ActorStopwatch extends FlowObject {
  protected accept() {
    return webSocket.endpoint(
      text,
      ActorFlow.actorRef((out: ActorRef<string>) => Props.of(StopwatchActor, out)),
    )
  }
}
