export { webSocketClientFlow } from "./socket/client-flow.ts"
export type { ClientFlowOptions } from "./socket/client-options.ts"
export { CloseCode, CloseError, isSendable } from "./socket/close.ts"
export type { CloseCodes } from "./socket/close-codes.ts"
export { binary, Codec, type Data, messages, text } from "./socket/codec.ts"
export type { ConnectionInfo } from "./socket/connection-info.ts"
export type { DialedSocket, Fresh, UpgradeFetch } from "./socket/dial.ts"
export type { AutoResponse, Endpoint, EndpointOptions } from "./socket/endpoint.ts"
export type { FlowStub, ForwardOptions } from "./socket/forward.ts"
export { type Handshake, offeredSubprotocols } from "./socket/handshake.ts"
export { type JsonOptions, json, type StandardSchema } from "./socket/json.ts"
export type { JsonValue } from "./socket/json-value.ts"
export type { Limits, SlowReaderStrategy } from "./socket/limits.ts"
export { type BinaryMessage, type CloseMessage, Message, type TextMessage } from "./socket/message.ts"
export { type Metrics, metrics, toDataPoint } from "./socket/metrics.ts"
export { checkOrigin, sameOrigin } from "./socket/origin.ts"
export { requireUpgrade } from "./socket/refusal.ts"
export type { Resume } from "./socket/resume.ts"
export { type WebSocketHandler, webSocket } from "./socket/web-socket.ts"
export type { RestartSettings } from "./stream/backoff.ts"
export { type Clock, systemClock } from "./stream/clock.ts"
export type { Duration } from "./stream/duration.ts"
export {
  BufferOverflowError,
  EvictionError,
  NoSuchElementError,
  RateExceededError,
  StreamLimitError,
  StreamTimeoutError,
  TooManySubstreamsOpenError,
} from "./stream/errors.ts"
export type { ServerSentEvent } from "./stream/event-stream-parser.ts"
export type { Branch, Tail } from "./stream/flow.ts"
export { Flow } from "./stream/flow.ts"
export { RunnableGraph, type RunOptions } from "./stream/graph.ts"
export type { Continuation, EvictionPolicy, LiveOptions, MakeAsync } from "./stream/live-options.ts"
export { jsonLogger, type LogEntry, type Logger, setLogger } from "./stream/logger.ts"
export type { DropStrategy, OverflowStrategy } from "./stream/overflow.ts"
export { RestartFlow } from "./stream/restart-flow.ts"
export { RestartSource } from "./stream/restart-source.ts"
export {
  type EventStreamResponse,
  type ServerSentEventsOptions,
  serverSentEvents,
} from "./stream/server-sent-events.ts"
export { Sink } from "./stream/sink.ts"
export { Source } from "./stream/source.ts"
export type { SourceMaybe, SourceQueue } from "./stream/source-handles.ts"
export type { OfferResult } from "./stream/stages/queue.ts"
export type { StreamState, Termination } from "./stream/stages/termination.ts"
export type { TickOptions } from "./stream/stages/tick.ts"
