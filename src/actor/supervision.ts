import { requirePositiveInteger } from "../stream/argument.ts"
import { checkNames, describeValue } from "../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { ActorInitializationError } from "./signal.ts"

const directives = ["stop", "resume", "restart", "escalate"] as const
/**
 * How a supervisor handles a child that has thrown:
 *
 * - `stop`: it stops, and its watchers are notified
 * - `resume`: it keeps its state and goes on with the next message
 * - `restart`: a new instance takes its place. It keeps the ref, the mailbox and the watches; stashed messages go back to the mailbox.
 *   State, children and timers are lost.
 * - `escalate`: the parent fails with the same error, so that its own supervisor decides. For an actor without a parent it counts as no
 *   decision.
 */
export type Directive = (typeof directives)[number]

/** The decisions of a parent about children that throw. Make one with `oneForOne` or `allForOne`. */
export interface SupervisorStrategy {
  /** Decides about the child that threw `error`, an `ActorInitializationError` if it could not start. If this throws, the parent fails. */
  decide(error: unknown): Directive
  /** Whether `stop` and `restart` apply to the siblings of that child, too. Default: no. */
  readonly appliesToAll?: boolean
  /** The number of restarts that are allowed within `within`. A further one stops the child. */
  readonly maxRestarts: number
  /** In milliseconds. */
  readonly within: number
}

/** How many restarts are allowed within a time. */
interface RestartLimit {
  maxRestarts?: number
  within?: Duration
}

/**
 * A strategy that decides about each child on its own. As Pekko's `OneForOneStrategy`, but restarts are counted across hibernation.
 *
 * @param decide called with the error that a child threw
 * @param options `maxRestarts` (at least 1, default 10) restarts are allowed `within` a time (at least 1 ms, default 1 minute); a
 * further one stops the child
 * @throws RangeError for an option out of bounds; TypeError for an unknown one
 *
 * @example
 * ```ts
 * class Parser extends Actor<string> {
 *   override supervisorStrategy = oneForOne((error) => (error instanceof SyntaxError ? "resume" : "stop"))
 *   receive() {}
 * }
 * ```
 */
export function oneForOne(decide: (error: unknown) => Directive, options: RestartLimit = {}): SupervisorStrategy {
  const { maxRestarts = 10, within = "1 minute" } = options
  checkNames("option of a supervisor strategy", options, { maxRestarts, within })
  return {
    decide,
    maxRestarts: requirePositiveInteger("maxRestarts", maxRestarts),
    within: toMilliseconds(within, 1),
  }
}

/**
 * A strategy that applies the directives `stop` and `restart` to all children when one throws, for children that depend on one
 * another. As Pekko's `AllForOneStrategy`, but restarts are counted across hibernation.
 *
 * @param decide called with the error that a child threw
 * @param limit as the options of `oneForOne`; a restart counts for every child
 * @throws RangeError for an option out of bounds; TypeError for an unknown one
 *
 * @example
 * ```ts
 * class Pipeline extends Actor<string> {
 *   override supervisorStrategy = allForOne(() => "restart", { maxRestarts: 3, within: "1 minute" })
 *   receive() {}
 * }
 * ```
 */
export function allForOne(decide: (error: unknown) => Directive, limit: RestartLimit = {}): SupervisorStrategy {
  return { ...oneForOne(decide, limit), appliesToAll: true }
}

/** The default strategy: an actor that throws stops, where Pekko restarts it. */
export const stopping: SupervisorStrategy = { decide: () => "stop", maxRestarts: 1, within: 1 }

/** A directive, or `recover`: the actor stops, and starts again from its saved state with the next message. */
export type Decision = Directive | "recover"

/** Decides about a failure. Returns `otherwise` for the default strategy and after too many restarts. */
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
    /** Decides where the strategy itself has thrown. */
    onError(error: unknown): Decision
  },
): Decision {
  if (strategy === stopping) return otherwise
  try {
    const decided = strategy.decide(error)
    if (!directives.includes(decided)) {
      throw new TypeError(
        `A supervisorStrategy decides "stop", "resume", "restart" or "escalate", not ${describeValue(decided)}`,
      )
    }
    const directive = decided === "resume" && error instanceof ActorInitializationError ? "restart" : decided
    return directive === "restart" && !mayRestart(strategy) ? otherwise : directive
  } catch (thrown) {
    return onError(thrown)
  }
}

/** Counts the restarts of one actor within a time. */
export class RestartCounter {
  constructor(private counted: readonly [count: number, since: number] = [0, 0]) {}

  /** Counts a restart. Returns whether it is allowed. */
  count({ maxRestarts, within }: SupervisorStrategy, now: number): boolean {
    const [count, since] = this.counted
    this.counted = count > 0 && now < since + within ? [count + 1, since] : [1, now]
    return this.counted[0] <= maxRestarts
  }

  save(): readonly [number, number] | undefined {
    return this.counted[0] > 0 ? this.counted : undefined
  }
}
