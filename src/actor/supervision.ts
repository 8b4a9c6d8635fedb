import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { atLeastOne } from "../stream/overflow.ts"

/**
 * What becomes of an actor that has thrown: it stops, it goes on with the next message, or a new one takes its place, with
 * the same ref, mailbox and watchers, and nothing else.
 */
export type Directive = "stop" | "resume" | "restart"

/** What a parent does about children that throw. */
export interface SupervisorStrategy {
  /** What becomes of the one that threw `error`; its brothers and sisters are left alone. */
  decide(error: unknown): Directive
  /** So many restarts within `within` milliseconds; one more stops the child. */
  readonly maxRestarts: number
  readonly within: number
}

/** A strategy that looks at each child for itself; by default a child may be restarted 10 times a minute. */
export function oneForOne(
  decide: (error: unknown) => Directive,
  { maxRestarts = 10, within = "1 minute" }: { maxRestarts?: number; within?: Duration } = {},
): SupervisorStrategy {
  return {
    decide,
    maxRestarts: atLeastOne(maxRestarts, "maxRestarts"),
    within: toMilliseconds(within, 1),
  }
}

/** The default: who throws, stops. */
export const stopping: SupervisorStrategy = { decide: () => "stop", maxRestarts: 1, within: 1 }

/** Counts the restarts of one child: how many there were since when. */
export class RestartCounter {
  constructor(private counted: readonly [count: number, since: number] = [0, 0]) {}

  /** Whether one more is allowed. */
  take({ maxRestarts, within }: SupervisorStrategy, now: number): boolean {
    const [count, since] = this.counted
    this.counted = count > 0 && now < since + within ? [count + 1, since] : [1, now]
    return this.counted[0] <= maxRestarts
  }

  save(): readonly [number, number] | undefined {
    return this.counted[0] > 0 ? this.counted : undefined
  }
}
