import { isPromise, wrongValue } from "../stream/author-value.ts"
import { Flow } from "../stream/flow.ts"
import { Sink } from "../stream/sink.ts"
import { Codec } from "./codec.ts"
import type { Accepted, Endpoint } from "./endpoint.ts"

// What an author hands to the handlers of `webSocket`, or returns to them, is checked here, where it enters.

/** What is needed of a Durable Object's stub. */
export interface FlowStub {
  fetch(request: Request): Promise<Response>
}

/** The function that a handler calls for each connection. */
export function requireFunction(given: unknown, handler: string): void {
  if (typeof given === "function") return
  const remedy = isA(Flow, given) ? "write () => flow" : "is the codec the first argument?"
  throw wrongValue(`webSocket.${handler} takes a function, which it calls for each connection, and got`, given, remedy)
}

export function requireCodec(codec: unknown): void {
  if (isA(Codec, codec)) return
  throw wrongValue(
    "An endpoint has a codec, and got",
    codec,
    "use text, binary, json(), messages or a Codec of your own",
  )
}

/** @param must what must be, up to the value */
export function requireFlow(flow: unknown, must = "An endpoint has a flow, and got"): void {
  if (isA(Flow, flow)) return
  throw wrongValue(must, flow, remedyFor(flow))
}

/** @param must what must be, up to the value: `Room.accept must return an endpoint or a Response, and returned` */
export function checkedEndpoint(endpoint: unknown, must: string): Endpoint {
  if (isEndpoint(endpoint)) return endpoint
  throw wrongValue(must, endpoint, isA(Flow, endpoint) ? "write webSocket.flow(codec, flow)" : remedyFor(endpoint))
}

export function mustReturn(what: string, handler: string): string {
  return `The function of webSocket.${handler} must return ${what}, and returned`
}

export function returnedFlow<In, Out>(flow: Flow<In, Out>, handler: string): Flow<In, Out> {
  requireFlow(flow, mustReturn("a flow", handler))
  return flow
}

export function returnedAccepted<In, Out>(accepted: Accepted<In, Out>, handler: string): Accepted<In, Out> {
  const must = mustReturn("{ flow }", handler)
  if (!isObject(accepted) || !("flow" in accepted)) {
    throw wrongValue(must, accepted, isA(Flow, accepted) ? "write { flow }" : remedyFor(accepted))
  }
  requireFlow(accepted.flow, `${must} a flow that is`)
  return accepted
}

export function returnedStub(stub: FlowStub): FlowStub {
  const given: { fetch?: unknown; getByName?: unknown } | null | undefined = stub
  if (typeof given?.fetch === "function") return stub
  const remedy = given?.getByName ? "take one of its objects with getByName(name)" : "return c.env.ROOM.getByName(name)"
  throw wrongValue(mustReturn("the stub of an object or a Response", "acceptIn"), stub, remedy)
}

function remedyFor(value: unknown): string {
  if (value === undefined) return "is a return missing?"
  // The class would bring every source into a Worker that has none; it alone can be run with a sink.
  if (isObject(value) && "runWith" in value) return "write Flow.fromSinkAndSource(Sink.ignore(), source)"
  if (isA(Sink, value)) return "write Flow.fromSinkAndSource(sink, Source.never())"
  if (isA(Response, value)) return "webSocket.acceptOrResult can reject"
  if (isEndpoint(value)) return "use webSocket.acceptEndpoint"
  if (typeof value === "function") return "call it"
  if (isPromise(value)) return "await it in the route, and hand over what it gives as data"
  return isObject(value) && "flow" in value ? "use webSocket.acceptWithOptions" : "start with Flow.of()"
}

function isA(kind: abstract new (...given: never[]) => object, value: unknown): boolean {
  return value instanceof kind
}

function isEndpoint(value: unknown): value is Endpoint {
  return isObject(value) && "connection" in value && typeof value.connection === "function" && "steps" in value
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}
