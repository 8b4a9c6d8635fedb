import type { EventScope } from "../../stream/clock-host.ts"

/** The events of one run of a graph. After the run is stopped there are none, so the result of a pending promise is ignored. */
export class GraphScope implements EventScope {
  isStopped = false

  constructor(private readonly object: EventScope) {}

  get isInEvent(): boolean {
    return !this.isStopped && this.object.isInEvent
  }

  keepAwake(): (() => void) | undefined {
    return this.object.keepAwake?.()
  }

  event(handler: () => void): void {
    if (!this.isStopped) this.object.event(handler)
  }

  whenSaved(effect: () => void): void {
    this.object.whenSaved(effect)
  }
}
