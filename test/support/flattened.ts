import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

export const error = new Error("broken")
export type Inner = (n: number) => Source<string>

export const operators = {
  flatMapConcat: (f: Inner) => Probe.flow(() => Flow.of<number>().flatMapConcat(f)),
  flatMapMerge: (f: Inner) => Probe.flow(() => Flow.of<number>().flatMapMerge(2, f)),
  switchMap: (f: Inner) => Probe.flow(() => Flow.of<number>().switchMap(f)),
}

export const pair: Inner = (n) => Source.from([`${n}a`, `${n}b`])
export const late: Inner = (n) => pair(n).initialDelay("1 second")
export const spaced: Inner = (n) => pair(n).throttle(1, "1 second")
export const failing: Inner = (n) => (n === 2 ? Source.failed(error) : spaced(n))
export const endless: Inner = (n) => Source.tick("1 second").map((tick) => `${n}:${tick}`)
