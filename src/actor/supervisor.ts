import type { ActorRef } from "./actor-ref.ts"
import { ActorInitializationError } from "./signal.ts"
import { decide, type RestartCounter, type SupervisorStrategy } from "./supervision.ts"
import type { Tree } from "./tree.ts"

/** A cell that a supervisor decides about. */
interface Supervised {
  readonly ref: ActorRef<unknown>
  readonly parent?: Supervised | undefined
  readonly actor: { readonly supervisorStrategy: SupervisorStrategy } | undefined
  readonly children: Iterable<Supervised>
  readonly restarts: RestartCounter
  failed(error: unknown): void
  restart(): void
  recover(error: unknown): void
  terminate(failure?: { error: unknown }): void
}

/** Acts on the failure of a cell as its parent decides, or the strategy of the tree for the root. */
export function supervise(cell: Supervised, failure: unknown, tree: Tree): void {
  const { parent, ref } = cell
  const isStarting = failure instanceof ActorInitializationError
  const error = isStarting ? failure.cause : failure
  const strategy = parent?.actor?.supervisorStrategy ?? tree.strategy
  const siblings = [...((strategy.appliesToAll && parent?.children) || [cell])]
  // An actor that could not start is not recovered, because restoring it would not run its `preStart`.
  const otherwise = parent || !tree.recovers || isStarting ? "stop" : "recover"
  let escalated = error
  const decision = decide(failure, {
    strategy,
    otherwise,
    mayRestart: () => siblings.every(({ restarts }) => restarts.count(strategy, tree.now())),
    onError: (thrown) => {
      if (!parent) tree.report(ref.path, "stop", thrown)
      // The parent fails with the error of its strategy.
      escalated = thrown
      return "escalate"
    },
  })
  // The tree has no supervisor above its root.
  const action = decision === "escalate" && !parent ? otherwise : decision
  if (action !== "stop" && action !== "recover") tree.report(ref.path, action, error)
  if (action === "restart") for (const one of siblings) if (one === cell || one.actor) one.restart()
  if (action === "stop") for (const one of siblings) one.terminate(one === cell ? { error } : undefined)
  if (action === "recover") cell.recover(error)
  if (action === "escalate") parent?.failed(escalated)
}
