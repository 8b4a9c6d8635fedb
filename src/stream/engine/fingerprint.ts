import { PinnedFlowError } from "../errors.ts"
import type { Step } from "./wiring.ts"

/** Increase it in each release in which a step has other stages, or a stage saves another state. */
const format = 2

/**
 * A short hash of the names of a flow's steps, in order: a snapshot fits only a flow with the same fingerprint. Arguments
 * and functions of the steps are not part of it: a change of the state that they keep needs another `version`. (FNV-1a, 32
 * bits: it distinguishes deploys and is no secret.)
 */
export function fingerprint(steps: readonly Step[], version?: string | number): string {
  let hash = 0x811c9dc5
  const names = steps.map(({ name }) => name)
  const shape = version === undefined ? [format, ...names] : [format, `version ${version}`, ...names]
  for (const character of shape.join(">")) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  }
  return hash.toString(36)
}

/** Throws a `PinnedFlowError` for a flow that cannot hibernate. `graph` names the flow in the error. */
export function assertDurable(steps: readonly Step[], graph?: string): void {
  const position = steps.findIndex(({ hibernates }) => hibernates === "pinned")
  const pinned = steps[position]
  if (pinned) throw new PinnedFlowError(pinned.name, position + 1, pinned.instead, graph)
}
