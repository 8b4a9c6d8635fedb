import { requirePositiveInteger } from "../stream/argument.ts"
import { describeValue } from "../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"

const directives = ["stop", "resume", "restart"] as const
/**
 * What happens to an actor that has thrown: it stops, it goes on with the next message, or a new instance takes its place,
 * with the same ref, mailbox and watchers, and nothing else.
 */
export type Directive = (typeof directives)[number]

/** The decisions of a parent about its children. */
export interface SupervisorStrategy {
  /** Decides about the child that threw `error`; its siblings are not affected. */
  decide(error: unknown): Directive
  /** So many restarts within `within` milliseconds are allowed; one more stops the child. */
  readonly maxRestarts: number
  readonly within: number
}

/** A strategy that decides about each child by itself. By default a child may be restarted 10 times a minute. */
export function oneForOne(
  decide: (error: unknown) => Directive,
  { maxRestarts = 10, within = "1 minute" }: { maxRestarts?: number; within?: Duration } = {},
): SupervisorStrategy {
  return {
    decide,
    maxRestarts: requirePositiveInteger("maxRestarts", maxRestarts),
    within: toMilliseconds(within, 1),
  }
}

/** The default: an actor that throws stops. */
export const stopping: SupervisorStrategy = { decide: () => "stop", maxRestarts: 1, within: 1 }

/** A directive, or `recover`: the actor stops, and starts again from its saved state with the next message. */
export type Decision = Directive | "recover"

/** The decision about a failure. `otherwise` holds where the author has not decided: by default, and after too many restarts. */
export function decide(
  error: unknown,
  {
    strategy,
    otherwise,
    mayRestart,
    onError,
  }: {
    strategy: SupervisorStrategy
    otherwise: Decision
    mayRestart(strategy: SupervisorStrategy): boolean
    /** The strategy itself has thrown. */
    onError(error: unknown): void
  },
): Decision {
  if (strategy === stopping) return otherwise
  try {
    const directive = strategy.decide(error)
    if (!directives.includes(directive)) {
      throw new TypeError(`A supervisorStrategy decides "stop", "resume" or "restart", not ${describeValue(directive)}`)
    }
    return directive === "restart" && !mayRestart(strategy) ? otherwise : directive
  } catch (thrown) {
    onError(thrown)
    return otherwise
  }
}

/** Counts the restarts of one child within a time. */
export class RestartCounter {
  constructor(private counted: readonly [count: number, since: number] = [0, 0]) {}

  /** Counts a restart; whether it is allowed. */
  take({ maxRestarts, within }: SupervisorStrategy, now: number): boolean {
    const [count, since] = this.counted
    this.counted = count > 0 && now < since + within ? [count + 1, since] : [1, now]
    return this.counted[0] <= maxRestarts
  }

  save(): readonly [number, number] | undefined {
    return this.counted[0] > 0 ? this.counted : undefined
  }
}
