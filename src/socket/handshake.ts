import { type CookieOptions, serialize } from "hono/utils/cookie"

/** What the 101 response says besides the upgrade. */
export interface Handshake {
  /** The one that the client offered and this endpoint speaks. Default: the first that the client offered. */
  subprotocol?: string | undefined
  /** Headers of one's own. Those that belong to the handshake itself are ignored. */
  headers?: HeadersInit
  /** Cookies by name: a value, or a value with attributes. */
  cookies?: Record<string, string | ({ value: string } & CookieOptions)>
  /** Whether frames may be compressed. Default `true`. */
  compression?: boolean
}

/** Subprotocols that the client offers, in its order of preference; RFC 6455 §4.1. */
export function offeredSubprotocols(request: Request): string[] {
  const header = request.headers.get("Sec-WebSocket-Protocol") ?? ""
  return header
    .split(",")
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== "")
}

/** Headers that only the runtime may set on a 101. */
const reserved = /^(connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i

function withoutReserved(given: HeadersInit | undefined): Headers {
  const headers = new Headers(given)
  for (const name of [...headers.keys()]) if (reserved.test(name)) headers.delete(name)
  return headers
}

/** The headers of a 101 on top of those that were set before. */
export function onTopOf(before: Headers, ofHandshake: Headers): Headers {
  const headers = withoutReserved(before)
  ofHandshake.forEach((value, name) => {
    if (name === "set-cookie") headers.append(name, value)
    else headers.set(name, value)
  })
  return headers
}

/** The headers of the 101; an `Error` for a subprotocol that the client did not offer. */
export function handshakeHeaders(request: Request, handshake: Handshake): Headers {
  const headers = withoutReserved(handshake.headers)
  for (const [name, cookie] of Object.entries(handshake.cookies ?? {})) {
    const { value, ...attributes } = typeof cookie === "string" ? { value: cookie } : cookie
    headers.append("Set-Cookie", serialize(name, value, attributes))
  }
  const offered = offeredSubprotocols(request)
  const { subprotocol = offered[0] } = handshake
  if (subprotocol !== undefined) {
    if (!offered.includes(subprotocol)) {
      throw new Error(
        `The subprotocol "${subprotocol}" was selected, but the client offered: ${offered.join(", ") || "none"}`,
      )
    }
    headers.set("Sec-WebSocket-Protocol", subprotocol)
  }
  // workerd reads an explicit "identity" as "no extension"; the header left out means that it negotiates compression.
  if (handshake.compression === false) headers.set("Sec-WebSocket-Extensions", "identity")
  return headers
}
