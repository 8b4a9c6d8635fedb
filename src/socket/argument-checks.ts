import { isPromise, wrongValue } from "../stream/author-value.ts"
import { Flow } from "../stream/flow.ts"
import { Sink } from "../stream/sink.ts"
import { Codec } from "./codec.ts"
import type { Endpoint } from "./endpoint.ts"

// Checks of what an author passes to `webSocket`, or returns to it.

/** The function that a handler calls for each connection. */
export function requireFunction(given: unknown, handler: string): void {
  if (typeof given === "function") return
  const remedy = isA(Flow, given) ? "write () => flow" : "is the codec the first argument?"
  throw wrongValue(`webSocket.${handler} takes a function, which it calls for each connection, and got`, given, remedy)
}

export function requireCodec(codec: unknown): asserts codec is Codec<never, never> {
  if (isA(Codec, codec)) return
  throw wrongValue(
    "An endpoint has a codec, and got",
    codec,
    "use text, binary, json(), messages, a Codec of your own or a protocol",
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
  throw wrongValue(must, endpoint, isA(Flow, endpoint) ? "write webSocket.endpoint(codec, flow)" : remedyFor(endpoint))
}

export function mustReturn(what: string, handler: string): string {
  return `The function of webSocket.${handler} must return ${what}, and returned`
}

/** The context of a handler, without which no request can be answered. */
export function requireContext(c: unknown, name: string): void {
  if (isObject(c) && "req" in c && "res" in c) return
  throw wrongValue(
    `webSocket.${name} takes the context of the handler first, and got`,
    c,
    `write webSocket.${name}(c, …)`,
  )
}

export function requireStub(stub: unknown): void {
  const value: { fetch?: unknown; getByName?: unknown } | null | undefined = isObject(stub) ? stub : undefined
  if (typeof value?.fetch === "function") return
  const remedy = value?.getByName ? "take one of its objects with getByName(name)" : "write c.env.ROOM.getByName(name)"
  throw wrongValue("webSocket.forward takes the stub of an object, and got", stub, remedy)
}

function remedyFor(value: unknown): string {
  if (value === undefined) return "is a return missing?"
  // The class would bring every source into a Worker that has none; it alone can be run with a sink.
  if (isObject(value) && "runWith" in value) return "write Flow.fromSinkAndSource(Sink.ignore(), source)"
  if (isA(Sink, value)) return "write Flow.fromSinkAndSource(sink, Source.never())"
  if (isA(Response, value)) return "webSocket.acceptOrResult can reject"
  if (isEndpoint(value)) return "webSocket.endpoint is for the accept of a FlowObject; return its flow here"
  if (typeof value === "function") return "call it"
  if (isPromise(value)) return "await it in the route, and hand over what it gives as data"
  return isObject(value) && "flow" in value ? "write its flow, and the rest as options" : "start with Flow.of()"
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
