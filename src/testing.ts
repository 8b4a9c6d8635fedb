export { ExpectationError, MissingRuntimeError, TransparencyError } from "./testing/errors.ts"
export { FlowTest, flowTest } from "./testing/flow-test.ts"
export type { CloseFrame, Frame } from "./testing/frame.ts"
export { type Link, type LinkOptions, link } from "./testing/link.ts"
export type { Cost } from "./testing/memory/disk.ts"
export type { Handlers, ObjectClass, RequestFacts } from "./testing/memory/memory-host.ts"
export { type ConnectOptions, MemoryObject, type MemoryObjectOptions } from "./testing/memory/memory-object.ts"
export type { End } from "./testing/probe/ends.ts"
export { Probe } from "./testing/probe/probe.ts"
export { TestSink } from "./testing/probe/test-sink.ts"
export { TestSource } from "./testing/probe/test-source.ts"
export { type Expected, TestClient, type Wire } from "./testing/test-client.ts"
export { TestClock } from "./testing/test-clock.ts"
export { expectTransparent, type TransparencyOptions } from "./testing/transparency/expect-transparent.ts"
export {
  expectTransparentObject,
  type ObjectTransparencyOptions,
} from "./testing/transparency/expect-transparent-object.ts"
export type { Arbitrary, SearchOptions } from "./testing/transparency/search.ts"
