import { isPromise, wrongValue } from "../stream/author-value.ts"
import { Flow } from "../stream/flow.ts"
import { Sink } from "../stream/sink.ts"
import { Codec } from "./codec.ts"

// Checks of the arguments of `webSocket`, and of the values that an author's functions return to it.

/** Throws a `TypeError` unless the function that a handler calls for each connection is a function. */
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

/** @param must the beginning of the error, up to the value */
export function requireFlow(flow: unknown, must = "An endpoint has a flow, and got"): void {
  if (isA(Flow, flow)) return
  throw wrongValue(must, flow, remedyFor(flow))
}

/** Throws a `TypeError` for anything but the context of a handler. */
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

/** The remedy for a value that is no flow. */
export function remedyFor(value: unknown): string {
  if (value === undefined) return "is a return missing?"
  // Recognizes a Source by `runWith`: importing the class would bundle every source into a Worker that uses none.
  if (isObject(value) && "runWith" in value) return "write Flow.fromSinkAndSource(Sink.ignore(), source)"
  if (isA(Sink, value)) return "write Flow.fromSinkAndSource(sink, Source.never())"
  if (isA(Response, value)) return "webSocket.acceptOrResult can reject"
  if (isEndpoint(value)) return "webSocket.endpoint is for the accept of a FlowObject; return its flow here"
  if (typeof value === "function") return "call it"
  if (isPromise(value)) return "await it in the route, and hand over what it gives as data"
  return isObject(value) && "flow" in value ? "write its flow, and the rest as options" : "start with Flow.of()"
}

export function isA(kind: abstract new (...given: never[]) => object, value: unknown): boolean {
  return value instanceof kind
}

export function isEndpoint(value: unknown): boolean {
  return isObject(value) && "connection" in value && typeof value.connection === "function" && "steps" in value
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}
