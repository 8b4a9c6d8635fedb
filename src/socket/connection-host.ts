import type { Clock } from "../stream/clock.ts"
import { ClockHost, type HostHooks } from "../stream/clock-host.ts"

/** The host of a connection's run. What its target brings is an event as it is; what the flow begins must be let in. */
export class ConnectionHost extends ClockHost {
  /** @param enter called before an event that a timer, a promise, a queue or an actor begins; what it throws keeps that out */
  constructor(
    clock: Clock,
    hooks: HostHooks,
    private readonly enter?: () => void,
  ) {
    super(clock, hooks)
  }

  /** An event of the connection's own request: a frame, the close. */
  own(handler: () => void): void {
    super.event(handler)
  }

  override event(handler: () => void): void {
    if (this.depth === 0) this.enter?.()
    super.event(handler)
  }
}
