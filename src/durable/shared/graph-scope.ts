import type { EventScope } from "../../stream/clock-host.ts"

/** The events of one run of a graph. What is still on its way when the run is stopped, such as a promise, has no event. */
export class GraphScope implements EventScope {
  isStopped = false

  constructor(private readonly object: EventScope) {}

  get isInEvent(): boolean {
    return !this.isStopped && this.object.isInEvent
  }

  event(handler: () => void): void {
    if (!this.isStopped) this.object.event(handler)
  }
}
