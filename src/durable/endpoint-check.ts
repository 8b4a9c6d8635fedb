import type { Endpoint } from "../socket/endpoint.ts"
import { describeValue } from "../stream/author-value.ts"

/** What `accept` returned; a `TypeError` for anything but an endpoint or a response. */
export function checkEndpoint(accepted: unknown, className: string): Endpoint | Response {
  if (accepted instanceof Response || isEndpoint(accepted)) return accepted
  const hint =
    accepted instanceof Promise ? ". It is synchronous: load what it needs in the route, and hand it over as data" : ""
  throw new TypeError(
    `${className}.accept returned ${describeValue(accepted)}, and must return webSocket.flow(codec, flow) or a Response${hint}`,
  )
}

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === "object" && value !== null && "connection" in value && "steps" in value
}
