import type { Description } from "../blueprint.ts"
import { PinnedFlowError } from "../errors.ts"

/** To be raised with each release in which a step has other stages than before, or a stage keeps something else. */
const format = 2

/**
 * A short name for the shape of a flow: the names of its steps in order. A snapshot fits only a flow of the same shape. The
 * arguments of the steps, and what functions do, are not in it: a change of the state that they keep needs another `version`.
 * (FNV-1a, 32 bits: it tells deploys apart, it does not keep secrets.)
 */
export function fingerprint(steps: readonly Description[], version?: string | number): string {
  let hash = 0x811c9dc5
  const names = steps.map(({ name }) => name)
  const shape = version === undefined ? [format, ...names] : [format, `version ${version}`, ...names]
  for (const character of shape.join(">")) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  }
  return hash.toString(36)
}

/** Refuses a flow that cannot be kept while its object hibernates. `graph` is what the error calls it. */
export function assertDurable(steps: readonly Description[], graph?: string): void {
  const position = steps.findIndex(({ hibernates }) => hibernates === "pinned")
  const pinned = steps[position]
  if (pinned) throw new PinnedFlowError(pinned.name, position + 1, pinned.instead, graph)
}
