import type { Context } from "hono"
import { type AsyncApiInfo, asyncApiDocument, type DescribedProtocol, requireProtocols } from "./document.ts"

/**
 * A Hono handler that answers with the AsyncAPI document of some protocols, served on the host of the request.
 *
 * @throws a `TypeError` for anything but a list of protocols
 * @example
 * ```ts
 * const echo = protocol("/echo", { receives: text, sends: text })
 * app.get("/asyncapi.json", asyncApi({ title: "Echo", version: "1.0.0" }, [echo]))
 * ```
 */
export function asyncApi(info: AsyncApiInfo, protocols: readonly DescribedProtocol[]): (c: Context) => Response {
  requireProtocols(protocols)
  return (c) => c.json(asyncApiDocument(info, protocols, c.req.url))
}
