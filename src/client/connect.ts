import type { Closes, InputOf, OutputOf } from "../protocol/elements.ts"
import type { Protocol, UrlValues } from "../protocol/protocol.ts"
import type { UrlBase } from "../routing/address.ts"
import type { Speech } from "../socket/speech.ts"
import type { Client } from "./client.ts"
import type { ConnectOptions, Fresh, HeardSocket, WebSocketClass } from "./options.ts"
import { start } from "./start.ts"

/** The params and the query of the URL, and the options. An empty one can be left out. */
export type ConnectArguments<Values> = [keyof Values] extends [never]
  ? [values?: Record<string, never>, options?: ConnectOptions]
  : Record<never, never> extends Values
    ? [values?: Fresh<Values>, options?: ConnectOptions]
    : [values: Fresh<Values>, options?: ConnectOptions]

/**
 * Connects to the address of a protocol, and again when the connection is lost.
 *
 * @throws a `TypeError` for a param that is missing, and where there is no host to connect to or no `WebSocket`; a `RangeError` for a
 * `bufferSize` or a `handshakeTimeout` below 1
 *
 * @example
 * ```ts
 * const echo = protocol("/echo/:name", { receives: text, sends: text })
 * const client = connect(echo, { name: "ann" }, { base: "https://example.com" })
 * client.on("message", (message) => console.log(message))
 * await client.send("hello")
 * ```
 */
export function connect<
  Path extends string,
  Q,
  Receives extends Speech,
  Sends extends Speech,
  Codes extends Closes,
  Prefix extends string,
>(
  protocol: Protocol<Path, Q, Receives, Sends, Codes, Prefix>,
  ...[values, options = {}]: ConnectArguments<UrlValues<Path, Q, Prefix>>
): Client<OutputOf<Sends>, InputOf<Receives>, Codes> {
  const {
    base = (globalThis as Page).location,
    headers,
    subprotocols,
    WebSocket = globalThis.WebSocket as WebSocketClass,
  } = options
  // Node has one from version 22 on.
  if (!WebSocket) throw new TypeError("There is no WebSocket here: set the option WebSocket")
  if (base === undefined) throw new TypeError("There is no location here: set the option base")
  const addressOf = (from: UrlBase, given: unknown) => protocol.url(from, ...([given] as never))
  // Throws at once, because an invalid address would be invalid at each attempt.
  if (typeof base !== "function" && typeof values !== "function") addressOf(base, values)
  return start(protocol, options, async (offered) => {
    const url = addressOf(await fresh(base), await fresh<unknown>(values))
    const protocols = offered ? [...offered, ...(subprotocols ?? [])] : subprotocols
    const init = headers ? { protocols, headers: await fresh(headers) } : protocols
    return () => new WebSocket(url, init as never) as HeardSocket
  })
}

interface Page {
  readonly location?: { readonly href: string }
}

function fresh<T>(given: Fresh<T>): T | Promise<T> {
  return typeof given === "function" ? (given as () => T | Promise<T>)() : given
}
