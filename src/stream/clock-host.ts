import type { Clock } from "./clock.ts"
import type { Host } from "./engine/host.ts"
import type { Run } from "./engine/run.ts"
import type { Logger } from "./logger.ts"

/** Events that contain the events of a run, such as those of a Durable Object. */
export interface EventScope {
  readonly isInEvent: boolean
  event(handler: () => void): void
  /** See `RunContext.whenSaved`. */
  whenSaved(effect: () => void): void
  /** See `Host.keepAwake`. */
  keepAwake?(): (() => void) | undefined
}

/** Callbacks of a host to the owner of its run. */
export interface HostHooks {
  /** The next `save` may differ from the last one. */
  onDirty?(): void
  /** The timer has fired. */
  onTimer?(): void
  /** See `Host.owner`. Default: the host. */
  readonly owner?: object
  /** Each event of the run becomes part of an event of this scope. Default: none. */
  readonly scope?: EventScope
  /** See `Host.isAbandoned`. */
  isAbandoned?(): boolean
  /** See `Host.log`. */
  readonly log?: Logger | undefined
}

/**
 * Runs one run on a clock, with one timer. Moving the due time later does not reset that timer; it fires early and is then
 * set again, so an `idleTimeout` that moves with every message sets no timer for each message.
 */
export class ClockHost implements Host {
  run: Run | undefined
  /** The number of nested events in progress. */
  protected depth = 0
  private armed = Infinity
  private disarm: (() => void) | undefined

  constructor(
    private readonly clock: Clock,
    private readonly hooks: HostHooks = {},
  ) {}

  get owner(): object {
    return this.hooks.owner ?? this
  }

  get isAbandoned(): boolean {
    return this.hooks.isAbandoned?.() ?? false
  }

  get log(): Logger | undefined {
    return this.hooks.log
  }

  keepAwake(): (() => void) | undefined {
    return this.hooks.scope?.keepAwake?.()
  }

  now(): number {
    return this.clock.now()
  }

  deliveredUntil(): number {
    return this.clock.deliveredUntil ?? Infinity
  }

  markDirty(): void {
    this.hooks.onDirty?.()
  }

  wake(due: number): void {
    if (due !== Infinity && due >= this.armed) return
    this.disarm?.()
    this.armed = due
    this.disarm = due === Infinity ? undefined : this.clock.at(due, () => this.onAlarm())
  }

  event(handler: () => void): void {
    const { scope } = this.hooks
    if (scope && !scope.isInEvent) {
      scope.event(() => this.event(handler))
      return
    }
    this.begin()
    try {
      handler()
    } finally {
      this.end()
    }
  }

  /** Begins an event. One within another is part of it. */
  begin(): void {
    this.depth++
  }

  /** Ends the event that was begun last. */
  end(): void {
    try {
      if (this.depth === 1) this.run?.settle()
    } finally {
      this.depth--
    }
  }

  whenSaved(effect: () => void): void {
    const { scope } = this.hooks
    if (scope) scope.whenSaved(effect)
    else effect()
  }

  private onAlarm(): void {
    this.hooks.onTimer?.()
    const { armed } = this
    const due = this.run?.due ?? Infinity
    this.armed = Infinity
    // The due time has moved later: sets the timer again.
    if (due > armed) this.wake(due)
    else this.event(() => this.run?.fire())
  }
}
