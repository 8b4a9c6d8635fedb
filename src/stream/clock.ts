import type { Host, Run } from "./engine/run.ts"

/** Where flows get the time from. Nothing in a flow calls `setTimeout` or `Date.now` itself. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `fire` once, at `due` or as soon after it as possible; the answer takes that back. */
  at(due: number, fire: () => void): () => void
  /** For clocks that outlive what runs on them: nothing due before this time is still to be delivered. */
  readonly deliveredUntil?: number
}

/** `setTimeout` keeps 31 bits of milliseconds; what is later is asked for again. */
const furthest = 2 ** 31 - 1

/** The clock of a plain Worker, of Node and of browsers: the runtime's own timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(due, fire) {
    const timer = setTimeout(fire, Math.min(Math.max(0, due - Date.now()), furthest))
    return () => clearTimeout(timer)
  },
}

/** What the events of a run are part of, such as those of a Durable Object. */
export interface EventScope {
  readonly isInEvent: boolean
  event(handler: () => void): void
}

/** What a host tells the owner of its run. */
export interface HostHooks {
  /** Something that is to be saved has changed. */
  changed?(): void
  /** An event has ended. */
  settled?(): void
  /** A timer has fired. */
  rang?(): void
  /** Default: the host itself. */
  readonly origin?: object
  /** Each event of the run is part of an event of this scope. Default: of none. */
  readonly scope?: EventScope
}

/**
 * Runs one run on a clock, with one timer. A timer that turns out to be too early is left to ring and set again then:
 * an `idleTimeout` that moves with every message costs no timer a message.
 */
export class ClockHost implements Host {
  run: Run | undefined
  /** How many events are being handled, one inside the other. */
  protected depth = 0
  private armed = Infinity
  private disarm: (() => void) | undefined

  constructor(
    private readonly clock: Clock,
    private readonly hooks: HostHooks = {},
  ) {}

  get origin(): object {
    return this.hooks.origin ?? this
  }

  now(): number {
    return this.clock.now()
  }

  deliveredUntil(): number {
    return this.clock.deliveredUntil ?? Infinity
  }

  changed(): void {
    this.hooks.changed?.()
  }

  wake(due: number): void {
    if (due !== Infinity && due >= this.armed) return
    this.disarm?.()
    this.armed = due
    this.disarm = due === Infinity ? undefined : this.clock.at(due, () => this.ring())
  }

  event(handler: () => void): void {
    const { scope } = this.hooks
    if (scope && !scope.isInEvent) {
      scope.event(() => this.event(handler))
      return
    }
    this.depth++
    try {
      handler()
      if (this.depth === 1) this.run?.settle()
    } finally {
      this.depth--
    }
    if (this.depth === 0) this.hooks.settled?.()
  }

  private ring(): void {
    this.hooks.rang?.()
    const { armed } = this
    const due = this.run?.due ?? Infinity
    this.armed = Infinity
    // Where it was moved to later, others may come before it.
    if (due > armed) this.wake(due)
    else this.event(() => this.run?.fire())
  }
}
