import { spawnSync } from "node:child_process"
import { measuredCore, ownCore } from "../bench/harness/machine.ts"
import type { WorkerdOptions } from "../bench/harness/workerd.ts"
import { slowWrites } from "./slow-writes.ts"

/** How workerd runs until it is killed. */
export interface KillMode {
  readonly name: string
  readonly options: WorkerdOptions
  /**
   * Whether a frame of the process must let its clients run before the process continues. They have to share a core for that, so the
   * process of the clients is to be pinned with `pinSelf`.
   */
  readonly yields?: boolean
}

/**
 * The modes that work on this machine; a line for each that does not.
 *
 * Apart from its clients a kill hits workerd at any instruction. Yielding to them, a kill at a frame hits it right after it has sent
 * the frame, before its remaining writes.
 */
export function killModes(writeDelay: number, report: (line: string) => void): KillMode[] {
  const [apart, together] = [pinnedTo(measuredCore), pinnedTo(ownCore)]
  const modes: KillMode[] = [{ name: "apart from its clients", options: apart ?? { isPinned: false } }]
  if (apart && together) modes.push({ name: "yielding to its clients", options: together, yields: true })
  else report("Skips the mode in which workerd yields to its clients: it takes Linux, two cores and taskset")
  if (writeDelay === 0) return modes
  const slow = slowWrites(writeDelay)
  if ("reason" in slow) report(`Skips slowed writes: ${slow.reason}`)
  else modes.push({ name: `with writes slowed by ${writeDelay} ms`, options: { ...modes[0]?.options, env: slow.env } })
  return modes
}

/** Pins workerd to one core, if that is possible. */
function pinnedTo(core: string): WorkerdOptions | undefined {
  const launcher = ["taskset", "-c", core]
  const isPossible = spawnSync("taskset", ["-c", core, "true"]).status === 0
  return isPossible ? { isPinned: false, launcher } : undefined
}
