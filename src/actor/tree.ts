import type { ActorSystem } from "./actor-system.ts"
import type { Failed, Letter, Receiver, Scope } from "./letter.ts"
import type { Decision, SupervisorStrategy } from "./supervision.ts"
import type { TimerQueue } from "./timer-queue.ts"
import type { TimerRows } from "./timer-rows.ts"

/** The part of a tree that its cells use. */
export interface Tree {
  readonly system: ActorSystem
  readonly scope: Scope
  /** Decides about the root when it throws. */
  readonly strategy: SupervisorStrategy
  /** Whether the root that has failed starts again from its saved state. */
  readonly recovers: boolean
  readonly queue: TimerQueue
  readonly rows: TimerRows | undefined
  now(): number
  event(handler: () => void): void
  changed(): void
  timersChanged(): void
  /** A cell has stopped. */
  ended(cell: Receiver, failure: Failed | undefined): void
  /**
   * The root has failed. The state of the tree now, and these letters, are for the next instance. States that cannot be stored are
   * rolled back to the stored ones. The letters are not taken if the root's cannot be stored even so, and then there is no next instance.
   */
  recover(takeLetters: () => readonly Letter[]): void
  report(path: string, decision: Decision, error: unknown): void
}
