import type { InputOf } from "../protocol/elements.ts"
import type { Codec } from "../socket/codec.ts"
import type { CodecOrProtocol } from "../socket/protocol-codec.ts"
import type { Duration } from "../stream/duration.ts"
import type { Cost } from "./memory/disk.ts"
import type { TestClient } from "./test-client.ts"
import type { TestClock } from "./test-clock.ts"
import type { RequestFacts } from "./upgrade.ts"

/** The data that a class takes from routes; `unknown` for a class without a type for it. */
export type DataOf<T> = T extends { readonly sluiceData: (data: infer Data) => void } ? Data : unknown

/** The client for a codec, or for a protocol, whose messages it sends and gets as its frames have them. */
export type ClientOf<C> = C extends { readonly receives: infer Receives; readonly sends: infer Sends }
  ? TestClient<InputOf<Receives>, InputOf<Sends>>
  : C extends Codec<infer In, infer Out>
    ? TestClient<In, Out>
    : never

/** The methods of an object under test: a `MemoryObject` in Node, a `WorkerdObject` in workerd. */
export interface TestObject<T> {
  readonly clock: TestClock
  readonly cost: Cost
  connect<C extends CodecOrProtocol<unknown, never>>(
    codec: C,
    data?: DataOf<T>,
    facts?: RequestFacts,
  ): Promise<ClientOf<C>>
  inside<R>(run: (object: T, state: DurableObjectState) => R | Promise<R>): Promise<R>
  evict(how?: "hibernate" | "forced"): Promise<void>
  advance(duration: Duration): Promise<void>
  stall(duration: Duration): Promise<void>
  alarm(): Promise<number | null>
  resetCost(): void
}
