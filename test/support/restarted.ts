import type { RestartSettings } from "../../src/stream/backoff.ts"
import { Flow } from "../../src/stream/flow.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

export const error = new Error("broken")
export const settings: RestartSettings = { minBackoff: 100, maxBackoff: 300, randomFactor: 0 }
/** Emits an element and fails with the next. */
export const failing = () =>
  Source.from(["a", "b"]).map((text) => {
    if (text === "b") throw error
    return text
  })
export const ended = { failed: error }

export function source(
  make: () => Source<string>,
  more: Partial<RestartSettings> = {},
  start = RestartSource.withBackoff,
) {
  return Probe.source(() => start({ ...settings, ...more }, make)).unbounded()
}

export function flow(
  make: (flow: Flow<number, number>) => Flow<number, unknown>,
  more: Partial<RestartSettings> = {},
  start = RestartFlow.withBackoff,
) {
  return Probe.flow(() => start<number, unknown>({ ...settings, ...more }, () => make(Flow.of<number>()))).unbounded()
}

export const breaking = (numbers: Flow<number, number>) =>
  numbers.map((n) => {
    if (n < 0) throw error
    return n
  })
