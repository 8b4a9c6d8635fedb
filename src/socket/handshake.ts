import { type CookieOptions, serialize } from "hono/utils/cookie"

/** The options of the 101 response (RFC 6455 §4.2.2). */
export interface Handshake {
  /**
   * The subprotocol. `null` or `""` selects none. The upgrade throws an `Error` for one that the client has not offered. Default: the first
   * that the client offered, except those of Sluice (`sluice.batch`, `sluice.1`), which options such as `batch` select.
   */
  subprotocol?: string | null | undefined
  /** Further headers. Those that belong to the handshake itself, such as `Sec-WebSocket-Accept`, are ignored. */
  headers?: HeadersInit
  /** Cookies by name: a value, or a value with attributes. */
  cookies?: Record<string, string | ({ value: string } & CookieOptions)>
  /** Whether frames may be compressed. Default `true`. */
  compression?: boolean
}

/** The prefix of Sluice's own subprotocols. */
const own = "sluice."

/** The subprotocols that the client offers, in its order of preference, without Sluice's own. */
export function offeredSubprotocols(request: Request): string[] {
  return allOffered(request).filter((protocol) => !protocol.startsWith(own))
}

/** Every subprotocol of the offer; RFC 6455 §4.1. */
export function allOffered(request: Request): string[] {
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

/**
 * The headers of the 101; an `Error` for a subprotocol that the client did not offer, or that the endpoint does not speak.
 *
 * @param protocol a subprotocol of Sluice that the endpoint speaks with this client
 */
export function handshakeHeaders(request: Request, handshake: Handshake, protocol?: string): Headers {
  const headers = withoutReserved(handshake.headers)
  for (const [name, cookie] of Object.entries(handshake.cookies ?? {})) {
    const { value, ...attributes } = typeof cookie === "string" ? { value: cookie } : cookie
    headers.append("Set-Cookie", serialize(name, value, attributes))
  }
  const subprotocol = protocol ?? selected(request, handshake)
  if (subprotocol) headers.set("Sec-WebSocket-Protocol", subprotocol)
  // workerd reads an explicit "identity" as "no extension"; the header left out means that it negotiates compression.
  if (handshake.compression === false) headers.set("Sec-WebSocket-Extensions", "identity")
  return headers
}

function selected(request: Request, { subprotocol }: Handshake): string | undefined {
  if (subprotocol === undefined) return offeredSubprotocols(request)[0]
  if (!subprotocol) return undefined
  if (subprotocol.startsWith(own)) {
    throw new Error(`The subprotocol "${subprotocol}" is Sluice's own: options such as batch and resume select it`)
  }
  const offered = allOffered(request)
  if (offered.includes(subprotocol)) return subprotocol
  throw new Error(
    `The subprotocol "${subprotocol}" was selected, but the client offered: ${offered.join(", ") || "none"}`,
  )
}
