import type { InputOf } from "../protocol/elements.ts"
import type { CodecOrProtocol } from "../socket/protocol-codec.ts"
import type { Speech } from "../socket/speech.ts"
import type { Duration } from "../stream/duration.ts"
import type { Cost } from "./memory/disk.ts"
import type { TestClient } from "./test-client.ts"
import type { TestClock } from "./test-clock.ts"
import type { RequestFacts } from "./upgrade.ts"

/** The data that a class takes from routes; `unknown` for a class without a type for it. */
export type DataOf<T> = T extends { readonly sluiceData: (data: infer Data) => void } ? Data : unknown

/** The methods of an object under test: a `MemoryObject` in Node, a `WorkerdObject` in workerd. */
export interface TestObject<T> {
  readonly clock: TestClock
  readonly cost: Cost
  connect<Receives extends Speech, Sends extends Speech>(
    protocol: { readonly receives: Receives; readonly sends: Sends },
    data?: DataOf<T>,
    facts?: RequestFacts,
  ): Promise<TestClient<InputOf<Receives>, InputOf<Sends>>>
  connect<In, Out>(
    codec: CodecOrProtocol<In, Out>,
    data?: DataOf<T>,
    facts?: RequestFacts,
  ): Promise<TestClient<In, Out>>
  inside<R>(run: (object: T, state: DurableObjectState) => R | Promise<R>): Promise<R>
  evict(how?: "hibernate" | "forced"): Promise<void>
  advance(duration: Duration): Promise<void>
  stall(duration: Duration): Promise<void>
  alarm(): Promise<number | null>
  resetCost(): void
}
