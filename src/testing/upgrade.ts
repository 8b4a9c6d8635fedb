import { sessionProtocol } from "../session/offer.ts"
import { withInfo } from "../socket/connection-info.ts"
import { checkNames } from "../stream/author-value.ts"
import { ExpectationError } from "./errors.ts"

/** The parts of a request that a route forwards. */
export interface RequestFacts {
  /** Default `https://example.com/`. */
  url?: string
  /** The parameters of the route. Default: none. */
  params?: Record<string, string>
  /** Besides `Upgrade: websocket`. Default: none. */
  headers?: Record<string, string>
  /** The headers that the route keeps for the object, which gets their names in lower case. Default: all of `headers`. */
  kept?: Record<string, string>
  /** Whether the client speaks `sluice.1`, so that its connection can be `resumed` after a `drop`. Default `false`. */
  resume?: boolean
}

/** The upgrade request of a client, as a route hands it over with `webSocket.forward`. */
export function upgradeRequest(data: unknown, facts: RequestFacts): Request {
  const { url = "https://example.com/", params = {}, headers = {}, kept = headers, resume } = facts
  checkNames("connect option", facts, { url, params, headers, kept, resume })
  const request = new Request(url, { headers: { Upgrade: "websocket", ...headers } })
  const named = Object.entries(kept).map(([name, value]) => [name.toLowerCase(), value])
  return withInfo(request, { url, route: new URL(url).pathname, params, headers: Object.fromEntries(named), data })
}

/** Rejects with an `ExpectationError` if the object has refused, or has not begun the session that the client asked for. */
export async function expectUpgrade(response: Response, { resume }: RequestFacts): Promise<void> {
  const { status, headers, webSocket } = response
  if (!webSocket) throw new ExpectationError(`The object has refused with ${status}: ${await response.text()}`)
  if (!resume || headers.get("Sec-WebSocket-Protocol") === sessionProtocol) return
  throw new ExpectationError(
    'The object has no sessions, and the client has { resume: true }: write webSocket.endpoint(codec, flow, { resume: { within: "1 minute" } })',
  )
}
